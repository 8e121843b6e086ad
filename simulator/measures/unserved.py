"""Records that were never processed, so that no attempt tells their latency: lost ones, and those left at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.measures.eighths import Eighths
from simulator.measures.histogram import Histogram, percentiles_ns
from simulator.measures.last_quarter import LOST
from simulator.measures.times import CODE, Times, Window
from simulator.traffic.nanoseconds import NS

HOWS: Final = np.array([CODE[how] for how in LOST])


@dataclass(frozen=True)
class Percentile:
    """A percentile of latency over all records, in seconds: the least it can be, and the most.

    They differ where records were left when the run ended: their latency is at least their age. Infinite: the record
    there was lost, or may never end. NaN: there were no records.
    """

    least_s: float
    most_s: float


class Unserved:
    """Those of one mapping that it does not skip, without the warm-up's; data alone."""

    def __init__(self, warmup_ns: int) -> None:
        self._warmup_ns = warmup_ns
        self.lost = 0  # after they had been accepted
        self.left = Histogram()  # their ages when the run ended

    def observe(self, window: Window, times: Times, eighths: Eighths) -> None:
        """Take a window that `times` has observed; `eighths` takes the same records."""
        lost, produced = times.over[np.isin(times.how[times.over], HOWS)], window.written.produced
        lost = lost[times.accepted_ns[lost] >= self._warmup_ns]
        self.lost += len(lost)
        eighths.lose(np.concatenate((times.ended_ns[lost], produced.produced_ns[produced.dropped])))
        if window.last:
            left = (times.how == CODE["unprocessed"]) & (times.accepted_ns >= self._warmup_ns)
            ages_ns = window.end_ns - np.concatenate((times.produced_ns[left], times.waiting.produced_ns))
            self.left.add(ages_ns)
            eighths.add(np.full_like(ages_ns, window.end_ns), ages_ns)

    def percentile(self, processed: Histogram, dropped_at_write: int, percent: float) -> Percentile:
        """A percentile of all latencies; `processed`: those of the records that were processed."""
        return latency_percentile(processed, self.left, self.lost + dropped_at_write, percent)


def latency_percentile(processed: Histogram, left: Histogram, lost: int, percent: float) -> Percentile:
    """A percentile of the latencies of processed records, of those left, known by their ages, and of lost ones.

    Both histograms have the same buckets.
    """
    least_s = _least_s(processed, left, lost, percent)
    return Percentile(least_s, _most_s(processed, left, lost, percent) if left.n else least_s)


def _least_s(processed: Histogram, left: Histogram, lost: int, percent: float) -> float:
    if not (lost or left.n):
        return processed.percentile_s(percent)
    known = processed.n + left.n
    rank = percent / 100 * (known + lost)
    if rank > known or not known:
        return math.inf
    greatest_ns = max(processed.greatest_ns, left.greatest_ns)
    least_ns = min(processed.least_ns, left.least_ns)
    value = percentiles_ns(processed.counts + left.counts, np.array([100 * rank / known]), left.first)[0]
    return float(np.clip(value, least_ns, greatest_ns)) / NS


def _most_s(processed: Histogram, left: Histogram, lost: int, percent: float) -> float:
    """If none of those left ever ends."""
    rank = percent / 100 * (processed.n + left.n + lost)
    return math.inf if rank > processed.n or not processed.n else processed.percentile_s(100 * rank / processed.n)
