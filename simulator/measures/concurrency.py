"""How many attempts of a function run at once, in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.measures.grid import Peaks, Series, spread

Floats = NDArray[np.float64]


class ConcurrencyMeasures:
    """The concurrency of one function: its integral and its peak in each row."""

    def __init__(self) -> None:
        self.busy_s, self.peaks = Series(), Peaks()
        self.total_s = 0.0
        self.peak = 0
        self._now = 0  # attempts running at the beginning of the window

    def series(self) -> list[Series | Peaks]:
        """All that has rows."""
        return [self.busy_s, self.peaks]

    def observe(self, started_s: Floats, finished_s: Floats, begin_s: float, end_s: float, interval_s: float) -> None:
        """Take the attempts that started, and those that finished, in a window."""
        begin_s = max(begin_s, 0.0)
        times = np.concatenate((finished_s, started_s))
        change = np.concatenate((np.full(len(finished_s), -1), np.ones(len(started_s), np.int64)))
        order = np.argsort(times, kind="stable")  # what is given back at t comes before what is taken at t
        level = np.concatenate(([self._now], self._now + np.cumsum(change[order])))
        edges = np.concatenate(([begin_s], np.clip(times[order], begin_s, end_s), [end_s]))
        self.peak = max(self.peak, int(level.max()))
        self._now = int(level[-1])
        piece, rows, seconds = spread(edges[:-1], edges[1:], interval_s)
        held = seconds > 0
        by_piece = level[piece].astype(float)
        self.busy_s.add(rows, by_piece * seconds)
        self.peaks.add(rows[held], by_piece[held])
        self.total_s += float((level * np.diff(edges)).sum())
