"""Percentiles of the values of each row of time, read off a histogram that is forgotten when its row is over."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.measures.histogram import BUCKETS, buckets, percentiles_ns
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS

CELLS: Final = 1 << 21  # that are counted at once


class RowPercentiles:
    """Some percentiles of each row. No values come for a row that is closed."""

    def __init__(self, percents: tuple[float, ...]) -> None:
        self._percents = np.array(percents)
        self._open: dict[int, tuple[int, Integers]] = {}  # by row: the first bucket, and the counts from there on
        self._closed: dict[int, Floats] = {}

    @classmethod
    def of(cls, percents: tuple[float, ...], table: Floats) -> RowPercentiles:
        """Of percentiles that were found elsewhere, one row each; NaN where a row has no values."""
        percentiles = cls(percents)
        percentiles._closed = {row: table[row] for row in np.flatnonzero(~np.isnan(table[:, 0])).tolist()}
        return percentiles

    def add(self, rows: Integers, repeats: Integers, values_ns: Integers) -> Integers:
        """Add values: the first `repeats` ones to the first row given, and so on; all counts together, by bucket.

        Rows before 0 have no percentiles. It is quick when neighbours mostly have the same row.
        """
        together = np.zeros(BUCKETS, np.int64)
        ends = np.cumsum(repeats)
        cell = buckets(values_ns)
        if not len(cell):
            return together
        low, width = int(cell.min()), int(cell.max()) - int(cell.min()) + 1
        cell -= low
        of_row = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1))
        height = max(1, CELLS // width)
        for first in range(0, len(of_row), height):
            some = of_row[first : first + height]
            begin, stop = some[0], of_row[first + height] if first + height < len(of_row) else len(rows)
            values = cell[ends[begin] - repeats[begin] : ends[stop - 1]]
            number = np.repeat(np.searchsorted(some, np.arange(begin, stop), "right") - 1, repeats[begin:stop])
            table = np.bincount(number * width + values, minlength=width * len(some)).reshape(-1, width)
            together[low : low + width] += table.sum(axis=0)
            for row, counts in zip(rows[some].tolist(), table, strict=True):
                if row >= 0:
                    self._add_row(row, low, counts)
        return together

    def _add_row(self, row: int, low: int, counts: Integers) -> None:
        begin, mine = self._open.get(row, (low, counts[:0]))
        first, end = min(begin, low), max(begin + len(mine), low + len(counts))
        whole = np.zeros(end - first, np.int64)
        whole[begin - first : begin - first + len(mine)] = mine
        whole[low - first : low - first + len(counts)] += counts
        self._open[row] = first, whole

    def close(self, before: int) -> None:
        """No more values will come for the rows before one."""
        for row in [row for row in self._open if row < before]:
            first, counts = self._open.pop(row)
            if counts.any():
                self._closed[row] = percentiles_ns(counts, self._percents, first)

    def seconds_upto(self, rows: int) -> Floats:
        """The percentiles of the first rows, one column each; NaN where a row has no values."""
        table = np.full((rows, len(self._percents)), np.nan)
        for row, values in self._closed.items():
            if row < rows:
                table[row] = values / NS
        return table
