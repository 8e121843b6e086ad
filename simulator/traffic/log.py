"""A shard's log: what it has accepted, in order, as columns. A record is its place in the log, 0 first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
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

    def __len__(self) -> int:
        return len(self.produced_ns)

    def rows(self, which: NDArray[np.generic] | slice) -> Columns:
        """Some of them."""
        return self.map(lambda column: column[which])

    def then(self, more: Columns) -> Columns:
        """These, and more behind them."""
        return self.map(lambda column, other: np.concatenate((column, other)), more)

    def arrays(self) -> list[NDArray[Any]]:
        """All columns, in one order."""
        plain = [self.produced_ns, self.let_in_ns, self.accepted_ns, self.bytes, self.number]
        return [*plain, *self.lane.values(), *self.poison_after.values()]

    def map(self, each: Callable[..., NDArray[Any]], *others: Columns) -> Columns:
        """A function of each column, and of the same column of others."""
        done = [each(*columns) for columns in zip(self.arrays(), *(o.arrays() for o in others), strict=True)]
        produced, let_in, accepted, size, number, *rest = done
        lane = dict(zip(self.lane, rest[: len(self.lane)], strict=True))
        poison = dict(zip(self.poison_after, rest[len(self.lane) :], strict=True))
        return Columns(produced, let_in, accepted, size, number, lane, poison)


class Log:
    """The log of one shard, as far as it is known; rows that nobody needs any more are forgotten.

    `kept` are the rows from place `first` to before `end`. A place stays what it is whatever is forgotten.
    """

    def __init__(self, empty: Columns) -> None:
        self.first, self.kept = 0, empty
        self._space, self._begins = empty, 0  # `kept` are its rows from `_begins` on; there may be room behind them

    @property
    def end(self) -> int:
        """The place of the next record that it will accept."""
        return self.first + len(self.kept)

    def append(self, accepted: Columns) -> None:
        """Accept records."""
        rows = len(self.kept) + len(accepted)
        if self._begins + rows > len(self._space):
            self._space, self._begins = self.kept.map(_with_room, accepted), 0
        new = slice(self._begins + len(self.kept), self._begins + rows)
        for column, more in zip(self._space.arrays(), accepted.arrays(), strict=True):
            column[new] = more
        self._keep(rows)

    def forget(self, before: int) -> None:
        """Forget the records before a place."""
        gone, self.first = before - self.first, before
        self._begins += gone
        self._keep(len(self.kept) - gone)

    def _keep(self, rows: int) -> None:
        self.kept = self._space.rows(slice(self._begins, self._begins + rows))

    def of(self, column: Column, places: Places) -> Column:
        """The values of some records in one of the columns of `kept`."""
        if isinstance(places, slice):
            return column[places.start - self.first : places.stop - self.first]  # type: ignore[return-value]
        return column[places - self.first]  # type: ignore[return-value]

    def accepted_by(self, time_ns: int) -> int:
        """The place behind the last record accepted at or before a time."""
        return self.first + int(np.searchsorted(self.kept.accepted_ns, time_ns, "right"))

    def accepted_before(self, time_ns: int) -> int:
        """The place of the first record accepted at or after a time."""
        return self.first + int(np.searchsorted(self.kept.accepted_ns, time_ns))


def _with_room(column: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
    """A column with room for twice what it is to hold."""
    room = np.empty(2 * (len(column) + len(more)), column.dtype)
    room[: len(column)] = column
    return room
