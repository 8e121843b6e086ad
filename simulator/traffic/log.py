"""A shard's log: what it has accepted, in order, as columns. A record is its place in the log, 0 first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Column = TypeVar("Column", bound=NDArray[np.generic])
Places = Integers | slice


@dataclass(frozen=True)
class Columns:
    """Records, one row each. Times are nanoseconds from the start of the run."""

    produced_ns: Integers
    let_in_ns: Integers  # when the record limit let it in; the byte limit comes after it (docs/model.md, section 3)
    accepted_ns: Integers
    bytes: Integers
    number: Integers  # in its stream's order of production, 0 first
    lane: dict[int, Integers]  # by parallelization factor: the lane that it falls to
    poison_after: dict[str, Floats]  # by function with poison records: `fails_after` of those, infinite for others
    passes: dict[str, Bools] = field(default_factory=dict)  # by mapping with a filter: whether it lets the record pass

    def __len__(self) -> int:
        return len(self.produced_ns)

    @property
    def each(self) -> list[NDArray[Any]]:
        """All columns."""
        times = [self.produced_ns, self.let_in_ns, self.accepted_ns]
        return [
            *times,
            self.bytes,
            self.number,
            *self.lane.values(),
            *self.poison_after.values(),
            *self.passes.values(),
        ]

    def having(self, each: list[NDArray[Any]]) -> Columns:
        """The same with other columns, in the order of `each`."""
        produced_ns, let_in_ns, accepted_ns, bytes_, number, *others = each
        lanes, functions = len(self.lane), len(self.lane) + len(self.poison_after)
        return Columns(
            produced_ns, let_in_ns, accepted_ns, bytes_, number,
            dict(zip(self.lane, others[:lanes], strict=True)),
            dict(zip(self.poison_after, others[lanes:functions], strict=True)),
            dict(zip(self.passes, others[functions:], strict=True)),
        )  # fmt: skip

    def rows(self, which: NDArray[np.generic] | slice) -> Columns:
        """Some of them."""
        return self.having([column[which] for column in self.each])

    def then(self, *more: Columns) -> Columns:
        """These, and more behind them."""
        all_ = [self.each, *(records.each for records in more)]
        return self.having([np.concatenate(columns) for columns in zip(*all_, strict=True)])


class Log:
    """The log of one shard, as far as it is known; rows that nobody needs any more are forgotten.

    `kept` are the rows from place `first` to before `end`. A place stays what it is whatever is forgotten.
    """

    def __init__(self, empty: Columns) -> None:
        self.first, self.kept = 0, empty
        self._room, self._used = empty, 0  # rows: `kept` are the last ones of those that are used

    @property
    def end(self) -> int:
        """The place of the next record that it will accept."""
        return self.first + len(self.kept)

    def append(self, accepted: Columns) -> None:
        """Accept records."""
        if self._used + len(accepted) > len(self._room):
            self._make_room(len(accepted))
        self._put(accepted)

    def forget(self, before: int) -> None:
        """Forget the records before a place."""
        if before > self.first:
            self.kept = self.kept.rows(slice(before - self.first, None))
            self.first = before

    def _make_room(self, rows: int) -> None:
        """For so many, and as many again as are kept: however long a record waits, it is copied a few times."""
        kept, size = self.kept, 2 * len(self.kept) + rows
        self._room, self._used = kept.having([np.empty(size, column.dtype) for column in kept.each]), 0
        self.kept = self._room.rows(slice(0, 0))
        self._put(kept)

    def _put(self, new: Columns) -> None:
        begin, end = self._used - len(self.kept), self._used + len(new)
        for column, values in zip(self._room.each, new.each, strict=True):
            column[self._used : end] = values
        self._used, self.kept = end, self._room.rows(slice(begin, end))

    def snapshot(self) -> Log:
        """The log as it is now: what is forgotten later stays in it."""
        same = Log(self.kept)
        same.first = self.first
        return same

    def of(self, column: Column, places: Places) -> Column:
        """The values of some records in one of the columns of `kept`."""
        if isinstance(places, slice):
            return column[places.start - self.first : places.stop - self.first]  # type: ignore[return-value]
        return column[places - self.first]  # type: ignore[return-value]

    def accepted_by(self, time_ns: int) -> int:
        """The place behind the last record accepted at or before a time."""
        return self.first + int(self.kept.accepted_ns.searchsorted(time_ns, "right"))

    def accepted_before(self, time_ns: int) -> int:
        """The place of the first record accepted at or after a time."""
        return self.first + int(self.kept.accepted_ns.searchsorted(time_ns))
