"""Where the records of a stream stand in columns: each shard's in order of place, with room for more behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.measures.portions import ranges
from simulator.traffic.log import Column, Integers


class Layout:
    """Gives each record a row, and it back when the record is not needed any more. All is laid out anew at times.

    So a record costs the same whatever waits beside it.
    """

    def __init__(self) -> None:
        self.rows = 0  # of a column
        none = np.zeros(0, np.int64)
        self._first, self._end = none, none  # by shard: the place of the first record, and that behind the last
        self._low, self._high = none, none  # by shard: the first row, and that behind its room
        self._moves: list[tuple[int, int, int]] | None = None  # old row, new row, and how many, since the last call

    def of(self, shards: Integers | int, places: Integers) -> Integers:
        """The rows of some records."""
        rows: Integers = places + (self._low - self._first)[shards]
        return rows

    def take(self, ends: Integers, needed: Integers) -> Integers:
        """Give rows to new records, up to before the place `ends` in each shard; they are returned, in order of shard.

        Records before the place `needed` in each shard may lose theirs.
        """
        more = len(ends) - len(self._end)
        columns = (self._first, self._end, self._low, self._high)
        self._first, self._end, self._low, self._high = (np.pad(column, (0, more)) for column in columns)
        self._moves = None
        if (self._low + (ends - self._first) > self._high).any():
            self._lay_out(ends, needed)
        fresh = ranges(self._low + (self._end - self._first), ends - self._end)
        self._end = ends
        return fresh

    def moved(self, column: Column, fill: Any) -> Column:
        """A column of before the last `take`, aligned with the rows of now; rows without a record hold `fill`."""
        if self._moves is None:
            return column
        aligned = np.full(self.rows, fill, column.dtype)
        for old, new, records in self._moves:
            aligned[new : new + records] = column[old : old + records]
        return aligned  # type: ignore[return-value]

    def _lay_out(self, ends: Integers, needed: Integers) -> None:
        """With room for an eighth more, and as much again in proportion to what has come to each shard."""
        kept, fresh, size = self._end - needed, ends - self._end, ends - needed
        size = size + size // 8 + size.sum() * fresh // (8 * max(1, int(fresh.sum())))
        low = np.cumsum(size) - size
        old = self._low + (needed - self._first)
        self._moves = [move for move in zip(old.tolist(), low.tolist(), kept.tolist(), strict=True) if move[2]]
        self._first, self._low, self._high, self.rows = needed.copy(), low, low + size, int(size.sum())
