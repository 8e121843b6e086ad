"""When each record of a mapping's stream ended, and how, from the facts of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.first_reads import FirstReads
from simulator.measures.layout import Layout
from simulator.measures.portions import together
from simulator.model.facts import Attempt, Facts, Loss
from simulator.traffic.log import Column, Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard
from simulator.traffic.written import Waiting, Written

Bools = NDArray[np.bool_]

HOWS: Final = ("unprocessed", "processed", "skipped", "dropped", "sent_to_destination", "expired", "filtered")
CODE: Final = {how: code for code, how in enumerate(HOWS)}
AT_ONCE: Final = 4096  # rows


@dataclass(frozen=True)
class Reading:
    """How a mapping reads its stream. Times are nanoseconds from the start of the run."""

    pushed: bool  # else by polling
    lanes: int  # of a shard
    retention_ns: int
    position_ns: int  # records accepted before it are skipped,
    inclusive: bool  # those accepted at it too, unless inclusive
    starts_ns: int  # starts_after
    disabled: list[tuple[int, int]]  # disabled periods, in order, apart
    filter: str = ""  # the mapping's name, if it has a filter
    discovery_ns: int = 0  # from the end of a shard's parents to its first read

    def skips(self, accepted_ns: Integers) -> Bools:
        """Which records the mapping skips, by their acceptance."""
        return accepted_ns < self.position_ns if self.inclusive else accepted_ns <= self.position_ns

    def skipped(self, accepted_ns: Integers) -> int:
        """How many records, in order of acceptance, it skips: the first ones."""
        return int(np.searchsorted(accepted_ns, self.position_ns, "left" if self.inclusive else "right"))


@dataclass(frozen=True)
class Window:
    """One window of a run as one mapping sees it: [begin_ns, end_ns); if `last`, its end belongs to it."""

    begin_ns: int
    end_ns: int
    last: bool
    shards: list[Shard]  # of its stream, by number
    written: Written  # to its stream
    facts: Facts  # of this mapping alone

    @property
    def until_ns(self) -> int:
        """What is before it has come to pass."""
        return self.end_ns + self.last


class Times:
    """The times of one mapping's records. Call `observe` first in every window.

    Columns, one row a record: `produced_ns`, `accepted_ns`, `lane` (shard * lanes + lane), `unread` (nothing that is
    stated has returned or sent it), `passes` (the mapping's filter), `ended_ns` (NEVER: not yet) and `how` (a code, see
    HOWS). They hold the records of the logs that have not ended, and some that have; rows without a record look like
    those of skipped ones. A record's row may be another one in another window. `reads`: since when shards are read.

    Of the window: `fresh` (rows of the records, not skipped, accepted in it) and `let_in_ns` (of these); `finished`
    (attempts that finished in it), `successful` (those of them that processed records) and `processed` (the rows of
    these records, attempt after attempt); `expired` (rows of those that expired unread in it); `over` (rows of all, not
    skipped, that ended in it); `waiting` (records, not skipped, that wait at their producers at its end). `ends` counts
    how records have ended; after the last window it counts those unprocessed, too.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ends: Counter[str] = Counter()
        none = np.empty(0, np.int64)
        self.produced_ns, self.accepted_ns, self.lane, self.ended_ns = none, none, none, none
        self.how, self.unread, self.passes = np.empty(0, np.int8), np.empty(0, np.bool_), np.empty(0, np.bool_)
        self._layout = Layout()
        self.left, self._unexpired, self._known = none, none, none  # by shard: places, see _advance, _expire, _take
        self.reads = FirstReads(reading.discovery_ns)
        self._running: list[Attempt] = []

    def observe(self, window: Window) -> None:
        """Take a window: records accepted in it, what was read, and what ended."""
        self.reads.observe(window.shards, window.facts.finished)
        self._take(window.shards)
        self._read(window.facts)
        self._end(window)
        self._wait(window)
        self._advance()

    def rows(self, shards: Integers | int, places: Integers) -> Integers:
        """The rows of some records that had not ended before this window."""
        return self._layout.of(shards, places)

    def rows_from(self, shard: int, place: int) -> slice:
        """The rows of the records of a shard from a place on, which had not ended before this window."""
        low, high = self.rows(shard, np.array([place, self._known[shard]])).tolist()
        return slice(low, high)

    def moved(self, column: Column, fill: Any) -> Column:
        """A column aligned with the rows of the window before, aligned with those of this one; new ones hold `fill`."""
        return self._layout.moved(column, fill)

    def passing(self, rows: Integers) -> Integers:
        """Those of some rows whose records pass the filter."""
        return rows[self.passes[rows]] if self.reading.filter else rows

    @property
    def oldest_ns(self) -> int:
        """When the oldest of all records, not skipped, that are left at the window's end was produced; else NEVER."""
        some = np.flatnonzero(self.left < self._known)  # a shard accepts in order of production
        accepted = self.produced_ns[self.rows(some, self.left[some])]
        return min(int(accepted.min(initial=NEVER)), int(self.waiting.produced_ns.min(initial=NEVER)))

    def _take(self, shards: list[Shard]) -> None:
        """Give rows to new records."""
        more = len(shards) - len(self._known)
        columns = (self._known, self.left, self._unexpired)
        before, self.left, self._unexpired = (np.pad(column, (0, more)) for column in columns)
        self._known = np.array([shard.log.end for shard in shards], np.int64)
        fresh = self._layout.take(self._known, self.left)
        self.produced_ns, self.accepted_ns = self.moved(self.produced_ns, NEVER), self.moved(self.accepted_ns, -NEVER)
        self.lane, self.ended_ns = self.moved(self.lane, 0), self.moved(self.ended_ns, -NEVER)
        self.how, self.unread = self.moved(self.how, CODE["skipped"]), self.moved(self.unread, False)
        if self.reading.filter:
            self.passes = self.moved(self.passes, True)
        grown = [(shard, place) for shard, place in zip(shards, before.tolist(), strict=True) if place < shard.log.end]
        self._fill(fresh, grown)

    def _fill(self, fresh: Integers, grown: list[tuple[Shard, int]]) -> None:
        """Fill the rows of new records: those of some shards from some places on."""
        lanes = self.reading.lanes
        new = [(shard, shard.log.kept.rows(slice(place - shard.log.first, None))) for shard, place in grown]
        accepted_ns = together([columns.accepted_ns for _, columns in new])
        skipped = self.reading.skips(accepted_ns)
        self.fresh, self.let_in_ns = fresh[~skipped], together([columns.let_in_ns for _, columns in new])[~skipped]
        self.produced_ns[fresh] = together([columns.produced_ns for _, columns in new])
        self.accepted_ns[fresh] = accepted_ns
        self.lane[fresh] = together([columns.lane[lanes] + np.int64(shard.number * lanes) for shard, columns in new])
        self.ended_ns[fresh] = np.where(skipped, accepted_ns, NEVER)
        self.how[fresh] = np.where(skipped, CODE["skipped"], CODE["unprocessed"])
        self.unread[fresh] = ~skipped
        if self.reading.filter:
            self.passes[fresh] = np.concatenate([self.passes[:0], *(of.passes[self.reading.filter] for _, of in new)])
        self.ends["skipped"] += int(skipped.sum())

    def _read(self, facts: Facts) -> None:
        calls = [(poll.shard, poll.first, poll.end - poll.first) for poll in facts.polls if poll.end > poll.first]
        shard, first, records = np.array(calls, np.int64).reshape(-1, 3).T
        for row, n in zip(self.rows(shard, first).tolist(), records.tolist(), strict=True):
            self.unread[row : row + n] = False
        for sent in facts.sent:
            self.unread[self.rows(sent.shard, sent.places)] = False

    def _end(self, window: Window) -> None:
        attempts = [*self._running, *window.facts.attempts]
        self.finished = [attempt for attempt in attempts if attempt.finished_ns < window.until_ns]
        self._running = [attempt for attempt in attempts if attempt.finished_ns >= window.until_ns]
        self._process()
        lost = [self._lose(loss) for loss in window.facts.losses if not loss.unread]
        self._expire(window.until_ns - self.reading.retention_ns)
        self.over = together([self.processed, *lost, self.expired])
        counts = np.bincount(self.how[self.over], minlength=len(HOWS)).tolist()
        self.ends.update(dict(zip(HOWS, counts, strict=True)))

    def _process(self) -> None:
        """Records have been processed by the attempts that are over."""
        self.successful = [attempt for attempt in self.finished if attempt.done]
        done = np.array([attempt.done for attempt in self.successful], np.int64)
        shard = np.array([attempt.shard for attempt in self.successful], np.int64)
        finished_ns = np.array([attempt.finished_ns for attempt in self.successful], np.int64)
        places = together([attempt.places[: attempt.done] for attempt in self.successful])
        self.processed = self.rows(np.repeat(shard, done), places)
        self._ended(self.processed, np.repeat(finished_ns, done), "processed")

    def _lose(self, loss: Loss) -> Integers:
        rows = self.rows(loss.shard, loss.places)
        self._ended(rows, loss.at_ns, loss.how)
        return rows

    def _expire(self, accepted_before_ns: int) -> None:
        """What nobody has read when its age reaches the retention has ended then, whenever that is noticed."""
        some = np.flatnonzero(self._unexpired < self._known)
        oldest_ns = self.accepted_ns[self.rows(some, self._unexpired[some])]
        found = []
        for shard in some[oldest_ns < accepted_before_ns].tolist():
            rows = self.rows_from(shard, int(self._unexpired[shard]))
            aged = int(np.searchsorted(self.accepted_ns[rows], accepted_before_ns))
            found.append(rows.start + np.flatnonzero(self.unread[rows][:aged]))
            self._unexpired[shard] += aged
        self.expired = together(found)
        self._ended(self.expired, self.accepted_ns[self.expired] + self.reading.retention_ns, "expired")

    def _ended(self, rows: Integers, at_ns: Integers | int, how: str) -> None:
        self.ended_ns[rows] = at_ns
        self.how[rows] = CODE[how]

    def _wait(self, window: Window) -> None:
        """What waits at the producers; after the last window it is unprocessed, or skipped."""
        waiting = window.written.waiting
        skipped = self.reading.skips(waiting.accepted_ns)
        self.waiting = Waiting(*(getattr(waiting, column.name)[~skipped] for column in fields(waiting)))
        if window.last:
            self.ends["skipped"] += int(skipped.sum())
            self.ends["unprocessed"] += int((self.how == CODE["unprocessed"]).sum() + (~skipped).sum())

    def _advance(self) -> None:
        """Pass over the first records of each shard that have ended, up to the first that is left."""
        some = np.flatnonzero(self.left < self._known)
        ended = self.how[self.rows(some, self.left[some])] != CODE["unprocessed"]
        for shard in some[ended].tolist():
            rows = self.rows_from(shard, int(self.left[shard]))
            self.left[shard] += _leading(self.how[rows])
        self._unexpired = np.maximum(self._unexpired, self.left)


def _leading(how: NDArray[np.int8]) -> int:
    """How many records, from the first on, have ended."""
    for low in range(0, len(how), AT_ONCE):
        left = np.flatnonzero(how[low : low + AT_ONCE] == CODE["unprocessed"])
        if len(left):
            return low + int(left[0])
    return len(how)
