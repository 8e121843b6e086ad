"""Why a stretch of intervals was missed, as far as other metrics of that time tell: what differs there, too.

The comparison of each metric over the stretch is one number a run: its mean. The observed one is higher or lower than
simulated where it lies outside of all replications.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simulator.report.vocabulary import amount
from simulator.traffic.log import Floats
from simulator.twin.backtest.judging import Miss
from simulator.twin.backtest.minutes import (
    CONCURRENCY,
    DURATION,
    ERRORS,
    INVOCATIONS,
    ITERATOR_AGE,
    MS,
    READS_REFUSED,
    THROTTLES,
    WRITES_REFUSED,
    Key,
    Measure,
)

MATTERS: Final = 0.05  # of a difference that it is named: below that it is a difference, and no cause
MUCH: Final = 0.2  # of what is counted, to be the cause of something else
COUNTED: Final = (THROTTLES, ERRORS, WRITES_REFUSED, READS_REFUSED)
NOUNS: Final = {
    THROTTLES: "throttles",
    ERRORS: "errors",
    WRITES_REFUSED: "refused writes",
    READS_REFUSED: "refused reads",
}


@dataclass(frozen=True, slots=True)
class Both:
    """What was observed, and each replication: values of all intervals by metric. streams: those of each function."""

    seen: Mapping[Key, Floats]
    runs: Mapping[Key, Floats]
    streams: Mapping[str, tuple[str, ...]]
    step_s: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric over a stretch: the observed mean or sum, the simulated median of that, and which is greater.

    side: 1 where more was observed than in any replication, -1 where less, 0 where it is among them.
    """

    observed: float
    simulated: float
    side: int

    @property
    def part(self) -> float:
        """How far apart both are, as a part of the larger one."""
        return abs(self.observed - self.simulated) / max(abs(self.observed), abs(self.simulated), 1e-9)


def difference(both: Both, key: Key, first: int, to: int) -> Difference | None:
    """A metric over the intervals from `first` to before `to`: a sum of what is counted, else a mean; None: unknown."""
    if key not in both.seen or key not in both.runs:
        return None
    total: Callable[..., Floats] = np.nansum if key[0] in (*COUNTED, INVOCATIONS) else _mean
    seen, runs = float(total(both.seen[key][first:to])), np.asarray(total(both.runs[key][:, first:to], axis=1))
    if np.isnan(seen) or np.isnan(runs).all():
        return None
    simulated = float(np.nanmedian(runs))
    found = Difference(seen, simulated, int(seen > np.nanmax(runs)) - int(seen < np.nanmin(runs)))
    return found if found.part > MATTERS else replace(found, side=0)


def _mean(values: Floats, axis: int | None = None) -> Floats:
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    return np.asarray(np.where(count, np.where(known, values, 0).sum(axis=axis) / np.maximum(count, 1), np.nan))


def cause(both: Both, miss: Miss) -> str:
    """What else differs while a metric was missed, as part of a sentence: the first of these that does.

    What is counted only when something goes wrong; then the size of batches, then durations; then that nothing does.
    A late record looks back: what went wrong shortly before it counts, too.
    """
    late_s = max(miss.observed, miss.simulated) / MS if miss.measure == ITERATOR_AGE else 0.0
    first = max(miss.first - int(np.ceil(late_s / both.step_s)), 0)
    for measure in COUNTED:
        for name in (miss.name, *both.streams.get(miss.name, ())):
            found = difference(both, (measure, name), first, miss.to)
            if found and found.side and found.part > MUCH and (measure, name) != (miss.measure, miss.name):
                return _counted(measure, found)
    return _of_function(both, miss)


def _counted(measure: Measure, found: Difference) -> str:
    noun = NOUNS[measure]
    seen, simulated = amount(measure.metric, found.observed), amount(measure.metric, found.simulated)
    if not found.simulated:
        return f"{seen} {noun} there that the scenario has no cause for"
    if not found.observed:
        hint = ": more records were accepted than the scenario's shards take" if measure == WRITES_REFUSED else ""
        return f"the scenario has {simulated} {noun} there, none was observed{hint}"
    return f"{'more' if found.side > 0 else 'fewer'} {noun} there: {seen} observed, {simulated} simulated"


def _of_function(both: Both, miss: Miss) -> str:
    found = {
        measure: difference(both, (measure, miss.name), miss.first, miss.to)
        for measure in (INVOCATIONS, DURATION, CONCURRENCY)
    }
    calls, time = found[INVOCATIONS], found[DURATION]
    if calls and calls.side:
        size = "smaller" if calls.side > 0 else "larger"
        also = f", and invocations took {_longer(time)}" if time and time.side else ""
        told = f"{amount('Invocations', calls.observed)} invocations observed, {amount('Invocations', calls.simulated)}"
        return f"the same records in {size} batches there: {told} simulated{also}"
    if time and time.side and miss.measure != DURATION:
        return f"invocations took {_longer(time)}"
    if miss.measure == DURATION:
        word = "longer" if miss.observed > miss.simulated else "less time"
        return f"as many invocations of as many records: the function itself took {word}" if calls else ""
    if miss.measure == ITERATOR_AGE and calls and time:
        waited = "records waited" if miss.observed > miss.simulated else "records waited less"
        return f"invocations and their durations are as simulated: {waited} before, or were of other keys"
    return "no other metric that was observed differs there"


def _longer(time: Difference) -> str:
    word = "longer" if time.side > 0 else "less time"
    return f"{word}: {amount('Duration', time.observed)} observed, {amount('Duration', time.simulated)} simulated"
