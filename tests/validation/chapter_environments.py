"""The pool of environments against SimFaaS, another simulator of serverless functions (dependency group `validate`)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from simfaas.ServerlessSimulator import ServerlessSimulator
from simfaas.SimProcess import SimProcess

from simulator.model.environments import Environments
from simulator.model.facts import Environment
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NS, ns
from tests.model.rows import Section
from tests.validation.chapter_concurrency import many_lanes
from tests.validation.running import Attempts, all_attempts
from tests.validation.setups import text
from tests.validation.studies import Chapter, Expected, Figures, Study
from tests.validation.theory_queues import Service

Floats = NDArray[np.float64]
COLD_S = 0.5


def chapter(effort: float = 1.0) -> Chapter:
    """SimFaaS with its own rule, and with this simulator's."""
    return Chapter(
        "Environments, against SimFaaS",
        "SimFaaS 0.2 runs the very attempts of each replication: the same starts and durations, the same cold "
        f"start of {COLD_S:g} s. It takes the environment that was made last, this simulator the one that was used "
        "last; AWS documents neither. With one method of it replaced, so that it takes the one used last, the cold "
        "starts and the mean number of environments have to be the same in every replication. With its own rule "
        "older ones are left to expire, so there are a few more environments and a few cold starts less: shown, "
        "not expected.",
        tuple(study(*of, effort) for of in ((0.5, 2.0, 5.0), (2.0, 1.5, 10.0), (0.05, 1.0, 30.0))),
    )


def study(rate: float, mean_s: float, idle_s: float, effort: float) -> Study:
    """Attempts at a rate, on both simulators."""
    name, own, same = f"{rate:g}/s, {idle_s:g} s", "SimFaaS, newest first", "SimFaaS, last used first"
    setup = f"{rate:g} attempts/s of {mean_s:g} s on average, idle timeout {idle_s:g} s"
    rows = (
        Expected(f"{name}: cold starts an attempt, less SimFaaS's", "cold", math.nan, own, ""),
        Expected(f"{name}: mean environments, less SimFaaS's", "environments", math.nan, own, ""),
        Expected(f"{name}: cold starts, less SimFaaS's", "same_cold", 0.0, same, ""),
        Expected(
            f"{name}: mean environments, less SimFaaS's", "same_environments", 0.0, same, "",
            resolution=1e-6, why="rounding of times",
        ),
    )  # fmt: skip
    return Study(setup, pool(rate, mean_s, idle_s, effort), both, rows, 10)


def pool(rate: float, mean_s: float, idle_s: float, effort: float) -> Section:
    """Attempts at a rate, in lanes that are hardly ever busy, and environments that go soon."""
    content = many_lanes(rate, 4000 * effort, Service(mean_s, 1.0))
    content["functions"]["f"] |= {"cold_start": text(COLD_S), "idle_timeout": text(idle_s)}
    return content | {"warmup": "0s"}


def both(content: Scenario, replication: int) -> Figures:
    """The differences between this simulator and SimFaaS: cold starts and environments a second."""
    attempts, mine = ours(content, replication)
    until_s = float(attempts.started_s[-1])
    theirs = simfaas(ServerlessSimulator, attempts, content, until_s)
    same = simfaas(LastUsedFirst, attempts, content, until_s)
    cold = float((attempts.cold_s > 0).sum())
    return {
        "cold": (cold - theirs["cold"]) / len(attempts.first),
        "environments": (mine - theirs["environments_s"]) / until_s,
        "same_cold": cold - same["cold"],
        "same_environments": (mine - same["environments_s"]) / until_s,
    }


def ours(content: Scenario, replication: int) -> tuple[Attempts, float]:
    """A run's attempts in order of start, and the time that environments were there until the last start, added up."""
    idle: list[tuple[int, int]] = []  # from, to
    pools: dict[int, Environments] = {}
    timeout_ns = ns(content.functions["f"].idle_timeout)
    there, acquire = Environments.any, Environments.acquire

    def note_gone(self: Environments, now_ns: int) -> bool:
        before = list(self._idle)
        found = there(self, now_ns)
        idle.extend((since, since + timeout_ns) for since, _ in before[: len(before) - len(self._idle)])
        return found

    def note_taken(self: Environments, now_ns: int) -> Environment:
        before = list(self._idle)
        kind = acquire(self, now_ns)
        if len(self._idle) < len(before):
            idle.append((before[-1][0], now_ns))
        pools[id(self)] = self
        return kind

    with mock.patch.object(Environments, "any", note_gone), mock.patch.object(Environments, "acquire", note_taken):
        _, attempts = all_attempts(content, replication, "simpy")
    attempts = attempts.where(np.argsort(attempts.started_s, kind="stable"))
    until_s = float(attempts.started_s[-1])
    for left in pools.values():
        idle += [(since, since + timeout_ns) for since, _ in left._idle]
    busy = overlap(attempts.started_s, attempts.finished_s, until_s)
    since, to = np.array(idle).reshape(-1, 2).T / NS
    return attempts, busy + overlap(since, to, until_s)


def overlap(begin_s: Floats, end_s: Floats, until_s: float) -> float:
    """The parts of periods before a time, added up."""
    return float(np.maximum(0.0, np.minimum(end_s, until_s) - np.minimum(begin_s, until_s)).sum())


class Replay(SimProcess):  # type: ignore[misc]
    """Gives back the numbers of a run, plus a constant."""

    def __init__(self, numbers: Iterator[float], plus: float = 0.0) -> None:
        super().__init__()
        self._numbers, self._plus = numbers, plus

    def generate_trace(self) -> float:
        return next(self._numbers) + self._plus


class LastUsedFirst(ServerlessSimulator):  # type: ignore[misc]
    """SimFaaS with this simulator's choice among idle environments."""

    def schedule_warm_instance(self, t: float) -> Any:
        return max((s for s in self.servers if s.is_ready()), key=lambda s: s.next_departure)


def simfaas(simulator: type[Any], attempts: Attempts, content: Scenario, until_s: float) -> dict[str, float]:
    """Cold starts, and the time that instances were there until the last start, added up."""
    arrivals = iter([*np.diff(attempts.started_s, prepend=0.0).tolist(), 1e9])
    run_s = attempts.finished_s - attempts.started_s - attempts.cold_s
    durations = iter(run_s.tolist())
    replayed = simulator(
        arrival_process=Replay(arrivals),
        warm_service_process=Replay(durations),
        cold_service_process=Replay(durations, COLD_S),
        expiration_threshold=content.functions["f"].idle_timeout,
        max_time=until_s,
    )
    replayed.generate_trace()
    times = np.minimum(replayed.hist_times, until_s)
    return {
        "cold": float(replayed.total_cold_count),
        "environments_s": float(np.diff(times) @ np.array(replayed.hist_server_count)),
    }
