"""Execution environments of a function: warm, provisioned, cold (docs/model.md, section 6)."""

from collections import deque
from typing import Final

NONE: Final = 0  # no environment to be had
ON_DEMAND: Final = 1
PROVISIONED: Final = 2
COLD: Final = 3

NEW_PER_S = 100.0  # the scaling rate: 1,000 new environments every 10 s
NEW_BURST_S = 10.0
TOLERANCE_S = 1e-9


class Environments:
    """The environments of one function. The idle ones wait in order of their last finish; the latest is used first."""

    def __init__(self, provisioned: int, idle_timeout_s: float) -> None:
        self._idle_timeout_s = idle_timeout_s
        self._idle: deque[float] = deque()  # last finishes, ascending
        self._idle_provisioned: list[float] = []
        self._unused_provisioned = provisioned
        self._bucket_full_s = float("-inf")

    def acquire(self, now: float) -> int:
        """ON_DEMAND or PROVISIONED: a warm one; COLD: a new one, to be released as ON_DEMAND; NONE: a throttle."""
        idle, provisioned = self._idle, self._idle_provisioned
        while idle and now - idle[0] > self._idle_timeout_s:
            idle.popleft()
        if idle and not (provisioned and provisioned[-1] > idle[-1]):
            idle.pop()
            return ON_DEMAND
        if provisioned:
            provisioned.pop()
            return PROVISIONED
        if self._unused_provisioned:
            self._unused_provisioned -= 1
            return PROVISIONED
        return self._create(now)

    def _create(self, now: float) -> int:
        full = max(now, self._bucket_full_s) + 1 / NEW_PER_S
        if full - NEW_BURST_S > now + TOLERANCE_S:
            return NONE
        self._bucket_full_s = full
        return COLD

    def release(self, kind: int, now: float) -> None:
        """An attempt has ended and left its environment fit for the next."""
        (self._idle_provisioned if kind == PROVISIONED else self._idle).append(now)

    def lose(self, kind: int) -> None:
        """An attempt has timed out: a provisioned environment is made again, another is gone."""
        if kind == PROVISIONED:
            self._unused_provisioned += 1
