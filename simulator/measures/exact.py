"""Sums of times that an int64 may not hold: by row of the time series, exact, and the same in any order.

A sum is kept as two int64, high and low, that stand for high * 2**30 + low.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Integers

BITS: Final = 30
MASK: Final = (1 << BITS) - 1


def total(values: Integers) -> int:
    """The sum of all values."""
    return (int((values >> BITS).sum()) << BITS) + int((values & MASK).sum())


def products(numbers: Integers | int, values: Integers | int) -> tuple[Integers, Integers]:
    """Numbers up to 2**32 times values up to 2**60 (36 years), high and low."""
    low = np.multiply(numbers, values & MASK)
    return np.multiply(numbers, values >> BITS) + (low >> BITS), low & MASK


def whole(high: Integers, low: Integers) -> NDArray[np.object_]:
    """Sums as Python integers."""
    sums: NDArray[np.object_] = high.astype(object) * np.array(1 << BITS, object) + low.astype(object)
    return sums


def narrow(high: Integers, low: Integers) -> Integers:
    """Sums as int64, if it surely holds them, else as Python integers."""
    if max(int(high.max(initial=0)), -int(high.min(initial=0))) < 1 << 32:
        return (high << BITS) + low
    found: Integers = whole(high, low)  # type: ignore[assignment]
    return found


class Cells:
    """Numbers by row of the time series (row = t // interval) and column, added up; what is before t = 0 is one row.

    `table` has the shape (numbers in a cell, 1 + rows, columns): the row before t = 0 comes first.
    """

    def __init__(self, numbers: int, columns: int, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        self.table: Integers = np.zeros((numbers, 1, columns), np.int64)

    def row(self, times_ns: Integers) -> Integers:
        """The row of `table` that each time falls in; it ends at row * interval."""
        row: Integers = np.maximum(times_ns // self.interval_ns, -1) + 1
        return row

    def add(self, rows: Integers, columns: Integers | int, *numbers: Integers | int) -> None:
        """Add numbers to some cells, which may be the same."""
        missing = int(rows.max(initial=0)) + 1 - self.table.shape[1]
        if missing > 0:
            self.table = np.pad(self.table, ((0, 0), (0, missing), (0, 0)))
        cells = rows * self.table.shape[2] + columns
        for table, added in zip(self.table, numbers, strict=True):
            np.add.at(table.reshape(-1), cells, added)


class Sums:
    """Sums by row and column."""

    def __init__(self, columns: int, interval_ns: int) -> None:
        self._cells = Cells(2, columns, interval_ns)

    @classmethod
    def of(cls, table: Integers, interval_ns: int) -> Sums:
        """Of what was added up elsewhere: see Cells.table."""
        sums = cls(table.shape[2], interval_ns)
        sums._cells.table = table
        return sums

    def add(self, column: int, times_ns: Integers, values: Integers, starts: Integers) -> None:
        """Add to a column groups of values, each in the row of a time; groups begin at `starts`, none is empty."""
        high, low = np.add.reduceat(values >> BITS, starts), np.add.reduceat(values & MASK, starts)
        self._cells.add(self._cells.row(times_ns), column, high, low)

    def by_row(self) -> NDArray[np.object_]:
        """Python integers: a row before t = 0, then the rows of the time series that anything was added to."""
        high, low = self._cells.table
        return whole(high, low)


class Integrals:
    """The integrals over time of some numbers that are 0 at first and at last, by row and number."""

    def __init__(self, numbers: int, interval_ns: int) -> None:
        self._cells = Cells(3, numbers, interval_ns)  # what the changes of a row add up to by its end; their sum

    @classmethod
    def of(cls, table: Integers, interval_ns: int) -> Integrals:
        """Of changes that were added up elsewhere: see Cells.table."""
        integrals = cls(table.shape[2], interval_ns)
        integrals._cells.table = table
        return integrals

    def change(self, which: Integers | int, times_ns: Integers, by: Integers | int) -> None:
        """Change numbers at some times."""
        rows = self._cells.row(times_ns)
        self._cells.add(rows, which, *products(by, rows * self._cells.interval_ns - times_ns), by)

    def by_row(self) -> NDArray[np.object_]:
        """Python integers: a row before t = 0, then the rows of the time series up to the last change."""
        return whole(*self._by_row())

    def over(self, rows: slice) -> NDArray[np.object_]:
        """By number, Python integers: the sum over some of those rows."""
        high, low = self._by_row()
        return whole(high[rows].sum(axis=0), low[rows].sum(axis=0))

    def _by_row(self) -> tuple[Integers, Integers]:
        high, low, changes = self._cells.table
        before = np.cumsum(changes, axis=0) - changes
        more_high, more_low = products(before, self._cells.interval_ns)
        return high + more_high, low + more_low


def by_row(begin_ns: Integers, end_ns: Integers, interval_ns: int) -> tuple[Integers, Integers]:
    """Stretches of time, from t = 0 on, cut up by rows: of each piece the number of its stretch, and its end."""
    first, last = begin_ns // interval_ns, (end_ns - 1) // interval_ns
    touched = np.where(end_ns > begin_ns, last - first + 1, 0)
    which = np.repeat(np.arange(len(first)), touched)
    row = np.arange(len(which)) - np.repeat(np.cumsum(touched) - touched, touched) + first[which]
    return which, np.minimum(end_ns[which], (row + 1) * interval_ns)
