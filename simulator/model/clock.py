"""Simulated time in whole nanoseconds, and the order of what is due at one instant (docs/model.md, section 10)."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Final

import simpy

WINDOW: Final = 1  # the records of the next stretch of time come in before anything reads them
SWITCH: Final = 2  # what closes, opens, disables or enables
FINISH: Final = 3  # ends of attempts
POLL: Final = 4
ANSWER: Final = 5  # and what is pushed
LANE: Final = 6  # cutting, beginning an attempt, asking
EXPIRY: Final = 7  # the retention takes what nobody has read
END: Final = 8  # of the run, after all that is due then


def order(what: int, mapping: int = 0, shard: int = 0, lane: int = 0) -> int:
    """The place of something due among all that is due at the same instant; other readers come after the mappings.

    It is above SimPy's own priorities: what SimPy schedules without a time happens before anything else.
    """
    return (((what << 20 | mapping) << 32 | shard) << 4) | lane


class Clock(simpy.Environment):
    """A SimPy environment whose events are due at absolute times, in the order above, then as they were scheduled."""

    @property
    def now(self) -> int:
        """Nanoseconds from the start of the run."""
        return self._now  # type: ignore[return-value]  # it was given whole numbers

    def trigger(self, event: simpy.Event, time_ns: int, place: int) -> simpy.Event:
        """Have an event happen at a time."""
        event._ok, event._value = True, None
        heappush(self._queue, (time_ns, place, next(self._eid), event))  # type: ignore[misc]
        return event

    def due(self, time_ns: int, place: int) -> simpy.Event:
        """An event that happens at a time."""
        return self.trigger(simpy.Event(self), time_ns, place)

    def call(self, time_ns: int, place: int, what: Callable[[], None]) -> None:
        """Do something at a time."""
        self.due(time_ns, place).callbacks.append(lambda _: what())
