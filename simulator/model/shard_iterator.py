"""A position in a shard's log, and what a GetRecords call returns from there on (docs/model.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from simulator.model.facts import How, Poll, PollResult
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard

ANSWER_BYTES: Final = 10 * 2**20


@dataclass(frozen=True)
class Records:
    """What a call returns: the places from `first` to before `end`."""

    first: int
    end: int
    bytes: int = 0
    left_behind: bool = False  # records that were accepted by then did not fit
    is_last: bool = False  # the shard had closed, and nothing is left to be read

    def poll(self, number: int, shard: Shard, at_ns: int, result: PollResult, answer_ns: int) -> Poll:
        """The fact of a poll that returns them to a mapping or reader, by its number."""
        of = (self.first, self.end, self.bytes, self.left_behind)
        return Poll(number, shard.number, at_ns, result, answer_ns, *of)


class Owner(Protocol):
    """A mapping, or another reader."""

    retention_ns: int

    def skipped(self, accepted_ns: Integers) -> int:
        """How many of a shard's next records lie before its starting position."""

    def come(self, shard: int, records: int) -> None:
        """Records of a shard have come that it does not skip."""

    def lose(self, shard: int, places: Integers, how: How, *, unread: bool = False) -> None:
        """Records end without having been processed."""


def take_in(owner: Owner, shard: Shard, accepted_from: int, place: int) -> int:
    """Records have come to a shard, from a place on; where its owner, who is at a place, is after those it skips."""
    log = shard.log
    new_ns = log.of(log.kept.accepted_ns, slice(accepted_from, log.end))
    skipped = owner.skipped(new_ns)
    owner.come(shard.number, len(new_ns) - skipped)
    return accepted_from + skipped if skipped else place


class ShardIterator:
    """How far a mapping, or another reader, has read a shard by polling."""

    def __init__(self, owner: Owner, shard: Shard) -> None:
        self._owner, self._shard = owner, shard
        self.place = shard.log.first  # of the next record to be returned

    def extend(self, accepted_from: int) -> None:
        """The log has grown, from a place on; what lies before the starting position is skipped."""
        self.place = take_in(self._owner, self._shard, accepted_from, self.place)

    def nothing(self, now_ns: int) -> Records:
        """No records: from the place of the next ones on, or the log's end as it is now."""
        here = min(self.place, self._shard.log.accepted_by(now_ns))
        return Records(here, here)

    def get_records(self, now_ns: int, limit: int) -> Records:
        """The records accepted by now and not yet returned, in order, at most `limit` and 10 MiB."""
        log, accepted = self._shard.log, self._shard.log.accepted_by(now_ns)
        closed = self._shard.closes_ns is not None and self._shard.closes_ns <= now_ns
        if accepted <= self.place:  # which may lie ahead, at the starting position
            return Records(accepted, accepted, is_last=closed)
        self.pass_over(log.accepted_before(now_ns - self._owner.retention_ns))
        most = min(accepted, self.place + limit)
        upto = log.of(log.kept.bytes, slice(self.place, most)).cumsum()
        n = int(upto.searchsorted(ANSWER_BYTES, "right"))
        first, self.place = self.place, self.place + n
        left = self.place < accepted
        return Records(first, self.place, int(upto[n - 1]) if n else 0, left, closed and not left)

    def pass_over(self, gone: int) -> None:
        """Records before a place that were not returned have expired."""
        if gone > self.place:
            places, self.place = np.arange(self.place, gone), gone
            self._owner.lose(self._shard.number, places, "expired", unread=True)
