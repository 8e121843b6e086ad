"""Latency by eighths of the traffic: whether it is another one at the end of a run than at its beginning."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.histogram import BUCKETS, buckets, percentiles_ns
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS

EIGHTHS: Final = 8
HALVES: Final = (slice(0, EIGHTHS // 2), slice(EIGHTHS // 2, EIGHTHS))


class Eighths:
    """By eighth of the traffic after the warm-up, the records that ended in it and were not skipped; data alone.

    `counts`: by eighth and bucket, latencies of records that were processed, and ages of those that were left when the
    run ended; `lost`: by eighth, the others. What ended before the first eighth, or after the last, is of that.
    """

    def __init__(self, warmup_ns: int, duration_ns: int) -> None:
        self.counts: Integers = np.zeros((EIGHTHS, BUCKETS), np.int64)
        self.lost: Integers = np.zeros(EIGHTHS, np.int64)
        self._begin_ns = max(warmup_ns, 0)
        self._each_ns = max((duration_ns - self._begin_ns) // EIGHTHS, 1)

    def add(self, ended_ns: Integers, latency_ns: Integers) -> None:
        """Take records that were processed, or left."""
        np.add.at(self.counts, (self._of(ended_ns), buckets(latency_ns)), 1)

    def lose(self, ended_ns: Integers) -> None:
        """Take records that were lost, those dropped at write when they were produced."""
        self.lost += np.bincount(self._of(ended_ns), minlength=EIGHTHS)

    def course_s(self, percent: float) -> tuple[list[float], list[float]]:
        """A percentile of latency in each eighth, and in each half."""
        each = [slice(i, i + 1) for i in range(EIGHTHS)]
        eighths, halves = ([self.percentile_s(percent, some) for some in of] for of in (each, HALVES))
        return eighths, halves

    def percentile_s(self, percent: float, some: slice) -> float:
        """A percentile of latency over some eighths; infinite where it is of a lost record, NaN without records."""
        counts, lost = self.counts[some].sum(axis=0), int(self.lost[some].sum())
        known = int(counts.sum())
        if not known + lost:
            return float("nan")
        rank = percent / 100 * (known + lost)
        if rank > known:
            return float("inf")
        return float(percentiles_ns(counts, np.array([100 * rank / known]))[0]) / NS

    def _of(self, ended_ns: Integers) -> NDArray[np.int64]:
        return np.clip((ended_ns - self._begin_ns) // self._each_ns, 0, EIGHTHS - 1)
