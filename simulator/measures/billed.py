"""What AWS bills of the work of a run: milliseconds of invocations, and units of records (docs/bill.md)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.attempts import Attempts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
KIB: Final = 2**10
PUT_UNIT_BYTES: Final = 25 * KIB


class BilledWork:
    """Billed time of attempts, in on-demand and in provisioned environments, and requests.

    Wasted is the part of an attempt that falls to the records it did not process.
    """

    def __init__(self) -> None:
        self.ms, self.wasted_ms = np.zeros(2), np.zeros(2)
        self.requests, self.wasted_requests = 0, 0.0

    def add(self, attempts: Attempts) -> None:
        """Bill some attempts."""
        ms = billed_ms(attempts.finished_s - attempts.started_s)
        low, high, done = (attempts.column(name) for name in ("low", "high", "done"))
        wasted = (high - done) / (high - low)
        environment = attempts.provisioned  # 0 or 1
        self.ms += np.bincount(environment, ms, 2)
        self.wasted_ms += np.bincount(environment, ms * wasted, 2)
        self.requests += len(attempts)
        self.wasted_requests += float(wasted.sum())


def billed_ms(duration_s: Floats) -> Floats:
    """Durations with their initialization rounded up to 1 ms, at least 1 ms.

    What exceeds a whole millisecond by less than half a microsecond is the error of a difference of floats.
    """
    return np.maximum(1.0, np.ceil(np.rint(duration_s * 1e6) / 1e3))


def units(bytes_: int | Integers, records: int, unit_bytes: int) -> int:
    """How many units of a size records have, each record rounded up; `bytes_`: of all records, or of each."""
    if isinstance(bytes_, int):
        return records * -(-bytes_ // unit_bytes)
    return int(((bytes_ + (unit_bytes - 1)) // unit_bytes).sum())
