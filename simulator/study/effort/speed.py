"""How fast runs are: the constants of speed and memory, and how much slower than they say this machine is.

They are those of the kernel as it is, measured on a machine like that of docs/performance.md, and all that an estimate
knows of how the program works. Whoever makes it faster changes them here. Where the plain
rules run instead, they are found to be slower like a slow machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from simulator.measures.run import simulate
from simulator.scenario.spec import Producer, Scenario

Kind = Literal["shards", "records", "waiting", "attempts", "retries", "throttles", "polls"]


@dataclass(frozen=True)
class Cost:
    """Seconds that one takes, and the bytes that one occupies at least while it is in memory."""

    seconds: float
    bytes: float = 0.0


COSTS: Final[dict[Kind, Cost]] = {
    "shards": Cost(5e-6, 8_000),  # of each mapping
    "records": Cost(5e-8, 72),  # to write, and to read; while it waits to be processed
    "waiting": Cost(1.5e-7, 64),  # at its producer
    "attempts": Cost(7e-7),
    "retries": Cost(6e-7),
    "throttles": Cost(2e-7),
    "polls": Cost(1.5e-7),
}
RUN_S: Final = 0.007  # whatever it simulates
TRIAL_S: Final = 0.15
SLOW_START_S: Final = 2.0  # a scenario that takes as long before anything happens is not tried
SHORTEST: Final = 1e-15  # part of a scenario


def machine_factor(scenario: Scenario, predicted_s: Callable[[Scenario], float]) -> float:
    """How much longer this machine takes than predicted: measured on the first part of a run, in no time."""
    start_s = predicted_s(first_part(scenario, SHORTEST))
    if start_s > SLOW_START_S:
        return 1.0
    part = 1.0
    while part > SHORTEST and predicted_s(first_part(scenario, part)) > start_s + TRIAL_S:
        part /= 2
    trial = first_part(scenario, part)
    began = time.perf_counter()
    try:
        simulate(trial)
    except Exception:  # a fault of the program: the run itself will tell it
        return 1.0
    return (time.perf_counter() - began) / predicted_s(trial)


def wall_s(runs_s: Sequence[float], workers: int) -> float:
    """Seconds until runs of such lengths are done by so many workers."""
    return max(sum(runs_s) / workers, max(runs_s, default=0.0))


def first_part(scenario: Scenario, part: float) -> Scenario:
    """The same until a part of its duration, with that part of what was written before t = 0."""
    until = scenario.duration * part
    producers = tuple(_until(each, part, until) for each in scenario.producers if each.start < until)
    return replace(scenario, duration=until, warmup=min(scenario.warmup_s, until / 2), producers=producers, drain=0.0)


def _until(producer: Producer, part: float, until: float) -> Producer:
    start = producer.start if producer.start >= 0 else producer.start * part
    return replace(producer, start=start, stop=min(producer.stop, until))
