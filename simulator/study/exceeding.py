"""Whether a quantile of all replications keeps a bound, by the part of the records that exceed the bound in each run.

No more than 1 % of all records may take longer than a bound for the 99th percentile. That part is a mean over runs, so
Student's test holds for it where it does not for the quantile: of short runs, or of few, the quantile comes out too
low. Two things more are asked for before a bound is called kept: Hall's correction for skewness, as runs in which much
goes wrong are rare, and as many batches as it takes to see the part at all, as the records of a batch share its fate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.measures.histogram import Histogram, buckets
from simulator.study.quantiles import histograms, percent_of
from simulator.study.statistics import normal, student
from simulator.study.tallies import Tallies
from simulator.traffic.log import Floats
from simulator.traffic.nanoseconds import NS

NEGLIGIBLE: Final = 1e-12


@dataclass(frozen=True)
class Exceeding:
    """What runs say of the bound of a quantile."""

    kept: bool  # surely
    exceeded: bool  # surely


def exceeding(measure: str, bound_s: float, runs: Sequence[Tallies], confidence: float) -> Exceeding:
    """Judge the bound of a quantile of latency or iterator age by several runs."""
    allowed = 1 - percent_of(measure) / 100
    batches = sum(run.batches for run in runs)
    sure, possible, n = np.array([_above(measure, bound_s, run) for run in runs], float).T
    mean_n = n.mean()
    if not mean_n:
        return Exceeding(False, False)
    most, least = (possible - allowed * n) / mean_n, (sure - allowed * n) / mean_n
    seen = possible.sum() / n.sum() + normal(confidence) * math.sqrt(allowed * (1 - allowed) / max(1, batches))
    kept = seen <= allowed and _below_0(most, confidence)
    return Exceeding(kept, _t(least) > student(len(runs), confidence))


def batches_needed(allowed: float, confidence: float) -> int:
    """With fewer batches, none above the bound may be chance even if as many records as allowed exceed it."""
    return math.ceil(normal(confidence) ** 2 * (1 - allowed) / allowed)


def _above(measure: str, bound_s: float, run: Tallies) -> tuple[int, int, int]:
    """Records, or attempts, that surely exceed a bound, those that may, and all."""
    done, left, lost = histograms(measure, run)
    bound_ns = round(bound_s * NS)
    surely = _more(done, bound_ns)[0] + _more(left, bound_ns)[0] + lost
    return surely, _more(done, bound_ns)[1] + left.n + lost, done.n + left.n + lost


def _more(histogram: Histogram, bound_ns: int) -> tuple[int, int]:
    """Values that are surely more than a bound, and those that may be: of its own bucket nothing is known."""
    if histogram.greatest_ns <= bound_ns:
        return 0, 0
    if histogram.least_ns > bound_ns:
        return histogram.n, histogram.n
    bucket = int(buckets(np.array([bound_ns]))[0])
    surely = int(histogram.counts[bucket + 1 :].sum())
    return surely, surely + int(histogram.counts[bucket])


def _t(values: Floats) -> float:
    """Student's t of a mean; infinite where all values are the same."""
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    if spread <= NEGLIGIBLE * float(np.abs(values).max()):
        return math.copysign(math.inf, mean) if mean else -math.inf
    return math.sqrt(len(values)) * mean / spread


def _below_0(values: Floats, confidence: float) -> bool:
    """Whether a mean is surely below 0, by Student's t and by Hall's, which takes the skewness into account."""
    t, enough = _t(values), -student(len(values), confidence)
    if math.isinf(t):
        return t < 0
    aside = values - values.mean()
    skewness, n = float((aside**3).mean() / (aside**2).mean() ** 1.5), len(values)
    a = skewness / math.sqrt(n)
    return t <= enough and t + a * t**2 / 3 + a**2 * t**3 / 27 + a / 6 <= enough
