"""Execution environments of a function: warm, provisioned, cold (docs/model.md, section 6)."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import Final

from simulator.model.facts import COLD, ON_DEMAND, PROVISIONED, Environment
from simulator.traffic.nanoseconds import NEVER, NS

NEW_NS: Final = NS // 100  # the scaling rate: 1,000 new environments every 10 s
NEW_BURST_NS: Final = 10 * NS

Used = tuple[int, int]  # when it was last used, and the number of its last use


class Environments:
    """The environments of one function. The idle ones wait in order of their last use; the latest is used first."""

    def __init__(self, provisioned: int, idle_timeout_ns: int) -> None:
        self._idle_timeout_ns = idle_timeout_ns
        self._uses = count()
        self._idle: deque[Used] = deque()
        self._idle_provisioned: list[Used] = []
        self._unused_provisioned = provisioned
        self._new_full_ns = -NEVER

    def any(self, now_ns: int) -> bool:
        """Whether there is an environment to be had: one that is there, or a new one that the scaling rate allows."""
        while self._idle and now_ns - self._idle[0][0] > self._idle_timeout_ns:
            self._idle.popleft()
        there = self._idle or self._idle_provisioned or self._unused_provisioned
        return bool(there) or self._new_again_ns(now_ns) - NEW_BURST_NS <= now_ns

    def acquire(self, now_ns: int) -> Environment:
        """Take one, of which there must be `any`; a cold one is new."""
        idle, provisioned = self._idle, self._idle_provisioned
        if idle and not (provisioned and provisioned[-1] > idle[-1]):
            idle.pop()
            return ON_DEMAND
        if provisioned:
            provisioned.pop()
            return PROVISIONED
        if self._unused_provisioned:
            self._unused_provisioned -= 1
            return PROVISIONED
        self._new_full_ns = self._new_again_ns(now_ns)
        return COLD

    def release(self, environment: Environment, now_ns: int) -> None:
        """An attempt has ended and left its environment fit for the next."""
        (self._idle_provisioned if environment == PROVISIONED else self._idle).append((now_ns, next(self._uses)))

    def lose(self, environment: Environment) -> None:
        """An attempt has timed out: a provisioned environment is made again, another is gone."""
        if environment == PROVISIONED:
            self._unused_provisioned += 1

    def _new_again_ns(self, now_ns: int) -> int:
        """When the bucket of new environments will be full again if one is made now."""
        return max(now_ns, self._new_full_ns) + NEW_NS
