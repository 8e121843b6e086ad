"""What all who poll share of each shard: 5 calls/s and 2 MiB/s (docs/model.md, section 4)."""

from __future__ import annotations

from typing import Final, Literal

from simulator.traffic.nanoseconds import NEVER, NS

CALLS_PER_S: Final = 5.0
CALL_NS: Final = NS // 5
CALL_BURST_NS: Final = NS
READ_BYTES_PER_S: Final = 2.0 * 2**20
WINDOW_BYTES: Final = 2 * 2**20  # that may be read before calls are refused
WINDOW_NS: Final = NS  # at the least

Lack = Literal["", "no_call", "no_bytes"]


class ReadLimits:
    """The read limits of one shard: a bucket of 5 calls, and a window of bytes."""

    def __init__(self) -> None:
        self._calls_full_ns = -NEVER
        self._opened_ns, self._bytes = -NEVER, 0  # the last window, and what has been read in it

    def admit(self, now_ns: int) -> Lack:
        """Whether a call may be made now; if so it takes its token. What it lacks: a call goes before bytes."""
        shut = now_ns < self._ends_ns() and self._bytes >= WINDOW_BYTES
        if shut:
            return "no_bytes" if self._may_call(now_ns) else "no_call"
        return "" if self.take_call(now_ns) else "no_call"

    def take_call(self, now_ns: int) -> bool:
        """Take a call token if there is one."""
        if not self._may_call(now_ns):
            return False
        self._calls_full_ns = max(self._calls_full_ns, now_ns) + CALL_NS
        return True

    def read(self, now_ns: int, bytes_: int) -> None:
        """Bytes are read, by a call or by a retry: a window opens if none is open."""
        if not bytes_:
            return
        if now_ns >= self._ends_ns():
            self._opened_ns, self._bytes = now_ns, 0
        self._bytes += bytes_

    def _may_call(self, now_ns: int) -> bool:
        return max(self._calls_full_ns, now_ns) + CALL_NS - CALL_BURST_NS <= now_ns

    def _ends_ns(self) -> int:
        """When the window ends: after a second, or after its bytes at 2 MiB/s if that is longer, half up."""
        return self._opened_ns + max(WINDOW_NS, (self._bytes * NS + 2**20) >> 21)
