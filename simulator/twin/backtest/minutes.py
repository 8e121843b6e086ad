"""What CloudWatch would have of a run: sums and maxima of each interval, by function and by stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.measures.invocations import COLD, FINISH, LAST, MAPPING, OUTCOME, START, attempt_rows
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.model.facts import Facts
from simulator.model.observer import Observer, Streams
from simulator.scenario.spec import Scenario
from simulator.study.jobs import Job, require_our_program
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS
from simulator.traffic.written import Written

MS: Final = 1000.0
FAILED: Final = (1, 2)  # outcomes of a row: error, timeout
REFUSED: Final = ("no_call", "no_bytes")  # results of a poll


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric that is compared, with its statistic, as CloudWatch has it."""

    metric: str
    statistic: str


ITERATOR_AGE: Final = Measure("IteratorAge", "Maximum")  # ms
INVOCATIONS: Final = Measure("Invocations", "Sum")
DURATION: Final = Measure("Duration", "Average")  # ms
ERRORS: Final = Measure("Errors", "Sum")
THROTTLES: Final = Measure("Throttles", "Sum")
CONCURRENCY: Final = Measure("ConcurrentExecutions", "Maximum")
WRITES_REFUSED: Final = Measure("WriteProvisionedThroughputExceeded", "Sum")
READS_REFUSED: Final = Measure("ReadProvisionedThroughputExceeded", "Sum")
OF_FUNCTIONS: Final = (ITERATOR_AGE, INVOCATIONS, DURATION, ERRORS, THROTTLES, CONCURRENCY)
OF_STREAMS: Final = (WRITES_REFUSED, READS_REFUSED)

Key = tuple[Measure, str]  # and the function or stream
Minutes = dict[Key, Floats]  # a value for each interval; NaN where a level has none


@dataclass(frozen=True, slots=True)
class Axis:
    """So many intervals of so many seconds; `reads`: refused reads are counted, too, which takes longer."""

    step_s: int
    steps: int
    reads: bool = False


class Attempts:
    """Follows a run: of each function and interval the attempts, failures, time without cold starts, oldest age."""

    wants_attempts = True

    def __init__(self, scenario: Scenario, step_s: int, steps: int) -> None:
        self._scenario, self._step_ns, self._steps = scenario, step_s * NS, steps
        names = list(scenario.functions)
        self._function = np.array([names.index(each.function) for each in scenario.event_source_mappings], np.int64)
        shape = (len(names), steps)
        self.count, self.failed, self.warm = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.warm_ms, self.age_ms = np.zeros(shape), np.full(shape, np.nan)

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        self.follow(attempt_rows(self._scenario, facts, streams), end_ns, last)

    def follow(self, attempts: Integers, end_ns: int, last: bool) -> None:
        """Take attempts; they count in the interval in which they started, as CloudWatch stamps them."""
        rows = attempts[(attempts[:, START] >= 0) & (attempts[:, START] < self._steps * self._step_ns)]
        at = (self._function[rows[:, MAPPING]], rows[:, START] // self._step_ns)
        np.add.at(self.count, at, 1)
        np.add.at(self.failed, at, np.isin(rows[:, OUTCOME], FAILED))
        warm = rows[:, COLD] == 0
        np.add.at(self.warm, at, warm)
        np.add.at(self.warm_ms, at, np.where(warm, rows[:, FINISH] - rows[:, START], 0) / NS * MS)
        np.fmax.at(self.age_ms, at, (rows[:, START] - rows[:, LAST]) / NS * MS)


class RefusedReads:
    """Observes a run: of each stream and interval the GetRecords calls that were refused, whoever made them."""

    def __init__(self, scenario: Scenario, axis: Axis) -> None:
        mappings, readers = scenario.event_source_mappings, scenario.readers
        self._streams = [*(each.stream for each in mappings), *(each.stream for each in readers)]
        self._step_ns = axis.step_s * NS
        self.count = {name: np.zeros(axis.steps) for name in scenario.streams}

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        for each in facts.polls:
            row = each.at_ns // self._step_ns
            counts = self.count[self._streams[each.mapping]]
            if each.result in REFUSED and 0 <= row < len(counts):
                counts[row] += 1


def minutes_of(job: Job, axis: Axis) -> Minutes:
    """What a worker does: a replication as CloudWatch would have it. Raises OtherProgramError."""
    require_our_program(job)
    return simulated(job.scenario, job.replication, job.seed, axis)


def simulated(scenario: Scenario, replication: int, seed: int | None, axis: Axis) -> Minutes:
    """One replication of a scenario as CloudWatch would have it. Of an interval without an attempt, levels are NaN."""
    attempts, refused = Attempts(scenario, axis.step_s, axis.steps), RefusedReads(scenario, axis)
    sinks: tuple[Observer, ...] = (attempts, refused) if axis.reads else (attempts,)
    result = simulate(scenario, seed, replication, float(axis.step_s), sinks)
    reads = {(READS_REFUSED, name): count for name, count in refused.count.items()} if axis.reads else {}
    return {**_functions(scenario, attempts), **_measured(scenario, result, axis.steps), **reads}


def _functions(scenario: Scenario, seen: Attempts) -> Mapping[Key, Floats]:
    found: Minutes = {}
    for i, name in enumerate(scenario.functions):
        found[INVOCATIONS, name], found[ERRORS, name] = seen.count[i], seen.failed[i]
        found[ITERATOR_AGE, name] = seen.age_ms[i]
        found[DURATION, name] = np.where(seen.warm[i] > 0, seen.warm_ms[i] / np.maximum(seen.warm[i], 1), np.nan)
    return found


def _measured(scenario: Scenario, result: Result, steps: int) -> Minutes:
    """What the measures of a run have by interval; without tables, as a worker starts quicker without pandas."""
    found: Minutes = {(THROTTLES, name): np.zeros(steps) for name in scenario.functions}
    for each in result.mappings:
        found[THROTTLES, each.function] += each.measures.throttles.upto(steps)
    for name in scenario.functions:
        peaks = result.measures.functions[name].level.peaks.upto(steps)
        found[CONCURRENCY, name] = np.maximum(peaks, 0).astype(np.float64)
    for name in scenario.streams:
        found[WRITES_REFUSED, name] = result.measures.streams[name].throttled.upto(steps).astype(np.float64)
    return found
