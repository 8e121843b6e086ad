"""The event loop and the token buckets. Times are whole nanoseconds (docs/model.md, its beginning)."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from .inputs import NEVER


class Due(IntEnum):
    """Section 10: of all that is due at one instant the first in this order happens next."""

    SWITCH = 0  # what closes, opens, disables or enables
    END = 1  # ends of attempts
    POLL = 2
    ARRIVAL = 3  # answers and what is pushed
    LANE = 4  # cutting, beginning an attempt, asking
    EXPIRY = 5  # after all that could still read the record: only what exceeds the retention is gone


@dataclass
class Clock:
    """Simulated time: things to do, each at its time."""

    now: int = -NEVER
    agenda: list[tuple[int, Due, tuple[int, ...], int, Callable[[], None]]] = field(default_factory=list)
    count: int = 0

    def at(self, time: int, due: Due, place: tuple[int, ...], do: Callable[[], None]) -> None:
        """Do something at a time: at the same instant by what it is, then by place (mapping, shard, lane)."""
        assert time >= self.now
        self.count += 1
        heapq.heappush(self.agenda, (time, due, place, self.count, do))

    def next_time(self) -> int:
        """When the next thing is due."""
        return self.agenda[0][0] if self.agenda else NEVER

    def step(self) -> None:
        """Do the next thing."""
        self.now, *_, do = heapq.heappop(self.agenda)
        do()


class Bucket:
    """A token bucket that starts full. What is in it is counted in the nanoseconds that it takes to refill."""

    def __init__(self, capacity: int, token: int) -> None:
        self.token = token
        self.capacity = self.level = capacity * token
        self.since = 0

    def has_one(self, now: int) -> bool:
        """Whether there is a token."""
        self.level = min(self.capacity, self.level + now - self.since)
        self.since = now
        return self.level >= self.token

    def take(self, now: int) -> bool:
        """Take a token if there is one."""
        if not self.has_one(now):
            return False
        self.level -= self.token
        return True
