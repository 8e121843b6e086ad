"""Whether what was observed lies within what the twin says, interval by interval, and what is said of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from simulator.traffic.log import Floats
from simulator.twin.backtest.minutes import DURATION, INVOCATIONS, ITERATOR_AGE, Key, Measure

Word = Literal["explains", "partly", "does not explain"]
JUDGED: Final = (ITERATOR_AGE, INVOCATIONS, DURATION)
EXPLAINS, PARTLY = 0.9, 0.7  # of the intervals inside
NARROW: Final = {ITERATOR_AGE: 1000.0}  # ms: the phase of polls once a second is chance, and nobody knows it
COVERAGE: Final = 0.95
ENOUGH: Final = 39  # replications: then the least and the greatest value are the ends of a 95 % prediction interval
MOST_MISSES: Final = 10  # of a metric
SEVERAL: Final = 3  # intervals outside on end are hardly chance
SMALL: Final = 0.05
JOINED: Final = 1  # an interval inside between two outside does not end a miss


@dataclass(frozen=True, slots=True)
class Judged:
    """How well the twin explains a metric of a function or stream, over the intervals that are judged.

    given: what the scenario has of it was taken from these intervals, so that it is no evidence; inside: the part of
    them in which the observed value is within the interval of the replications; width: the median width of that; size:
    the median observed value; bias: the mean of the simulated median less the observed value.
    """

    measure: Measure
    name: str
    given: bool
    intervals: int
    inside: float
    width: float
    size: float
    bias: float
    median_error: float
    p90_error: float

    @property
    def too_wide(self) -> bool:
        """Whether its intervals are wider than the values: then it is not contradicted, as it says little."""
        return self.width > max(self.size, NARROW.get(self.measure, 0.0))

    @property
    def word(self) -> Word:
        """What is said of it."""
        if self.inside < PARTLY:
            return "does not explain"
        return "explains" if self.inside >= EXPLAINS and not self.too_wide else "partly"


@dataclass(frozen=True, slots=True)
class Miss:
    """Intervals on end in which a metric was outside, from the first to before `to`.

    observed, simulated: the value and the median of the runs, in the interval of which the error is the median one.
    chance: so few of them, and so little outside, that this is nothing: one interval in twenty is outside anyway.
    """

    measure: Measure
    name: str
    first: int
    to: int
    observed: float
    simulated: float
    chance: bool

    @property
    def intervals(self) -> int:
        """How long it is."""
        return self.to - self.first

    @property
    def how_much(self) -> float:
        """How far apart both are, as a part of the larger one."""
        return abs(self.observed - self.simulated) / max(abs(self.observed), abs(self.simulated), 1e-9)


@dataclass(frozen=True, slots=True)
class Band:
    """What the replications say of each interval."""

    low: Floats
    median: Floats
    high: Floats

    @classmethod
    def of(cls, runs: Floats) -> Band:
        """The prediction interval of 95 % by order of the replications, a row each; NaN where none has a value.

        Of fewer than 39 it is theirs whole.
        """
        ordered = np.sort(runs, axis=0)  # NaN, nothing to measure, comes last
        known = (~np.isnan(ordered)).sum(axis=0)
        rank = np.maximum(np.floor((known + 1) * (1 - COVERAGE) / 2).astype(int), 1)
        columns = np.arange(ordered.shape[1])
        some, last = known > 0, len(runs) - 1
        low = np.where(some, ordered[np.minimum(rank - 1, last), columns], np.nan)
        high = np.where(some, ordered[np.clip(known - rank, 0, last), columns], np.nan)
        middle = ordered[np.clip((known - 1) // 2, 0, last), columns]
        return cls(low, np.where(some, middle, np.nan), high)


def judged(key: Key, given: bool, seen: Floats, band: Band, since: int) -> Judged | None:
    """The figures of the intervals from `since` on in which both sides have a value; None if there is none."""
    both = ~np.isnan(seen) & ~np.isnan(band.median)
    both[:since] = False
    if not both.any():
        return None
    error = band.median[both] - seen[both]
    inside = (seen[both] >= band.low[both]) & (seen[both] <= band.high[both])
    return Judged(
        *key, given, int(both.sum()), float(inside.mean()), float(np.median(band.high[both] - band.low[both])),
        float(np.median(np.abs(seen[both]))), float(error.mean()), float(np.median(np.abs(error))),
        float(np.quantile(np.abs(error), 0.9)),
    )  # fmt: skip


def misses(key: Key, seen: Floats, band: Band, since: int) -> Iterator[Miss]:
    """Each stretch of intervals in which a metric was outside, longest first."""
    outside = (seen < band.low) | (seen > band.high)
    outside[:since] = False
    stretches = sorted(_stretches(outside), key=lambda pair: pair[0] - pair[1])
    for first, to in stretches[:MOST_MISSES]:
        part = np.flatnonzero(outside[first:to]) + first
        usual = part[np.argsort(np.abs(seen[part] - band.median[part]), kind="stable")[len(part) // 2]]
        both = float(seen[usual]), float(band.median[usual])
        chance = len(part) < SEVERAL and not _far(seen[part], band.low[part], band.high[part])
        yield Miss(*key, first, to, *both, chance)


def _far(seen: Floats, low: Floats, high: Floats) -> bool:
    """Whether a value is farther outside of its interval than that is wide, and than a small part of it."""
    distance = np.maximum(low - seen, seen - high)
    return bool((distance > np.maximum(high - low, SMALL * np.abs(seen))).any())


def _stretches(outside: NDArray[np.bool_]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place in np.flatnonzero(outside).tolist():
        if found and place - found[-1][1] <= JOINED:
            found[-1] = found[-1][0], place + 1
        else:
            found.append((place, place + 1))
    return found


def verdict(figures: Sequence[Judged]) -> Word:
    """The worst that is said of iterator age, invocations and duration, as far as they were observed."""
    words = {each.word for each in figures if each.measure in JUDGED}
    if "does not explain" in words:
        return "does not explain"
    return "partly" if "partly" in words else "explains"


def chance_of_fewer(intervals: int) -> float:
    """How likely a true twin has fewer than what explains inside, in one metric or more of those it is judged by."""
    each = float(bdtr(np.ceil(EXPLAINS * intervals) - 1, intervals, COVERAGE))
    return float(1 - (1 - each) ** len(JUDGED))


def missing(values: Mapping[Key, Floats]) -> list[str]:
    """The metrics that a verdict needs and that were not observed of any function."""
    return [each.metric for each in JUDGED if not any(each == measure for measure, _ in values)]
