"""Lanes of pushed mappings (docs/model.md, sections 5 and 6)."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from simulator.model.lane import Lane
from simulator.model.lane_log import INFINITY
from simulator.model.log import Segment


class PushedLane(Lane):
    """A lane of a pushed mapping: the records bring the times at which they are available with them."""

    __slots__ = ()

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
