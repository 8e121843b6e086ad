"""Records that wait at their producers for a shard that closes, and then for its children (docs/model.md, 14)."""

from __future__ import annotations

import numpy as np

from simulator.traffic.log import Columns, Integers
from simulator.traffic.written import ByteWaits


class Moved:
    """What those of one stream have waited for the byte limits of shards that have closed."""

    def __init__(self) -> None:
        nothing = np.empty(0, np.int64)
        self._number, self._begin_ns, self._end_ns = nothing, nothing, nothing
        self._accepted: list[ByteWaits] = []

    def note(self, number: Integers, let_in_ns: Integers, closes_ns: int) -> None:
        """Records, by number, wait for a shard that closes; those that its record limit has let in, for bytes."""
        some = let_in_ns < closes_ns
        self._number = np.concatenate((self._number, number[some]))
        self._begin_ns = np.concatenate((self._begin_ns, let_in_ns[some]))
        self._end_ns = np.concatenate((self._end_ns, np.full(int(some.sum()), closes_ns)))

    def accepted(self, records: Columns) -> None:
        """Records have been accepted, some of which may have waited so."""
        if len(self._number):
            found = self.left(records)
            self._accepted.append(found)
            left = ~np.isin(self._number, found.records.number)
            self._number, self._begin_ns, self._end_ns = (
                column[left] for column in (self._number, self._begin_ns, self._end_ns)
            )

    def take(self) -> ByteWaits | None:
        """Those of the records that have been accepted since the last call."""
        accepted, self._accepted = self._accepted, []
        if not accepted:
            return None
        first, *more = accepted
        return ByteWaits(
            first.records.then(*(each.records for each in more)),
            np.concatenate([each.begin_ns for each in accepted]),
            np.concatenate([each.end_ns for each in accepted]),
        )

    def left(self, records: Columns) -> ByteWaits:
        """Those of some records."""
        order = np.argsort(records.number)
        place = np.minimum(records.number[order].searchsorted(self._number), max(0, len(order) - 1))
        here = records.number[order][place] == self._number if len(order) else np.zeros(len(self._number), bool)
        rows = order[place[here]] if len(order) else order
        return ByteWaits(records.rows(rows), self._begin_ns[here], self._end_ns[here])
