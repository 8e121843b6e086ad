"""The last quarter of the traffic: which lanes got nothing done in it, and what had been lost when it was over."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.measures.times import CODE, Times, Window
from simulator.traffic.log import Integers

LOST: Final = ("dropped", "sent_to_destination", "expired")


class LastQuarter:
    """What a verdict needs to know of one mapping's lanes (docs/conclusions.md); data alone.

    `waiting_lanes`: lanes with a record that was accepted, not skipped and had not ended when the traffic ended;
    `stuck_lanes`: those of them that were behind with it, and of whose records none ended in the last quarter.
    `lost`: records that had been lost by then, but for those that poison alone sent to a destination; `by_failure`: of
    these the ones that were given up after a failed attempt, by the cause of its failure.
    """

    def __init__(self, duration_ns: int, limit_ns: int) -> None:
        self._begin_ns, self._end_ns, self._limit_ns = duration_ns * 3 // 4, duration_ns, limit_ns
        self._moving = np.zeros(0, np.bool_)  # by lane
        self.waiting_lanes = self.stuck_lanes = self.lost = 0
        self.lost_as = dict.fromkeys(LOST, 0)
        self.by_failure: dict[str, int] = {}

    def observe(self, window: Window, times: Times) -> None:
        """Take a window that `times` has observed."""
        self._lose(window, times)
        if window.until_ns > self._begin_ns and window.begin_ns <= self._end_ns:
            self._move(times)
        if window.begin_ns <= self._end_ns < window.until_ns:
            self._close(times)

    def _lose(self, window: Window, times: Times) -> None:
        some = times.over[times.ended_ns[times.over] <= self._end_ns]
        counts = np.bincount(times.how[some], minlength=len(CODE)).tolist()
        for how in LOST:
            self.lost_as[how] += counts[CODE[how]]
            self.lost += counts[CODE[how]]
        for loss in window.facts.losses:
            if loss.failure and not loss.unread and loss.at_ns <= self._end_ns:
                by_design = loss.failure == "poison" and loss.how == "sent_to_destination"
                self.lost -= len(loss.places) * by_design
                self.by_failure[loss.failure] = self.by_failure.get(loss.failure, 0) + len(loss.places)

    def _move(self, times: Times) -> None:
        over = times.passing(times.over)
        ended_ns = times.ended_ns[over]
        lanes = times.lane[over[(ended_ns > self._begin_ns) & (ended_ns <= self._end_ns)]]
        self._moving = np.pad(self._moving, (0, max(0, int(lanes.max(initial=-1)) + 1 - len(self._moving))))
        self._moving[lanes] = True

    def _close(self, times: Times) -> None:
        """The traffic has ended."""
        rows = times.passing(np.flatnonzero((times.accepted_ns <= self._end_ns) & (times.ended_ns > self._end_ns)))
        oldest_ns = _oldest(times.lane[rows], times.produced_ns[rows])
        waits = oldest_ns <= self._end_ns
        moving = np.pad(self._moving, (0, max(0, len(oldest_ns) - len(self._moving))))[: len(oldest_ns)]
        self.waiting_lanes = int(waits.sum())
        self.stuck_lanes = int((waits & ~moving & (oldest_ns < self._end_ns - self._limit_ns)).sum())
        self._moving = np.zeros(0, np.bool_)


def _oldest(lanes: Integers, produced_ns: Integers) -> Integers:
    """By lane, when its oldest record was produced; far ahead without any."""
    oldest = np.full(int(lanes.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(oldest, lanes, produced_ns)
    return oldest
