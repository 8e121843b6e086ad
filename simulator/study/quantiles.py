"""Quantiles of all replications together, and how much each replication has in them.

The histograms of the runs are added up, and a quantile is read off the sum. How far it may be off is told by the
jackknife over replications: n runs give it n times more with one run left out each time. What a run has in it is its
*pseudo-value*, the quantile plus n - 1 times what leaving out the run takes from it more than leaving out another
one does on average. Pseudo-values have the quantile itself as their mean, and Student's interval of them is the
jackknife's; the difference of two quantiles over the same runs has the differences of their pseudo-values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from simulator.measures.histogram import Histogram
from simulator.measures.unserved import latency_percentile
from simulator.study.tallies import Tallies

QUANTILE: Final = re.compile(r"(latency|iterator_age|iterator_age_at_send)_p(50|95|99)(_most)?_s")


def is_quantile(measure: str) -> bool:
    """Whether a measure is read off a histogram: then it is one of all replications together."""
    return QUANTILE.fullmatch(measure) is not None


def pooled(measure: str, runs: Sequence[Tallies]) -> tuple[float, list[float]]:
    """A quantile of all runs together, and the pseudo-value of each run. NaN: nothing was measured.

    Where the quantile is infinite, or is so without some run, the pseudo-values are infinite if it is so without any
    run, and else NaN: what runs may tell of it is not known.
    """
    parts = [histograms(measure, run) for run in runs]
    quantile = _quantile(measure)
    found = quantile(_added(parts))
    if len(parts) < 2:
        return found, [found] * len(parts)
    without = np.array([quantile(each) for each in _each_left_out(parts)])
    if np.isfinite(found) and np.isfinite(without).all():
        return found, [found + (len(parts) - 1) * each for each in (without.mean() - without).tolist()]
    sure = math.isinf(found) and bool(np.isinf(without).all())
    return found, [math.inf if sure else math.nan] * len(parts)


Parts = tuple[Histogram, Histogram, int]  # of processed records, or attempts; of records left; lost records


def percent_of(measure: str) -> float:
    """Such as 99 for latency_p99_s."""
    return _read(measure)[1]


def histograms(measure: str, run: Tallies) -> Parts:
    """What a quantile of one run is read off."""
    group = _read(measure)[0]
    if group == "latency":
        return run.latency.histogram(), run.left.histogram(), run.lost
    return run.ages[group].histogram(), Histogram(), 0


def _read(measure: str) -> tuple[str, float, bool]:
    """What it is a quantile of, the percentage, and whether it is what that may come to."""
    read = QUANTILE.fullmatch(measure)
    assert read is not None, measure
    return read[1], float(read[2]), read[3] is not None


def _quantile(measure: str) -> Callable[[Parts], float]:
    _, percent, most = _read(measure)

    def quantile(parts: Parts) -> float:
        found = latency_percentile(*parts, percent)
        return found.most_s if most else found.least_s

    return quantile


def _added(parts: Sequence[Parts]) -> Parts:
    return added([each[0] for each in parts]), added([each[1] for each in parts]), sum(each[2] for each in parts)


def _each_left_out(parts: Sequence[Parts]) -> list[Parts]:
    """All parts but one, for each of them."""
    before, after = _running(parts), _running(parts[::-1])[::-1]
    return [_added([before[i], after[i + 1]]) for i in range(len(parts))]


def _running(parts: Sequence[Parts]) -> list[Parts]:
    """The sums of none, of the first, of the first two ones and so on."""
    found: list[Parts] = [(Histogram(), Histogram(), 0)]
    for each in parts:
        found.append(_added([found[-1], each]))
    return found


def added(histograms: Sequence[Histogram]) -> Histogram:
    """The values of all of them together."""
    return Histogram.of(
        np.sum([each.counts for each in histograms], axis=0),
        sum(each.sum_ns for each in histograms),
        min(each.least_ns for each in histograms),
        max(each.greatest_ns for each in histograms),
    )
