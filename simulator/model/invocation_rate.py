"""How many attempts a pool of concurrency may admit a second (docs/model.md, section 18)."""

from __future__ import annotations

from typing import Final

from simulator.traffic.nanoseconds import NEVER, NS

PARTS: Final = 1000  # of a request a second: rates are rounded to these


class InvocationRate:
    """A bucket of a second's attempts, full at first; kept exactly, in ticks, of which a token takes PARTS * NS."""

    def __init__(self, each_s: float, units: int) -> None:
        """`each_s`: attempts a second for each of the pool's units; 0: no limit."""
        self.ticks_a_ns = round(each_s * PARTS) * max(0, units)
        self._full = -NEVER * self.ticks_a_ns  # when it is full again

    def any(self, now_ns: int) -> bool:
        """Whether there is a token."""
        return not self.ticks_a_ns or self._full_again(now_ns) <= (now_ns + NS) * self.ticks_a_ns

    def take(self, now_ns: int) -> None:
        """Take one, of which there must be `any`."""
        if self.ticks_a_ns:
            self._full = self._full_again(now_ns)

    def _full_again(self, now_ns: int) -> int:
        """When the bucket is full again if a token is taken now."""
        return max(now_ns * self.ticks_a_ns, self._full) + PARTS * NS
