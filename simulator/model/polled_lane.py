"""Lanes of polling mappings (docs/model.md, sections 4 and 6)."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import simpy

from simulator.model.lane import Lane
from simulator.model.lane_log import INFINITY
from simulator.model.log import Segment

if TYPE_CHECKING:
    from simulator.model.mapping import Mapping
    from simulator.model.polling import Poller


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
