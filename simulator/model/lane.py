"""Lanes: a shard's records for one mapping, one batch at a time (docs/model.md, section 6).

A lane's log is a list of segments; its state is three indices into it: `low`, the oldest record that has not ended,
`cursor`, the oldest that no batch has taken, and, for polling, `watermark`, the oldest that is not yet available.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import Event

from simulator.model.batching import filling, fitting
from simulator.model.clock import FINISH, LANE, At, Signal
from simulator.model.log import Segment, detach
from simulator.model.retries import Part, attempts

if TYPE_CHECKING:
    from simulator.model.mapping import Mapping
    from simulator.model.polling import Poller

INFINITY: Final = float("inf")


class Lane:
    """One lane of a mapping. Subclasses say when records are available to it."""

    __slots__ = (
        "_alarm_s",
        "_asleep",
        "_awaits_answer",  # of the extra poll that it has asked for
        "_signal",
        "_started",
        "_until_s",
        "at",
        "busy_s",
        "cursor",
        "cut_s",
        "end",
        "ends_s",
        "env",
        "full",
        "idle_since",
        "low",
        "mapping",
        "number",
        "poison",
        "priority",
        "segments",
    )

    def __init__(self, env: simpy.Environment, mapping: Mapping, number: int, priority: int) -> None:
        self.env, self.mapping, self.number = env, mapping, number  # number: shard * parallelization factor + lane
        self.priority = LANE + priority
        self.segments: list[Segment] = []
        self.at = 0  # the segment that holds `low`
        self.low = self.cursor = self.end = 0
        self.poison: list[tuple[int, float]] = []  # index, fails_after: ascending, of records that have not ended
        self.busy_s = 0.0  # spent on batches that are over
        self.cut_s = -1.0  # of the batch in flight; negative when there is none
        self.full = False  # whether the last batch was full when it was cut
        self.ends_s = INFINITY  # of an attempt that will end well and whose end nobody need be told
        self.idle_since = 0.0
        self._signal = Signal()
        self._asleep = self._awaits_answer = False
        self._until_s = INFINITY
        self._alarm_s = INFINITY
        self._started = False

    # the log

    def extend(self, segment: Segment) -> None:
        """Add records that the stream has accepted; the first ones begin the lane's process."""
        if not self._started:
            self._started = True
            self.env.process(self._run())
        self.segments.append(segment.begin_at(self.end))
        self.end = segment.end

    def forget(self) -> None:
        """Let go of the segments whose records have all ended, and of the tables behind those that lag."""
        segments = self.segments
        while segments and segments[0].end <= self.low:
            del segments[0]
        self.at = 0
        detach(segments)

    def _holding(self, index: int) -> Segment:
        """The segment of a record at or after `low`."""
        while self.segments[self.at].end <= index:
            self.at += 1
        return self.segments[self.at]

    def _parts(self, low: int, high: int) -> list[tuple[Segment, int, int]]:
        """The segments that hold records `low` to `high`, with the range of each."""
        parts, at = [], self.at
        while low < high:
            segment = self.segments[at]
            upto = min(high, segment.end)
            if low < upto:
                parts.append((segment, low, upto))
                low = upto
            at += 1
        return parts

    def rows(self, low: int, high: int) -> list[tuple[Segment, slice]]:
        """The rows that hold records `low` to `high`, which may have ended, but not been forgotten."""
        return [
            (segment, slice(max(low, segment.first) + segment.shift, min(high, segment.end) + segment.shift))
            for segment in self.segments
            if segment.first < high and low < segment.end
        ]

    def places(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """The places in their shard's log of records that have not been forgotten."""
        places = np.empty(len(indices), np.int64)
        which = np.searchsorted([segment.end for segment in self.segments], indices, "right")
        for number, segment in enumerate(self.segments):
            here = which == number
            places[here] = segment.places(indices[here])
        return places

    def weigh(self, low: int, high: int) -> tuple[int, float]:
        """Total bytes of a batch, and when its last record was accepted."""
        segment = self.segments[self.at]
        if segment.end <= low:
            segment = self._holding(low)
        if high <= segment.end:
            table = segment.table
            bytes_ = (high - low) * table.common_bytes or segment.bytes(low, high)
            return bytes_, table.accepted_view[high - 1 + segment.shift]
        parts = self._parts(low, high)
        last = parts[-1][0]
        return sum(s.bytes(a, b) for s, a, b in parts), last.table.accepted_view[high - 1 + last.shift]

    def over_age(self, low: int, high: int, accepted_before: float) -> int:
        """How many records of a batch were accepted before a time."""
        segment = self._holding(low)
        if segment.table.accepted_view[low + segment.shift] >= accepted_before:
            return 0
        count = 0
        for segment, a, b in self._parts(low, high):
            shift = segment.shift
            count += bisect_left(segment.table.accepted_view, accepted_before, a + shift, b + shift) - a - shift
        return count

    def sizes(self, low: int, high: int) -> NDArray[np.int64]:
        self._holding(low)
        return np.concatenate([s.sizes(a, b) for s, a, b in self._parts(low, high)])

    def lag_s(self, now: float) -> float:
        """The age of the oldest record that has not ended; 0 without one, negative if it is still to be accepted."""
        low = self.cursor if self.ends_s <= now else self.low
        if low == self.end:
            return 0.0
        segment = self._holding(low)
        oldest: float = segment.table.accepted_view[low + segment.shift]
        return now - oldest

    # poison

    def first_poison(self, low: int, high: int) -> int:
        """The index of a batch's first poison record, or -1."""
        return next((i for i, _ in self.poison if low <= i < high), -1) if self.poison else -1

    def poison_after(self, low: int, high: int) -> float:
        """The part of its duration after which a batch's poison makes it fail; infinite without."""
        return min((after for i, after in self.poison if low <= i < high), default=INFINITY)

    # when records are available: for subclasses

    def available(self, now: float) -> int:
        """How many records are available that no batch has taken."""
        raise NotImplementedError

    def available_at(self, n: int) -> float:
        """When n records will be, as far as is known; infinite if that depends on what is to come."""
        raise NotImplementedError

    def oldest_available_s(self) -> float:
        """When the oldest of them became available."""
        raise NotImplementedError

    def batching_s(self, low: int, high: int) -> float:
        """The batching times of some records of the batch in flight, added up (docs/model.md, section 8)."""
        raise NotImplementedError

    def read_again(self, bytes_: int, now: float) -> None:
        """A retry after an error reads its records from the stream once more."""

    def _taken(self, n: int) -> None:
        """The next n records are in a batch now."""

    def _over(self, now: float) -> None:
        """All of the batch is over."""

    def _something_to_do_s(self) -> float:
        """When there is something to do if the batch in flight is over by then; infinite if nothing is known of."""
        raise NotImplementedError

    # the process

    def _run(self) -> Generator[Event, float]:
        later: list[Part] = []  # parts of the batch in flight, the next one last
        now = self.env.now
        while True:
            while not (ready := self._ready(now)):
                now = yield self._sleep()
            self._cut(ready, now)
            now = yield from attempts(self, (self.low, self.cursor, now, 0.0), later, now)
            while later:
                now = yield from attempts(self, later.pop(), later, now)
            self._close(now)
            self._over(now)
            now = self.env.now

    def _ready(self, now: float) -> int:
        """The number of records available if a batch may be cut now, else 0; `_until_s` says when to look again."""
        ready = self.available(now)
        if not ready:
            self._until_s = self.available_at(1)
        elif self._awaits_answer or not self.mapping.enabled:
            ready, self._until_s = 0, INFINITY
        elif self.mapping.window_s:
            self._until_s = self._window_ends(ready)
            if self._until_s > now:
                return 0
        return ready

    def _window_ends(self, ready: int) -> float:
        """When the batching window will end: by its time, batch_size records or 6 MiB, as far as is known."""
        mapping = self.mapping
        wanted = mapping.batch_size
        if not mapping.window_s or ready >= wanted:
            return -INFINITY
        if not mapping.payload_never_binds:
            wanted = min(wanted, filling(self.sizes(self.cursor, min(self.end, self.cursor + wanted))))
            if ready >= wanted:
                return -INFINITY
        by_time = max(self.idle_since, self.oldest_available_s()) + mapping.window_s
        return min(by_time, self.available_at(wanted))

    def _sleep(self) -> Signal:
        """The event that `wake` fires, at the latest at `_until_s`."""
        self._asleep = True
        self._alarm(self._until_s, self.priority)
        return self._signal

    def _alarm(self, time: float, priority: int) -> None:
        if time < self._alarm_s:
            self._alarm_s = time
            At(self.env, time, priority).callbacks.append(self._ring)

    def _ring(self, alarm: At) -> None:
        if alarm.time == self._alarm_s:
            self._alarm_s = INFINITY
            self.wake(alarm.time)

    def rest(self, ends_s: float) -> Signal:
        """Sleep while the batch's last attempt runs, which ends well: its end is an event only if that matters."""
        self.ends_s = ends_s
        self._asleep = True
        then = self._something_to_do_s() if self.mapping.due < 0 else ends_s
        if then <= ends_s:
            self._alarm(ends_s, FINISH)
        elif then < INFINITY:
            self._alarm(then, self.priority)
        return self._signal

    def wake(self, now: float) -> None:
        """Look again whether there is something to do; no effect on a lane that is busy before its attempt ends."""
        if not self._asleep:
            return
        if now < self.ends_s < INFINITY:
            self._alarm(self.ends_s, FINISH)
            return
        self._asleep = False
        self.ends_s = INFINITY
        self._signal.fire(now)

    def _cut(self, ready: int, now: float) -> None:
        """Take the next batch; it may be full (docs/model.md, section 4)."""
        mapping = self.mapping
        full = ready >= mapping.batch_size
        n = mapping.batch_size if full else ready
        if not mapping.payload_never_binds:
            sizes = self.sizes(self.cursor, self.cursor + n)
            fit = fitting(sizes)
            full = full or filling(sizes) <= n
            n = fit
        self.full = full
        self.cut_s = now
        self._taken(n)
        self.cursor += n

    def _close(self, now: float) -> None:
        self.idle_since = now
        self.mapping.batches += (self.number, self.cut_s, now, self.busy_s)
        self.busy_s += now - self.cut_s
        self.low = self.cursor
        if self.poison:
            self.mapping.poisonings += [(self.number, self.cut_s, now) for i, _ in self.poison if i < self.low]
            self.poison = [p for p in self.poison if p[0] >= self.low]
        self.cut_s = -1.0


class PushedLane(Lane):
    """A lane of a pushed mapping: the records bring the times at which they are available with them."""

    __slots__ = ("_next",)

    def __init__(self, env: simpy.Environment, mapping: Mapping, number: int, priority: int) -> None:
        super().__init__(env, mapping, number, priority)
        self._next = 0

    def extend(self, segment: Segment) -> None:
        super().extend(segment)
        self.wake(self.env.now)

    def available(self, now: float) -> int:
        wanted = self.mapping.batch_size
        low, count = self.cursor, 0
        for segment in self.segments[self.at :]:
            if segment.end <= low:
                continue
            times, shift = segment.available_view, segment.shift
            first, last = low + shift, min(segment.end, self.cursor + wanted) + shift
            if times[last - 1] <= now:
                count += last - first
            else:
                return count + bisect_right(times, now, first, last) - first
            low = segment.end
            if count >= wanted:
                break
        return count

    def available_at(self, n: int) -> float:
        index = self.cursor + n - 1
        if index >= self.end:
            return INFINITY
        segment = self._holding_from(index)
        time: float = segment.available_view[index + segment.shift]
        return time

    def oldest_available_s(self) -> float:
        return self.available_at(1)

    def _something_to_do_s(self) -> float:
        return self.available_at(1)

    def _holding_from(self, index: int) -> Segment:
        return next(s for s in self.segments[self.at :] if s.end > index)

    def batching_s(self, low: int, high: int) -> float:
        """Without a batching window a record that is available to an idle lane is taken at once."""
        if not self.mapping.window_s or low >= high:
            return 0.0
        since = np.concatenate([s.available_s[a + s.shift : b + s.shift] for s, a, b in self._parts(low, high)])
        return self.mapping.enabled_sum_s(np.maximum(since, self.idle_since), self.cut_s)


class PolledLane(Lane):
    """A lane of a polling mapping: answers make records available.

    The lane may let available records wait although it is idle: for its window, or for the answer of an extra poll.
    `_waited_s` is how long it has done so, all in all; `_marks` holds what that was when records became available.
    """

    __slots__ = ("_marks", "_reached", "_waited_s", "_waits_since", "poller", "watermark")

    def __init__(self, env: simpy.Environment, mapping: Mapping, number: int, priority: int, poller: Poller) -> None:
        super().__init__(env, mapping, number, priority)
        self.poller = poller
        self.watermark = 0
        self._waited_s = self._waits_since = 0.0
        self._marks: list[tuple[int, float, float]] = []  # first index, time, _waited_s then
        self._reached = 0  # the segment that holds the watermark

    def available(self, now: float) -> int:
        return self.watermark - self.cursor

    def available_at(self, n: int) -> float:
        return INFINITY

    def oldest_available_s(self) -> float:
        return next(time for first, time, _ in reversed(self._marks) if first <= self.cursor)

    def deliver(self, watermark: int, now: float) -> None:
        """An answer has come, with or without records for this lane."""
        if watermark > self.watermark:
            if self.watermark == self.cursor:
                self._waits_since = now
            elif self.cut_s < 0:
                self._waited_s += self.mapping.enabled_s(self._waits_since, now)
                self._waits_since = now
            marks = self._marks
            if self.mapping.window_s or not marks or marks[-1][2] != self._waited_s:
                marks.append((self.watermark, now, self._waited_s))
            self.watermark = watermark
        elif not self._awaits_answer:
            return
        self._awaits_answer = False
        self.wake(now)

    def reach(self, place: int) -> int:
        """The watermark once all records of the shard before a place have become available."""
        while self._reached < len(self.segments):
            segment = self.segments[self._reached]
            shift = segment.shift
            low = max(self.watermark, segment.first) + shift
            index = bisect_left(segment.table.places, place, low, segment.end + shift) - shift
            if index < segment.end:
                return index
            self._reached += 1
        return self.end

    def forget(self) -> None:
        before = len(self.segments)
        super().forget()
        self._reached = max(0, self._reached - before + len(self.segments))

    def pass_over(self, first_place: int, last_place: int) -> None:
        """Take out of the log the records with places from first to last: they are gone, and were never read."""
        removed = set(self._indices(first_place, last_place))
        if not removed:
            return
        low, n = min(removed), len(removed)
        kept: list[Segment] = []
        for segment in self.segments:
            before = segment.part(segment.first, min(max(low, segment.first), segment.end))
            after = segment.part(max(min(low + n, segment.end), segment.first), segment.end)
            if after.first >= low + n:
                after.begin_at(after.first - n)
            kept += [part for part in (before, after) if part.end > part.first]
        self.segments, self.end = kept, self.end - n
        self.poison = [(i if i < low else i - n, after) for i, after in self.poison if i not in removed]

    def _indices(self, first_place: int, last_place: int) -> range:
        """The indices of the records with places from first to last."""
        low, high = (
            sum(bisect_left(range(s.first, s.end), place, key=s.place) for s in self.segments)
            for place in (first_place, last_place)
        )
        first = self.segments[0].first if self.segments else 0
        return range(first + low, first + high)

    def _taken(self, n: int) -> None:
        if self.cut_s > self._waits_since:
            self._waited_s += self.mapping.enabled_s(self._waits_since, self.cut_s)
        marks = self._marks
        while len(marks) > 1 and marks[1][0] <= self.cursor:
            del marks[0]
        if self.poller.held >= self.poller.polling.get_records_limit:
            self.poller.catch_up(self.cut_s)
        self.poller.held -= n

    def batching_s(self, low: int, high: int) -> float:
        if self._marks[-1][2] == self._waited_s and self._marks[0][2] == self._waited_s:
            return 0.0
        total = 0.0
        ends = [first for first, _, _ in self._marks[1:]] + [INFINITY]
        for (first, _, waited), end in zip(self._marks, ends, strict=True):
            total += max(0, min(high, end) - max(low, first)) * (self._waited_s - waited)
        return total

    def read_again(self, bytes_: int, now: float) -> None:
        self.poller.read_again(bytes_, now)

    def _over(self, now: float) -> None:
        """After a full batch the poller polls at once, and the lane waits for the answer (docs/model.md, section 4)."""
        if now > self._waits_since:
            self._waits_since = now
        self._awaits_answer = self.full and self.available(now) < self.mapping.batch_size and self.poller.extra(now)

    def _something_to_do_s(self) -> float:
        return -INFINITY if self.full or self.watermark > self.cursor else INFINITY

    @property
    def may_call(self) -> bool:
        """Whether the end of the batch in flight may lead to a call of the poller."""
        return self.cut_s >= 0 and (self.full or self.ends_s == INFINITY)
