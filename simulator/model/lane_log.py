"""A lane's log: the records of a shard that fall to it, a segment after the other (docs/model.md, section 6).

Its state is three indices into it: `low`, the oldest record that has not ended, `cursor`, the oldest that no batch has
taken, and for polling also `watermark`, the oldest that is not yet available.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.model.log import Segment, detach

INFINITY: Final = float("inf")


class LaneLog:
    """The records of one lane, of which those that have ended are forgotten."""

    __slots__ = ("at", "cursor", "end", "low", "poison", "segments")

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.at = 0  # the segment that holds `low`
        self.low = self.cursor = self.end = 0
        self.poison: list[tuple[int, float]] = []  # index, fails_after: ascending, of records that have not ended

    def append(self, segment: Segment) -> None:
        """Add records that the stream has accepted."""
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

    def accepted_s(self, index: int) -> float:
        """When a record at or after `low` was accepted."""
        segment = self._holding(index)
        return segment.table.accepted_view[index + segment.shift]  # type: ignore[no-any-return]

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
        """Each record's bytes."""
        self._holding(low)
        return np.concatenate([s.sizes(a, b) for s, a, b in self._parts(low, high)])

    def first_poison(self, low: int, high: int) -> int:
        """The index of a batch's first poison record, or -1."""
        return next((i for i, _ in self.poison if low <= i < high), -1) if self.poison else -1

    def poison_after(self, low: int, high: int) -> float:
        """The part of its duration after which a batch's poison makes it fail; infinite without."""
        return min((after for i, after in self.poison if low <= i < high), default=INFINITY)
