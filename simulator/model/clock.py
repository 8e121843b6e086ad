"""Simulated time: a SimPy environment whose events are due at absolute times, in a total order.

What is due at one instant happens in the order of the priorities below, then of the numbers that lanes have,
then of scheduling (docs/model.md, section 10, last paragraph).

Clock and Process are SimPy's, less what only events that fail and processes that others wait for need.
"""

from collections.abc import Generator
from heapq import heappop, heappush
from typing import Any, Final

import simpy
from simpy.events import Event

WINDOW: Final = -4  # the records of the next stretch of time come in before anything reads them
FINISH: Final = -3
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
    """Wakes the one process that waits at once, within the event that fires it, so that lanes ask in order."""

    _ok = True

    def __init__(self) -> None:
        self.callbacks: list[Any] = []

    def fire(self, now: float) -> None:
        """Resume who waits, with the time as the value; the signal can be used again."""
        self._value = now
        self.callbacks.pop()(self)


class Process(simpy.Process):
    """A process that waits for events that are still to come and never fail; an exception in it ends the run."""

    def __init__(self, env: simpy.Environment, generator: Generator[Event, Any]) -> None:
        self._send, self._resumes = generator.send, self._resume  # bound once
        super().__init__(env, generator)

    def _resume(self, event: Event) -> None:
        try:  # noqa: SIM105, for the sake of speed
            self._send(event._value).callbacks.append(self._resumes)
        except StopIteration:
            pass


class Clock(simpy.Environment):
    """The environment of a run."""

    def process(self, generator: Generator[Event, Any]) -> Process:
        """Begin a process."""
        return Process(self, generator)

    def run_until(self, end: Any) -> float:
        """Make events happen until `end`, an event, has; when that was."""
        queue: list[Any] = self._queue
        while end.callbacks is not None:
            self._now, _, _, event = heappop(queue)
            callbacks, event.callbacks = event.callbacks, None  # SimPy's sign that it has happened
            for callback in callbacks:
                callback(event)
        return float(self._now)
