"""Sums of times that an int64 may not hold, exact and the same in any order.

A sum is a pair of int64, (high, low), that stands for high * 2**30 + low; arrays of them have pairs as their last axis.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.traffic.log import Integers

BITS: Final = 30
MASK: Final = (1 << BITS) - 1


def pairs(values: Integers) -> Integers:
    """Integers as pairs."""
    return np.stack((values >> BITS, values & MASK), axis=-1)


def carried(sums: Integers) -> Integers:
    """The same sums with every `low` in [0, 2**30): equal sums are equal pairs, and `high` has the sign."""
    return np.stack((sums[..., 0] + (sums[..., 1] >> BITS), sums[..., 1] & MASK), axis=-1)


def sums_of(values: Integers, starts: Integers) -> Integers:
    """The sums of groups of values along the last axis; groups begin at `starts`, none is empty."""
    limbs = (values >> BITS, values & MASK)
    return np.stack([np.add.reduceat(limb, starts, axis=-1) for limb in limbs], axis=-1)


def whole(sums: Integers) -> int:
    """The sum of all pairs."""
    high, low = sums.reshape(-1, 2).sum(axis=0).tolist()
    return int((high << BITS) + low)


class RowSums:
    """Sums by column and row of the time series (row = t // interval); what was before t = 0 has a row of its own."""

    def __init__(self, columns: int, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        self._table = np.zeros((columns, 1, 2), np.int64)  # row 0: before t = 0

    def add(self, columns: Integers, times_ns: Integers, sums: Integers) -> None:
        """Add each pair to a column, in the row of a time."""
        rows = np.maximum(times_ns // self.interval_ns, -1) + 1
        missing = int(rows.max(initial=0)) + 1 - self._table.shape[1]
        if missing > 0:
            self._table = np.pad(self._table, ((0, 0), (0, missing), (0, 0)))
        cells = columns * self._table.shape[1] + rows
        table = self._table.reshape(-1, 2)
        for limb in (0, 1):
            added = np.zeros(len(table), np.int64)
            np.add.at(added, cells, sums[:, limb])
            table[:, limb] += added
        self._table = carried(self._table)

    def totals(self) -> list[int]:
        """By column."""
        return [whole(column) for column in self._table]

    def before(self) -> list[int]:
        """By column, what was before t = 0."""
        return [whole(column[:1]) for column in self._table]

    def upto(self, rows: int) -> list[list[int]]:
        """By column, the first rows from t = 0 on; those that nothing was added to are 0."""
        table = np.pad(self._table[:, 1:], ((0, 0), (0, max(0, rows + 1 - self._table.shape[1])), (0, 0)))[:, :rows]
        return ((table[..., 0].astype(object) << BITS) + table[..., 1]).tolist()  # type: ignore[no-any-return]


def row_edges(begin_ns: int, end_ns: int, interval_ns: int) -> Integers:
    """The beginnings of rows between two times, both left out."""
    return np.arange(max(begin_ns // interval_ns + 1, 0), -(-end_ns // interval_ns)) * interval_ns


def by_row(begin_ns: Integers, end_ns: Integers, interval_ns: int) -> tuple[Integers, Integers, Integers]:
    """Stretches of time cut up by rows: for each piece the number of its stretch, its beginning and its end.

    What lies before t = 0 is one row.
    """
    first, last = np.maximum(begin_ns // interval_ns, -1), np.maximum((end_ns - 1) // interval_ns, -1)
    touched = np.where(end_ns > begin_ns, last - first + 1, 0)
    which = np.repeat(np.arange(len(first)), touched)
    row = np.arange(len(which)) - np.repeat(np.cumsum(touched) - touched, touched) + first[which]
    low = np.where(row == first[which], begin_ns[which], row * interval_ns)
    return which, low, np.where(row == last[which], end_ns[which], (row + 1) * interval_ns)
