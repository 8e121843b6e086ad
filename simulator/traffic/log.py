"""A shard's log: what it has accepted, in order, as columns. A record is its place in the log, 0 first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

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
        return Columns(
            self.produced_ns[which],
            self.let_in_ns[which],
            self.accepted_ns[which],
            self.bytes[which],
            self.number[which],
            {factor: lane[which] for factor, lane in self.lane.items()},
            {function: after[which] for function, after in self.poison_after.items()},
        )

    def then(self, more: Columns) -> Columns:
        """These, and more behind them."""
        return Columns(
            np.concatenate((self.produced_ns, more.produced_ns)),
            np.concatenate((self.let_in_ns, more.let_in_ns)),
            np.concatenate((self.accepted_ns, more.accepted_ns)),
            np.concatenate((self.bytes, more.bytes)),
            np.concatenate((self.number, more.number)),
            {factor: np.concatenate((lane, more.lane[factor])) for factor, lane in self.lane.items()},
            {f: np.concatenate((after, more.poison_after[f])) for f, after in self.poison_after.items()},
        )


class Log:
    """The log of one shard, as far as it is known; rows that nobody needs any more are forgotten.

    `kept` are the rows from place `first` to before `end`. A place stays what it is whatever is forgotten.
    """

    def __init__(self, empty: Columns) -> None:
        self.first, self.kept = 0, empty

    @property
    def end(self) -> int:
        """The place of the next record that it will accept."""
        return self.first + len(self.kept)

    def append(self, accepted: Columns) -> None:
        """Accept records."""
        self.kept = self.kept.then(accepted)

    def forget(self, before: int) -> None:
        """Forget the records before a place."""
        if before > self.first:
            self.kept = self.kept.rows(slice(before - self.first, None))
            self.first = before

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
