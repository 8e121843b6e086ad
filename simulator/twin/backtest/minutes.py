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
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS
from simulator.traffic.written import Written

MS: Final = 1000.0
FAILED: Final = (1, 2)  # outcomes of a row: error, timeout


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric that is compared, as CloudWatch has it; `given`: what the scenario has of it was taken from there."""

    metric: str
    statistic: str
    given: bool = False


ITERATOR_AGE: Final = Measure("IteratorAge", "Maximum")  # ms
INVOCATIONS: Final = Measure("Invocations", "Sum")
DURATION: Final = Measure("Duration", "Average")  # ms
ERRORS: Final = Measure("Errors", "Sum", given=True)
THROTTLES: Final = Measure("Throttles", "Sum")
CONCURRENCY: Final = Measure("ConcurrentExecutions", "Maximum")
WRITES_REFUSED: Final = Measure("WriteProvisionedThroughputExceeded", "Sum")
READS_REFUSED: Final = Measure("ReadProvisionedThroughputExceeded", "Sum")
OF_FUNCTIONS: Final = (ITERATOR_AGE, INVOCATIONS, DURATION, ERRORS, THROTTLES, CONCURRENCY)
OF_STREAMS: Final = (WRITES_REFUSED, READS_REFUSED)

Key = tuple[Measure, str]  # and the function or stream


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


def simulated(scenario: Scenario, replication: int, seed: int | None, step_s: int, steps: int) -> dict[Key, Floats]:
    """One replication of a scenario as CloudWatch would have it. Of an interval without an attempt, levels are NaN."""
    seen = Attempts(scenario, step_s, steps)
    result = simulate(scenario, seed, replication, float(step_s), (seen,))
    found = dict(_functions(scenario, seen))
    with np.errstate(invalid="ignore"):
        return found | _from_tables(scenario, result, steps)


def _functions(scenario: Scenario, seen: Attempts) -> Mapping[Key, Floats]:
    found: dict[Key, Floats] = {}
    for i, name in enumerate(scenario.functions):
        found[INVOCATIONS, name], found[ERRORS, name] = seen.count[i], seen.failed[i]
        found[ITERATOR_AGE, name] = seen.age_ms[i]
        found[DURATION, name] = np.where(seen.warm[i] > 0, seen.warm_ms[i] / np.maximum(seen.warm[i], 1), np.nan)
    return found


def _from_tables(scenario: Scenario, result: Result, steps: int) -> dict[Key, Floats]:
    from simulator.measures.tables import timeseries  # it needs pandas, which is slow to import

    table = timeseries(result)
    of = {mapping.name: mapping.function for mapping in scenario.event_source_mappings}
    functions = table["mapping"].map(of)
    found: dict[Key, Floats] = {}
    for name in scenario.functions:
        mine = table[functions == name].groupby("time_s")
        found[THROTTLES, name] = _padded(mine["throttles"].sum().to_numpy(float), steps)
        found[CONCURRENCY, name] = _padded(mine["function_concurrency_max"].max().to_numpy(float), steps)
    for name in scenario.streams:
        first = table[table["stream"] == name].groupby("time_s")
        found[WRITES_REFUSED, name] = _padded(first["write_throttled_records"].first().to_numpy(float), steps)
        if "get_records_refused" in table:
            found[READS_REFUSED, name] = _padded(first["get_records_refused"].sum().to_numpy(float), steps)
    return found


def _padded(values: Floats, steps: int) -> Floats:
    return np.pad(values[:steps], (0, max(steps - len(values), 0)))
