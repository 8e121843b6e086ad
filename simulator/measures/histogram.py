"""Histograms of times in logarithmic buckets, exact to 0.4 %, mergeable in any order.

The bucket of a value is read off its bits: the exponent and the first seven bits of the mantissa of the float.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SHIFT: Final = 52 - 7
SMALLEST_S: Final = 2.0**-20  # about a microsecond; what is less counts as this
LARGEST_S: Final = 2.0**30  # 34 years
_FIRST: Final = int(np.float64(SMALLEST_S).view(np.int64)) >> SHIFT
BUCKETS: Final = (int(np.float64(LARGEST_S).view(np.int64)) >> SHIFT) - _FIRST + 1
PERCENTILES: Final = (0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0)


def buckets(values_s: Floats) -> Integers:
    """The bucket of each value."""
    bits = np.clip(values_s, SMALLEST_S, LARGEST_S).view(np.int64)
    bits >>= SHIFT
    bits -= _FIRST
    return bits


def bucket_edges_s() -> Floats:
    """The lower edge of each bucket, and the upper edge of the last."""
    return ((np.arange(BUCKETS + 1) + _FIRST) << SHIFT).view(np.float64)


@dataclass
class Histogram:
    """How many values fell into each bucket, with their exact extremes and sum."""

    counts: Integers = field(default_factory=lambda: np.zeros(BUCKETS, np.int64))
    least_s: float = np.inf
    greatest_s: float = -np.inf
    sum_s: float = 0.0

    def add(self, values_s: Floats) -> None:
        """Add values in seconds."""
        if len(values_s):
            self.counts += np.bincount(buckets(values_s), minlength=BUCKETS)
            self.note(values_s)

    def note(self, values_s: Floats) -> None:
        """Take extremes and sum of values whose buckets are counted elsewhere."""
        self.least_s = min(self.least_s, float(values_s.min()))
        self.greatest_s = max(self.greatest_s, float(values_s.max()))
        self.sum_s += float(values_s.sum())

    @property
    def n(self) -> int:
        """How many values there are."""
        return int(self.counts.sum())

    @property
    def mean_s(self) -> float:
        """The exact mean; NaN without values."""
        return self.sum_s / self.n if self.n else float("nan")

    def percentile_s(self, percent: float) -> float:
        """A percentile, exact to 0.4 % (p0 and p100: exact); NaN without values."""
        if not self.n:
            return float("nan")
        value = percentiles_s(self.counts, np.array([percent]))[0]
        return float(np.clip(value, self.least_s, self.greatest_s))


def percentiles_s(counts: Integers, percents: Floats) -> Floats:
    """Percentiles of a histogram, interpolated within their buckets; p0 and p100 are the edges of the outermost."""
    upto = np.cumsum(counts)
    rank = percents / 100 * upto[-1]
    bucket = np.minimum(np.searchsorted(upto, rank), np.flatnonzero(counts)[-1])
    bucket = np.maximum(bucket, np.flatnonzero(counts)[0])
    edges = bucket_edges_s()
    within = (rank - (upto[bucket] - counts[bucket])) / counts[bucket]
    values: Floats = edges[bucket] + (edges[bucket + 1] - edges[bucket]) * np.clip(within, 0, 1)
    return values


class RowHistograms:
    """A histogram a row of time, kept only where there are values: memory grows with these rows."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[int, Integers]] = {}  # the first bucket, and the counts from there on

    def add(self, rows: Integers, repeats: Integers | int, values_s: Floats) -> Integers:
        """Add values: the first `repeats` ones to the first row given, and so on; all counts together, by bucket."""
        cell = buckets(values_s)
        first, low = int(rows.min()), int(cell.min())
        width, height = int(cell.max()) - low + 1, int(rows.max()) - first + 1
        cell += np.repeat((rows - first) * width - low, repeats)
        table = np.bincount(cell, minlength=width * height).reshape(height, width)
        for i in np.flatnonzero(table.any(axis=1)).tolist():
            self._add_row(first + i, low, table[i])
        together = np.zeros(BUCKETS, np.int64)
        together[low : low + width] = table.sum(axis=0)
        return together

    def _add_row(self, row: int, low: int, counts: Integers) -> None:
        begin, mine = self._rows.get(row, (low, counts[:0]))
        end = max(begin + len(mine), low + len(counts))
        if low < begin or begin + len(mine) < end:
            first = min(low, begin)
            mine = np.pad(mine, (begin - first, end - begin - len(mine)))
            begin = first
            self._rows[row] = begin, mine
        mine[low - begin : low - begin + len(counts)] += counts

    def halve(self) -> None:
        """Two rows become one."""
        rows, self._rows = self._rows, {}
        for row, (low, counts) in rows.items():
            self._add_row(row // 2, low, counts)

    def percentiles_s(self, rows: int, percents: tuple[float, ...]) -> Floats:
        """Percentiles of each row, one column each; NaN where a row has no values."""
        table = np.full((rows, len(percents)), np.nan)
        for row, (low, counts) in self._rows.items():
            if row < rows and counts.any():
                padded = np.pad(counts, (low, BUCKETS - low - len(counts)))
                table[row] = percentiles_s(padded, np.array(percents))
        return table

    def above(self, first: int, last: int, value_s: float) -> int:
        """How many values of the rows from first to before last lie in buckets above the one of a value."""
        bucket = int(buckets(np.array([value_s]))[0])
        rows = (self._rows[row] for row in range(first, last) if row in self._rows)
        return sum(int(counts[max(0, bucket + 1 - low) :].sum()) for low, counts in rows)
