"""A shard as its pollers share it (docs/model.md, section 4).

Each call takes a token of the shard's read limits, so that an empty one may have another refused: none can be left out.
But while all pollers are idle none need be an event: they are made, in order, when somebody next looks.
"""

from __future__ import annotations

from heapq import heapify, heapreplace
from typing import TYPE_CHECKING

from simulator.model.read_limits import ReadLimits

if TYPE_CHECKING:
    from simulator.model.polling import Poller


class SharedShard:
    """The pollers of one shard, and the limits of their calls."""

    __slots__ = ("_idle", "idle_until_s", "limits", "pollers")

    def __init__(self) -> None:
        self.limits = ReadLimits()
        self.pollers: list[Poller] = []
        self.idle_until_s = 0.0  # until then no call finds anything
        self._idle = False  # whether calls before then are still to be made

    def rest(self, now: float) -> None:
        """If no poller has anything to do, no call need be an event until one may find something."""
        if all(poller.idle for poller in self.pollers):
            self.idle_until_s = min(poller.something_s(now) for poller in self.pollers)
            self._idle = True

    def catch_up(self, now: float) -> None:
        """Make the calls that were due before now while all were idle."""
        if self._idle:
            self._idle = now < self.idle_until_s
            self._call_until(min(now, self.idle_until_s))

    def _call_until(self, end_s: float) -> None:
        due = [(poller.next_s, number, poller.call_in_vain) for number, poller in enumerate(self.pollers)]
        heapify(due)
        while due[0][0] < end_s:
            now, number, call = due[0]
            heapreplace(due, (call(now), number, call))
