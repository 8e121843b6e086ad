"""How many units of concurrency are held at once, in time: by a function, or wanted of what several share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.measures.grid import Stretch
from simulator.measures.level import Level
from simulator.model.facts import Attempt, Throttle
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS

Span = tuple[int, int]  # when it begins and when it ends, in nanoseconds from the start of the run


def in_use(admitted: Sequence[Attempt]) -> list[Span]:
    """When attempts hold their unit."""
    return [(attempt.started_ns, attempt.finished_ns) for attempt in admitted]


def missed(throttles: Sequence[Throttle], overhead_ns: int) -> list[Span]:
    """When a unit is wanted and missed: from a refusal for want of one until the attempt asks again."""
    return [(each.asked_ns, each.again_ns + overhead_ns) for each in throttles if each.lack == "concurrency"]


class ConcurrencyMeasures:
    """How many spans of time overlap, such as those of attempts; what does not end in the run counts until its end."""

    def __init__(self) -> None:
        self.level = Level()
        self._ends_ns: Integers = np.zeros(0, np.int64)  # of the spans that go on

    @classmethod
    def of(cls, level: Level) -> ConcurrencyMeasures:
        """A concurrency that was followed elsewhere."""
        concurrency = cls()
        concurrency.level = level
        return concurrency

    def observe(self, stretch: Stretch, spans: Sequence[Span]) -> None:
        """Take the spans that began in a window."""
        starts_ns, ends_ns = np.array(spans, np.int64).reshape(-1, 2).T
        ends_ns = np.concatenate((self._ends_ns, ends_ns))
        over = ends_ns < stretch.until_ns
        self._ends_ns = ends_ns[~over]
        changes = np.repeat([1, -1], (len(starts_ns), int(over.sum())))
        self.level.advance(stretch, np.concatenate((starts_ns, ends_ns[over])), changes)

    @property
    def total_s(self) -> float:
        """The time that all of them took, added up."""
        return self.level.integral / NS

    @property
    def peak(self) -> int:
        """The most at once."""
        return self.level.peak
