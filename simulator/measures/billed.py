"""What AWS bills of the work of a run: milliseconds of invocations, and units of records (docs/bill.md)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from simulator.measures.attempts import Attempts
from simulator.measures.grid import Series
from simulator.traffic.log import Floats, Integers

KIB: Final = 2**10
PUT_UNIT_BYTES: Final = 25 * KIB
MS_NS: Final = 1_000_000


class BilledWork:
    """Billed time of attempts, in on-demand and in provisioned environments, and requests.

    Wasted is the part of an attempt that falls to the records it did not process.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.ms: Integers = np.zeros(2, np.int64)
        self._wasted = Series()  # by size of the batch: records that attempts did not process
        self._wasted_ms = Series(), Series()  # by size of the batch: the same, each times its attempt's billed time

    @classmethod
    def of(cls, requests: int, ms: Integers, wasted: Integers, wasted_ms: tuple[Integers, Integers]) -> BilledWork:
        """Of attempts that were billed elsewhere; `wasted` and `wasted_ms`: by size of the batch."""
        work = cls()
        work.requests, work.ms = requests, ms
        work._wasted, work._wasted_ms = Series.of(wasted), (Series.of(wasted_ms[0]), Series.of(wasted_ms[1]))
        return work

    def add(self, attempts: Attempts) -> None:
        """Bill some attempts."""
        self.requests += len(attempts)
        ms = billed_ms(attempts.finished_ns - attempts.started_ns)
        left = attempts.records - attempts.done
        self._wasted.add(attempts.records, left)
        for environment, here in enumerate((~attempts.provisioned, attempts.provisioned)):
            self.ms[environment] += ms[here].sum()
            self._wasted_ms[environment].add(attempts.records[here], ms[here] * left[here])

    @property
    def wasted_requests(self) -> float:
        """The part of the requests that was wasted."""
        return _parts(self._wasted)

    @property
    def wasted_ms(self) -> Floats:
        """The part of the billed time that was wasted, in on-demand and in provisioned environments."""
        return np.array([_parts(each) for each in self._wasted_ms])


def _parts(by_size: Series) -> float:
    """Sums of parts, exact but for one rounding a size of batches."""
    return math.fsum(int(amount) / size for size, amount in enumerate(by_size.values) if amount)


def billed_ms(duration_ns: Integers) -> Integers:
    """Durations with their initialization rounded up to 1 ms, at least 1 ms."""
    return np.maximum(1, -(-duration_ns // MS_NS))


def units(bytes_: Integers, unit_bytes: int) -> int:
    """How many units of a size records have, each record rounded up."""
    return int((-(-bytes_ // unit_bytes)).sum())
