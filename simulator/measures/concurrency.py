"""How many attempts of a function run at once, in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.measures.grid import Stretch
from simulator.measures.level import Level
from simulator.model.facts import Attempt
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS


class ConcurrencyMeasures:
    """The concurrency of one function; attempts that do not finish within the run count until its end."""

    def __init__(self) -> None:
        self.level = Level()
        self._ends_ns: Integers = np.zeros(0, np.int64)  # of the attempts that still run

    @classmethod
    def of(cls, level: Level) -> ConcurrencyMeasures:
        """A concurrency that was followed elsewhere."""
        concurrency = cls()
        concurrency.level = level
        return concurrency

    def observe(self, stretch: Stretch, admitted: Sequence[Attempt]) -> None:
        """Take the attempts that were admitted in a window, those of all mappings."""
        starts_ns = np.array([attempt.started_ns for attempt in admitted], np.int64)
        ends_ns = np.concatenate((self._ends_ns, np.array([attempt.finished_ns for attempt in admitted], np.int64)))
        over = ends_ns < stretch.until_ns
        self._ends_ns = ends_ns[~over]
        changes = np.repeat([1, -1], (len(starts_ns), int(over.sum())))
        self.level.advance(stretch, np.concatenate((starts_ns, ends_ns[over])), changes)

    @property
    def total_s(self) -> float:
        """The time that attempts ran, added up."""
        return self.level.integral / NS

    @property
    def peak(self) -> int:
        """The most that ran at once."""
        return self.level.peak
