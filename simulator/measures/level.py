"""A number that changes in time, such as a backlog or a concurrency: its integral and its peaks, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.measures import wide
from simulator.measures.exact import total
from simulator.measures.grid import Peaks, Series, Stretch
from simulator.traffic.log import Integers


@dataclass(frozen=True)
class Steps:
    """A level in one window: it is levels[i] from times[i] to the next time or the window's end."""

    times_ns: Integers  # ascending
    levels: Integers
    end_ns: int

    def peak(self, begin_ns: int, end_ns: int) -> int:
        """The greatest level from one time of the window to another, both included."""
        first = max(0, int(np.searchsorted(self.times_ns, begin_ns, "right")) - 1)
        last = int(np.searchsorted(self.times_ns, end_ns, "right"))
        return int(self.levels[first : max(last, first + 1)].max())


class Level:
    """A whole number, 0 at first, that changes in time; of changes at one instant only their sum is seen.

    `integral` is that over time in nanoseconds since the run's first window began; `peak` is the greatest since 0.
    """

    def __init__(self) -> None:
        self.now = self.integral = self.peak = 0
        self.changes, self.areas, self.peaks = Series(), Series(), Peaks()
        self._before = self._integral_before = 0  # at time 0

    @classmethod
    def of(cls, now: int, peak: int, peaks: Integers, changes: Integers, areas: Integers) -> Level:
        """A level that was followed elsewhere to the end of a run; rows: what was before t = 0 is the first one."""
        level = cls()
        level.now, level.peak, level.integral = now, peak, total(areas)
        level.peaks, level.changes, level.areas = Peaks.of(peaks[1:]), Series.of(changes[1:]), Series.of(areas[1:])
        level._before, level._integral_before = int(changes[0]), int(areas[0])
        return level

    def advance(self, stretch: Stretch, times_ns: Integers, changes: Integers) -> Steps:
        """Take the changes of a window, in any order of time."""
        steps = self._steps(stretch, times_ns, changes)
        areas = wide.times(steps.levels, np.diff(steps.times_ns, append=stretch.end_ns))
        self.integral += total(areas)
        self.now = int(steps.levels[-1])
        if stretch.end_ns <= 0:
            self._before, self._integral_before = self.now, self.integral
            return steps
        self.peak = max(self.peak, int(steps.levels.max()))
        rows = stretch.rows(steps.times_ns)
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        self.areas.add(rows[first], wide.sums(areas, first))
        self.peaks.add(rows[first], np.maximum.reduceat(steps.levels, first))
        self.changes.add(stretch.rows(times_ns), changes)
        return steps

    def _steps(self, stretch: Stretch, times_ns: Integers, changes: Integers) -> Steps:
        order = np.argsort(times_ns, kind="stable")
        times, levels = times_ns[order], self.now + np.cumsum(changes[order])
        distinct = np.diff(times, append=stretch.end_ns + 1) > 0
        times, levels = times[distinct], levels[distinct]
        interval = stretch.interval_ns
        row = max(0, stretch.begin_ns) // interval + 1
        edges = np.concatenate(([stretch.begin_ns], np.arange(row * interval, stretch.end_ns, interval)))  # rows begin
        places = np.searchsorted(times, edges, "right")
        known = np.concatenate(([self.now], levels))[places]
        new = (places == 0) | (times[places - 1] < edges) if len(times) else np.ones(len(edges), bool)
        return Steps(
            np.insert(times, places[new], edges[new]), np.insert(levels, places[new], known[new]), stretch.end_ns
        )

    def at_ends(self, rows: int) -> Integers:
        """The level at the end of each of the first rows."""
        levels: Integers = self._before + np.cumsum(self.changes.upto(rows))
        return levels

    def mean_since_0(self, end_ns: int) -> float:
        """The time-weighted mean from 0 to the end of the run."""
        return (self.integral - self._integral_before) / end_ns
