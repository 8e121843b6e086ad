"""Long series made short without losing their peaks, and gaps that are none bridged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST: Final = 250  # groups of rows, each with a lowest and a highest value
MOST_NARROW: Final = 125  # in a panel of half the width
BRIDGED: Final = 0.05  # of the run: a longer time without values is a gap


@dataclass(frozen=True)
class Grouping:
    """Rows of equal intervals taken together, so many at a time."""

    rows: int
    interval_s: float
    end_s: float
    most: int = MOST  # groups

    @property
    def stride(self) -> int:
        """How many rows become one."""
        return max(1, -(-self.rows // self.most))

    @property
    def seconds(self) -> float:
        """The time that a group spans."""
        return self.stride * self.interval_s

    @property
    def middles_s(self) -> Floats:
        """The middle of each group's time."""
        starts = np.arange(-(-self.rows // self.stride)) * self.seconds
        middles: Floats = (starts + np.minimum(starts + self.seconds, self.end_s)) / 2
        return middles

    def lowest(self, values: Floats) -> Floats:
        """The lowest value of each group; NaN if it has none."""
        return np.asarray(np.fmin.reduce(self._groups(values), axis=1))

    def highest(self, values: Floats) -> Floats:
        """The highest value of each group; NaN if it has none."""
        return np.asarray(np.fmax.reduce(self._groups(values), axis=1))

    def mean(self, values: Floats, weights: Floats | None = None) -> Floats:
        """The mean of each group's values; NaN if it has none."""
        groups = self._groups(values)
        known = ~np.isnan(groups)
        shares = known * (1.0 if weights is None else np.nan_to_num(self._groups(weights)))
        total = shares.sum(axis=1)
        sums = (np.where(known, groups, 0.0) * shares).sum(axis=1)
        means: Floats = np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0)
        return means

    def _groups(self, values: Floats) -> Floats:
        missing = -len(values) % self.stride
        return np.concatenate((values, np.full(missing, np.nan))).reshape(-1, self.stride)


def bridged(times_s: Floats, end_s: float, *series: Floats) -> tuple[Floats, ...]:
    """Times and series without the rows that have no value, but with a NaN in each long gap.

    A mapping that gets a batch a minute has a value in few rows; that is not a gap.
    """
    some = ~np.isnan(series[0])
    times, kept = times_s[some], [each[some] for each in series]
    gaps = np.flatnonzero(np.diff(times) > BRIDGED * end_s) + 1
    middle = (times[gaps - 1] + times[gaps]) / 2
    return np.insert(times, gaps, middle), *(np.insert(each, gaps, np.nan) for each in kept)
