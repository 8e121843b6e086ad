"""When a shard is polled regularly (docs/model.md, section 4)."""

from __future__ import annotations

from simulator.traffic.draws import bits, unit
from simulator.traffic.nanoseconds import NEVER, half_up, ns


class PollTimes:
    """The regular polls of one poller: each is due an interval after the one before, and made a little later."""

    def __init__(self, interval_s: float, jitter: float, key: int) -> None:
        """`key` is that of the draws of the jitter, by the number of the poll."""
        self._interval_ns, self._jitter, self._key = ns(interval_s), jitter, key
        self._number, self._due_ns = 0, NEVER
        self.next_ns = NEVER  # when the next one is made

    def begin(self, first_ns: int) -> None:
        """The first one is due at a time."""
        self._plan(first_ns)

    def go_on(self) -> None:
        """A poll is made, or skipped: the next one."""
        self._number += 1
        self._plan(self._due_ns + self._interval_ns)

    def put_off(self, now_ns: int) -> None:
        """An extra poll is made now: the next one is due an interval later. It keeps its number."""
        self._plan(now_ns + self._interval_ns)

    def _plan(self, due_ns: int) -> None:
        late = self._jitter * unit(bits(self._key, self._number)) if self._jitter else 0.0
        self._due_ns, self.next_ns = due_ns, due_ns + half_up(self._interval_ns * late)
