"""How fast runs are: the constants of speed and memory, and how much slower than they say this machine is.

They are those of the program as it is, measured on a machine like that of docs/performance.md, and all that an estimate
knows of how the program works. Whoever makes it faster changes them here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from simulator.measures.run import simulate
from simulator.scenario.spec import Producer, Scenario

Kind = Literal["shards", "records", "waiting", "dropped", "attempts", "retries", "throttles", "polls"]


@dataclass(frozen=True)
class Cost:
    """Seconds that one takes, and the bytes that one occupies while it is in memory."""

    seconds: float
    bytes: float = 0.0


COSTS: Final[dict[Kind, Cost]] = {
    "shards": Cost(1.3e-5, 8_000),  # in each window of time, of each mapping
    "records": Cost(2e-8, 16),  # to write, and to read; while it waits to be processed
    "waiting": Cost(4e-8, 40),  # at its producer, in each window of time
    "dropped": Cost(1.8e-6),  # at write
    "attempts": Cost(6e-6, 144),
    "retries": Cost(6e-6, 144),
    "throttles": Cost(2.5e-6, 40),
    "polls": Cost(1.8e-6),
}
RUN_S: Final = 0.005  # whatever it simulates
START: Final = 3.0  # what is done before the first window takes as long as so many windows
WINDOW_RECORDS: Final = 2.0**19  # a window holds so many records at most; facts are kept until it is over
WINDOW_S: Final = 600.0
WINDOW_LANES: Final = 2.0**21  # seconds times lanes: few lanes make a longer window
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


def window_s(span_s: float, records: float, lanes: float) -> float:
    """How long a window of time is: of a run of so many seconds, records and lanes."""
    longest = max(WINDOW_S, WINDOW_LANES / max(1.0, lanes))
    return min(span_s, longest, span_s * WINDOW_RECORDS / max(1.0, records))


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
