"""When each record of a mapping's stream was read, became available, and ended, from the facts of a run.

Columns over all records that the logs of the stream's shards keep: shard after shard, in order of place. A record's row
changes from window to window; its shard and place do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.model.facts import Attempt, Facts
from simulator.traffic.log import Column, Columns, Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard
from simulator.traffic.written import Waiting, Written

Bools = NDArray[np.bool_]

HOWS: Final = ("unprocessed", "processed", "skipped", "dropped", "sent_to_destination", "expired")
CODE: Final = {how: code for code, how in enumerate(HOWS)}


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

    def skips(self, accepted_ns: Integers) -> Bools:
        """Which records the mapping skips, by their acceptance."""
        return accepted_ns < self.position_ns if self.inclusive else accepted_ns <= self.position_ns


@dataclass(frozen=True)
class Window:
    """One window of a run as one mapping sees it: [begin_ns, end_ns); if `last`, its end belongs to it."""

    begin_ns: int
    end_ns: int
    last: bool
    shards: list[Shard]  # of its stream, by number
    written: Written  # to its stream
    facts: Facts  # of this mapping alone

    def holds(self, times_ns: Integers) -> Bools:
        """Which times belong to it, or lie before it."""
        return times_ns <= self.end_ns if self.last else times_ns < self.end_ns


class Times:
    """The times of one mapping's records: all that its stream's logs keep. Call `observe` first in every window.

    Columns, one row a record, times in nanoseconds (NEVER: not yet): `produced_ns`, `let_in_ns`, `accepted_ns`, `lane`
    (shard * lanes + lane), `seen_ns` (the first poll of its shard since its acceptance), `called_ns` (the call that
    returned it; by push, when it left), `available_ns`, `ended_ns` and `how` (a code, see HOWS). Times of reading may
    lie ahead of the window; what lies behind the end of the run did not come to pass. A skipped record has ended, and
    all else, at its acceptance.

    Of this window: `fresh` (rows of records accepted in it), `over` (rows of those, not skipped, that ended in it),
    `finished` (attempts that finished in it), `successful` (those of them that processed records), `processed` (the
    rows of these records, attempt after attempt) and `waiting` (records, not skipped, that wait at their producers at
    its end). `ends` counts how records have ended so far; after the last window also those unprocessed.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ends: Counter[str] = Counter()
        self.seen_ns = self.called_ns = self.available_ns = self.ended_ns = np.empty(0, np.int64)
        self.how = np.empty(0, np.int8)
        self._shards: list[tuple[int, int, int]] = []  # first place, first row, row behind the last
        self._moved: list[tuple[int, int, int]] = []  # old rows, from and to, and the first row where they are now
        self._running: list[Attempt] = []

    def observe(self, window: Window) -> None:
        """Take a window: records accepted in it, what was read, and what ended."""
        self._take(window.shards)
        self._read(window)
        self._end(window)

    def __len__(self) -> int:
        return len(self.produced_ns)

    def rows(self, shard: int, places: Integers) -> Integers:
        """The rows of some records of a shard, by place."""
        first, row, _ = self._shards[shard]
        return places + (row - first)

    def moved(self, column: Column, fill: Any) -> Column:
        """A column that was aligned with the rows of the window before, aligned with these; new rows have `fill`."""
        aligned = np.full(len(self), fill, column.dtype)
        for low, high, to in self._moved:
            aligned[to : to + high - low] = column[low:high]
        return aligned  # type: ignore[return-value]

    def _take(self, shards: list[Shard]) -> None:
        """Align with the logs: forget what they have forgotten, and begin with what they have accepted."""
        logs, before = [shard.log for shard in shards], self._shards
        ends = np.cumsum([len(log.kept) for log in logs]).tolist()
        self._shards = [(log.first, end - len(log.kept), end) for log, end in zip(logs, ends, strict=True)]
        self._moved, fresh = [], []
        for number, (first, low, high) in enumerate(self._shards):
            old_first, old_low, old_high = before[number] if number < len(before) else (first, 0, 0)
            kept_from = min(old_low + first - old_first, old_high)
            self._moved.append((kept_from, old_high, low))
            fresh.append(np.arange(low + old_high - kept_from, high))
        self.fresh: Integers = np.concatenate(fresh)
        self.produced_ns = _together(shards, lambda kept: kept.produced_ns)
        self.let_in_ns = _together(shards, lambda kept: kept.let_in_ns)
        self.accepted_ns = _together(shards, lambda kept: kept.accepted_ns)
        lane = _together(shards, lambda kept: kept.lane[self.reading.lanes])
        rows = [high - low for _, low, high in self._shards]
        self.lane = lane + np.repeat(np.arange(len(shards)) * self.reading.lanes, rows)
        self._begin()

    def _begin(self) -> None:
        self.seen_ns, self.called_ns = self.moved(self.seen_ns, NEVER), self.moved(self.called_ns, NEVER)
        self.available_ns, self.ended_ns = self.moved(self.available_ns, NEVER), self.moved(self.ended_ns, NEVER)
        self.how = self.moved(self.how, CODE["unprocessed"])
        skipped = self.fresh[self.reading.skips(self.accepted_ns[self.fresh])]
        for column in (self.seen_ns, self.called_ns, self.available_ns, self.ended_ns):
            column[skipped] = self.accepted_ns[skipped]
        self.how[skipped] = CODE["skipped"]
        self.ends["skipped"] += len(skipped)

    def _read(self, window: Window) -> None:
        if self.reading.pushed:
            self.seen_ns[self.fresh] = self.accepted_ns[self.fresh]
        polls: dict[int, list[int]] = {}
        for poll in window.facts.polls:
            polls.setdefault(poll.shard, []).append(poll.at_ns)
            if poll.end > poll.first:
                first, row, _ = self._shards[poll.shard]
                returned = slice(poll.first + row - first, poll.end + row - first)
                self.called_ns[returned], self.available_ns[returned] = poll.at_ns, poll.answer_ns
        for shard, times in polls.items():
            _, low, high = self._shards[shard]
            unseen = low + np.flatnonzero(self.seen_ns[low:high] == NEVER)
            self.seen_ns[unseen] = np.array([*times, NEVER])[np.searchsorted(times, self.accepted_ns[unseen])]
        for sent in window.facts.sent:
            rows = self.rows(sent.shard, sent.places)
            self.called_ns[rows], self.available_ns[rows] = sent.leaves_ns, sent.available_ns

    def _end(self, window: Window) -> None:
        self.finished: list[Attempt] = []
        running, self._running = [*self._running, *window.facts.attempts], []
        for attempt in running:
            over = attempt.finished_ns < window.end_ns or (window.last and attempt.finished_ns == window.end_ns)
            (self.finished if over else self._running).append(attempt)
        self._process()
        for loss in window.facts.losses:
            if not loss.unread:
                self._ended(self.rows(loss.shard, loss.places), loss.at_ns, loss.how)
        self._expire(window)
        ended = (self.ended_ns >= window.begin_ns) & window.holds(self.ended_ns)
        self.over = np.flatnonzero(ended & (self.how != CODE["skipped"]))
        counts = np.bincount(self.how[self.over], minlength=len(HOWS)).tolist()
        self.ends.update(dict(zip(HOWS, counts, strict=True)))
        skipped = self.reading.skips(window.written.waiting.accepted_ns)
        self.waiting = _rows(window.written.waiting, ~skipped)
        if window.last:
            self.ends["skipped"] += int(skipped.sum())
            self.ends["unprocessed"] += int((self.how == CODE["unprocessed"]).sum()) + len(self.waiting.produced_ns)

    def _process(self) -> None:
        """Records have been processed by the attempts that are over."""
        self.successful = [attempt for attempt in self.finished if attempt.done]
        none = np.empty(0, np.int64)
        places = np.concatenate([none, *(attempt.places[: attempt.done] for attempt in self.successful)])
        done = np.array([attempt.done for attempt in self.successful], np.int64)
        row_less_place = np.array([row - first for first, row, _ in self._shards], np.int64)
        shard = np.array([attempt.shard for attempt in self.successful], np.int64)
        self.processed: Integers = places + np.repeat(row_less_place[shard], done)
        finished_ns = np.array([attempt.finished_ns for attempt in self.successful], np.int64)
        self._ended(self.processed, np.repeat(finished_ns, done), "processed")

    def _expire(self, window: Window) -> None:
        """What no call has returned when its age reaches the retention has ended then, whenever that is noticed."""
        gone_ns = self.accepted_ns + self.reading.retention_ns
        gone = np.flatnonzero(window.holds(gone_ns) & (self.called_ns == NEVER) & (self.ended_ns == NEVER))
        self._ended(gone, gone_ns[gone], "expired")

    def _ended(self, rows: Integers, at_ns: Integers | int, how: str) -> None:
        self.ended_ns[rows] = at_ns
        self.how[rows] = CODE[how]


def _rows(waiting: Waiting, which: Bools) -> Waiting:
    return Waiting(*(getattr(waiting, column.name)[which] for column in fields(waiting)))


def _together(shards: list[Shard], column: Callable[[Columns], Integers]) -> Integers:
    return np.concatenate([column(shard.log.kept) for shard in shards])
