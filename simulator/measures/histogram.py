"""Histograms of times in logarithmic buckets, each at most 0.4 % wide, mergeable in any order.

The bucket of a value is read off its bits as a float: the exponent and the first eight bits of the mantissa.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.measures.exact import total
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS

MANTISSA_BITS: Final = 8
WIDTH: Final = 2.0**-MANTISSA_BITS  # of a bucket, as a part of its value: as far as a percentile may be off
SMALLEST_NS: Final = 2.0**10  # about a microsecond; what is less counts as this
LARGEST_NS: Final = 2.0**60  # 36 years
_SHIFT: Final = 52 - MANTISSA_BITS
_FIRST: Final = int(np.float64(SMALLEST_NS).view(np.int64)) >> _SHIFT
BUCKETS: Final = (int(np.float64(LARGEST_NS).view(np.int64)) >> _SHIFT) - _FIRST + 1
PERCENTILES: Final = (0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0)
NAN: Final = float("nan")


def buckets(values_ns: Integers) -> Integers:
    """The bucket of each value."""
    bits: Integers = np.clip(values_ns.astype(np.float64), SMALLEST_NS, LARGEST_NS).view(np.int64)
    bits >>= _SHIFT
    bits -= _FIRST
    return bits


def bucket_edges_ns(first: int = 0, n: int = BUCKETS) -> Floats:
    """The lower edges of some buckets, and the upper edge of the last."""
    edges: Floats = ((np.arange(first, first + n + 1) + _FIRST) << _SHIFT).view(np.float64)
    return edges


def percentiles_ns(counts: Integers, percents: Floats, first: int = 0) -> Floats:
    """Percentiles of counts in the buckets from `first` on, interpolated within their buckets.

    p0 and p100 are the edges of the outermost. There is at least one value.
    """
    upto = np.cumsum(counts)
    rank = percents / 100 * upto[-1]
    filled = np.flatnonzero(counts)
    bucket = np.clip(np.searchsorted(upto, rank), filled[0], filled[-1])
    edges = bucket_edges_ns(first, len(counts))
    within = (rank - (upto[bucket] - counts[bucket])) / counts[bucket]
    values: Floats = edges[bucket] + (edges[bucket + 1] - edges[bucket]) * np.clip(within, 0, 1)
    return values


class Histogram:
    """How many values fell into each bucket, with their exact extremes and sum."""

    def __init__(self) -> None:
        self.counts: Integers = np.zeros(BUCKETS, np.int64)
        self.first = 0  # the bucket of the first count
        self.n = self.sum_ns = self.greatest_ns = 0
        self.least_ns = 2**63 - 1

    @classmethod
    def of(cls, counts: Integers, sum_ns: int, least_ns: int, greatest_ns: int, first: int = 0) -> Histogram:
        """Of values that were counted elsewhere, of which none is outside of the buckets from `first` on."""
        histogram = cls.__new__(cls)
        histogram.counts, histogram.first, histogram.n, histogram.sum_ns = counts, first, int(counts.sum()), sum_ns
        histogram.least_ns, histogram.greatest_ns = least_ns, greatest_ns
        return histogram

    def add(self, values_ns: Integers) -> None:
        """Add values."""
        self.note(values_ns, np.bincount(buckets(values_ns), minlength=BUCKETS))

    def note(self, values_ns: Integers, counts: Integers) -> None:
        """Add values whose buckets have been counted."""
        if len(values_ns):
            self.counts += counts
            self.n += len(values_ns)
            self.sum_ns += total(values_ns)
            self.least_ns = min(self.least_ns, int(values_ns.min()))
            self.greatest_ns = max(self.greatest_ns, int(values_ns.max()))

    @property
    def mean_s(self) -> float:
        """The exact mean; NaN without values."""
        return self.sum_ns / (self.n * NS) if self.n else NAN

    @property
    def least_s(self) -> float:
        """The least value; NaN without values."""
        return self.least_ns / NS if self.n else NAN

    @property
    def greatest_s(self) -> float:
        """The greatest value; NaN without values."""
        return self.greatest_ns / NS if self.n else NAN

    def percentile_s(self, percent: float) -> float:
        """A percentile, off by at most 0.4 % (p0 and p100: exact); NaN without values."""
        if not self.n:
            return NAN
        value = percentiles_ns(self.counts, np.array([percent]), self.first)[0]
        return float(np.clip(value, self.least_ns, self.greatest_ns)) / NS
