"""The rows of the time series: equal intervals of simulated time, which double when a run turns out to be long."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROWS: Final = 600
MOST_ROWS: Final = 2 * ROWS
NICE: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


def nice_interval_s(duration_s: float) -> float:
    """An interval that people like, for about ROWS rows."""
    wanted = duration_s / ROWS
    if wanted <= 1:
        power = 10.0 ** math.floor(math.log10(wanted))
        return next(power * step for step in (1, 2, 5, 10) if power * step >= wanted * 0.999)
    return float(next((i for i in NICE if i >= wanted * 0.999), math.ceil(wanted / 86400) * 86400))


class Series:
    """Numbers added up row by row; rows appear as they are needed."""

    def __init__(self) -> None:
        self.values = np.zeros(0)

    def add(self, rows: Integers, weights: Floats | Integers | None = None) -> None:
        """Add to each given row its weight, or 1."""
        if len(rows):
            self.add_sums(np.bincount(rows, weights))

    def add_sums(self, sums: Floats | Integers) -> None:
        """Add a number to each row, from the first on."""
        if len(sums) > len(self.values):
            self.values = np.concatenate((self.values, np.zeros(len(sums) - len(self.values))))
        self.values[: len(sums)] += sums

    def halve(self) -> None:
        """Two rows become one."""
        self.values = np.concatenate((self.values, np.zeros(len(self.values) % 2))).reshape(-1, 2).sum(axis=1)

    def upto(self, rows: int) -> Floats:
        """The first rows; those that never appeared are 0."""
        return np.concatenate((self.values[:rows], np.zeros(max(0, rows - len(self.values)))))


class Peaks:
    """The greatest number of each row."""

    def __init__(self) -> None:
        self.values = np.full(0, -np.inf)

    def add(self, rows: Integers, values: Floats) -> None:
        """Take a value into each given row."""
        if len(rows):
            n = int(rows.max()) + 1
            if n > len(self.values):
                self.values = np.concatenate((self.values, np.full(n - len(self.values), -np.inf)))
            np.maximum.at(self.values, rows, values)

    def halve(self) -> None:
        """Two rows become one."""
        self.values = np.concatenate((self.values, np.full(len(self.values) % 2, -np.inf))).reshape(-1, 2).max(axis=1)

    def upto(self, rows: int) -> Floats:
        """The first rows; NaN where nothing was added."""
        values = np.concatenate((self.values[:rows], np.full(max(0, rows - len(self.values)), -np.inf)))
        return np.where(np.isinf(values), np.nan, values)


def spread(begin_s: Floats, end_s: Floats, interval_s: float) -> tuple[Integers, Integers, Floats]:
    """How long each stretch of time lies in each row that it touches: numbers of stretches, rows, seconds."""
    first, last = (begin_s / interval_s).astype(np.int64), (end_s / interval_s).astype(np.int64)
    touched = last - first + 1
    which = np.repeat(np.arange(len(first)), touched)
    rows = np.arange(len(which)) - np.repeat(np.cumsum(touched) - touched, touched) + first[which]
    low = np.maximum(begin_s[which], rows * interval_s)
    high = np.minimum(end_s[which], (rows + 1) * interval_s)
    return which, rows, np.maximum(high - low, 0.0)
