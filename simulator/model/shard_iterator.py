"""A position in a shard's log, and what a GetRecords call returns from there on (docs/model.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.model.mapping import Mapping
from simulator.traffic.shards import Shard

ANSWER_BYTES: Final = 10 * 2**20


@dataclass(frozen=True)
class Records:
    """What a call returns: the places from `first` to before `end`."""

    first: int
    end: int
    bytes: int = 0
    left_behind: bool = False  # records that were accepted by then did not fit


class ShardIterator:
    """How far a mapping has read a shard by polling."""

    def __init__(self, mapping: Mapping, shard: Shard) -> None:
        self._mapping, self._shard = mapping, shard
        self.place = shard.log.end  # of the next record to be returned

    def extend(self, accepted_from: int) -> None:
        """The log has grown, from a place on; what lies before the starting position is skipped."""
        log = self._shard.log
        new_ns = log.of(log.kept.accepted_ns, slice(accepted_from, log.end))
        skipped = self._mapping.skipped(new_ns)
        if skipped:
            self.place = accepted_from + skipped
        self._mapping.left.more(len(new_ns) - skipped)

    def nothing(self, now_ns: int) -> Records:
        """No records: from the place of the next ones on, or the log's end as it is now."""
        here = min(self.place, self._shard.log.accepted_by(now_ns))
        return Records(here, here)

    def get_records(self, now_ns: int, limit: int) -> Records:
        """The records accepted by now and not yet returned, in order, at most `limit` and 10 MiB."""
        log, accepted = self._shard.log, self._shard.log.accepted_by(now_ns)
        if accepted <= self.place:  # which may lie ahead, at the starting position
            return Records(accepted, accepted)
        self.pass_over(log.accepted_before(now_ns - self._mapping.retention_ns))
        most = min(accepted, self.place + limit)
        upto = log.of(log.kept.bytes, slice(self.place, most)).cumsum()
        n = int(upto.searchsorted(ANSWER_BYTES, "right"))
        first, self.place = self.place, self.place + n
        return Records(first, self.place, int(upto[n - 1]) if n else 0, self.place < accepted)

    def pass_over(self, gone: int) -> None:
        """Records before a place that were not returned have expired."""
        if gone > self.place:
            places, self.place = np.arange(self.place, gone), gone
            self._mapping.lose(self._shard.number, places, "expired", unread=True)
