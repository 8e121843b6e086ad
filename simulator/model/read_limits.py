"""What all polling mappings of a stream share of each shard: 5 calls/s and 2 MiB/s (docs/model.md, section 4)."""

from typing import Final

CALLS_PER_S: Final = 5.0
CALL_S: Final = 1 / CALLS_PER_S
CALL_BURST_S: Final = 1.0
READ_BYTES_PER_S: Final = 2.0 * 2**20
TOLERANCE_S: Final = 1e-9


class ReadLimits:
    """The read limits of one shard."""

    __slots__ = ("_calls_full_s", "_debt_paid_s")

    def __init__(self) -> None:
        self._calls_full_s = float("-inf")
        self._debt_paid_s = float("-inf")

    def admit(self, now: float) -> bool:
        """Whether a call may be made now; if so it takes its token."""
        return now >= self._debt_paid_s - TOLERANCE_S and self.take_token(now)

    def take_token(self, now: float) -> bool:
        """Take a call token if there is one."""
        full = self._calls_full_s
        full = (full if full > now else now) + CALL_S
        if full - CALL_BURST_S > now + TOLERANCE_S:
            return False
        self._calls_full_s = full
        return True

    def at_rest(self, now: float) -> bool:
        """Whether there is no debt and no token is missing."""
        return max(self._debt_paid_s, self._calls_full_s) <= now + TOLERANCE_S

    def owe(self, now: float, bytes_: int) -> None:
        """Add what a call has returned to the debt."""
        self._debt_paid_s = (now if now > self._debt_paid_s else self._debt_paid_s) + bytes_ / READ_BYTES_PER_S
