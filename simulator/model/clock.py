"""Simulated time: a SimPy environment whose events are due at absolute times, in a total order.

What is due at one instant happens in the order of the priorities below, then of the numbers that lanes have,
then of scheduling (docs/model.md, section 10, last paragraph).
"""

from heapq import heappush
from typing import Any, Final

import simpy
from simpy.events import Event

WINDOW: Final = -4  # the records of the next stretch of time come in before anything reads them
FINISH: Final = -3  # concurrency given back at t can be used at t
POLL: Final = -2
ANSWER: Final = -1
EXPIRY: Final = 1 << 59  # after the lanes
LANE: Final = 0  # plus the lane's number: lanes made ready together ask in the order of their numbers


class At(Event):
    """An event due at an absolute time, which is its value; a timeout of `time - now` could miss it by an ulp."""

    _ok = True

    def __init__(self, env: simpy.Environment, time: float, priority: int) -> None:
        self.callbacks: list[Any] = []
        self._value = self.time = time
        heappush(env._queue, (time, priority, next(env._eid), self))  # type: ignore[misc]


class Signal(Event):
    """Wakes a process at once, within the event that fires it, so that lanes ask in order; it can be used again."""

    _ok = True

    def __init__(self) -> None:
        self.callbacks: list[Any] = []

    def fire(self, now: float) -> None:
        """Resume those who wait, with the time as their value."""
        callbacks, self.callbacks = self.callbacks, []
        self._value = now
        for callback in callbacks:
            callback(self)
