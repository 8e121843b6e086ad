"""The event loop and the token buckets."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

TOLERANCE = 1e-9

# What is due at the same instant: docs/model.md section 10, last paragraph. Concurrency given back at t can be used at
# t, so attempts finish first and ask last; asking goes by lane. The rest of the order is not defined.
FINISH, ARRIVE, SWITCH, POLL, WAKE, ASK, EXPIRE = range(7)
REVERSED = {FINISH: 0, WAKE: 1, POLL: 2, SWITCH: 3, ARRIVE: 4, ASK: 5, EXPIRE: 6}
TOO_CLOSE = 1e-8


@dataclass
class Clock:
    """Simulated time: things to do, each at its time.

    `reverse` does what is due at nearly the same instant the other way round where the order is not defined: a scenario
    that then gives something else has a tie, and two programs may differ about it.
    """

    reverse: bool = False
    close_calls: int = 0
    now: float = 0.0
    agenda: list[tuple[float, int, tuple[int, ...], int, float, Callable[[], None]]] = field(default_factory=list)
    count: int = 0

    def at(self, time: float, priority: int, do: Callable[[], None], order: tuple[int, ...] = ()) -> None:
        """Do something at a time; at the same instant by priority, then by order, then first come first served."""
        self.count += 1
        if not self.reverse:
            heapq.heappush(self.agenda, (time, priority, order, self.count, time, do))
            return
        lanes = tuple(-n for n in order) if priority == FINISH else (*(-n for n in order[:-1]), *order[-1:])
        heapq.heappush(self.agenda, (round(time, 8), REVERSED[priority], lanes, -self.count, time, do))

    def next_time(self) -> float:
        """When the next thing is due."""
        return self.agenda[0][4] if self.agenda else float("inf")

    def step(self) -> None:
        """Do the next thing."""
        *_, self.now, do = heapq.heappop(self.agenda)
        do()

    def exceeds(self, a: float, b: float) -> bool:
        """Whether a > b, counting how often that was too close for two programs to agree."""
        self.close_calls += abs(a - b) < TOO_CLOSE
        return a > b


@dataclass
class Bucket:
    """A token bucket that starts full."""

    capacity: float
    rate: float
    tokens: float = -1.0
    since: float = 0.0

    def has_one(self, now: float) -> bool:
        """Whether there is a token."""
        if self.tokens < 0:
            self.tokens, self.since = self.capacity, now
        self.tokens = min(self.capacity, self.tokens + (now - self.since) * self.rate)
        self.since = now
        return self.tokens >= 1 - TOLERANCE

    def take(self, now: float) -> bool:
        """Take a token if there is one."""
        if not self.has_one(now):
            return False
        self.tokens = max(0.0, self.tokens - 1)
        return True
