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

from simulator.measures.histogram import BUCKETS, Histogram
from simulator.measures.unserved import latency_percentile
from simulator.study.tallies import Tallies, Tally, common

NOTHING: Final = Tally.of(Histogram())
QUANTILE: Final = re.compile(r"(latency|iterator_age|iterator_age_at_send)_p(50|95|99)(_most)?_s")


def is_quantile(measure: str) -> bool:
    """Whether a measure is read off a histogram: then it is one of all replications together."""
    return QUANTILE.fullmatch(measure) is not None


def pooled(measure: str, runs: Sequence[Tallies]) -> tuple[float, list[float]]:
    """A quantile of all runs together, and the pseudo-value of each run. NaN: nothing was measured.

    Where the quantile is infinite, or is so without some run, the pseudo-values are infinite if it is so without any
    run, and else NaN: what runs may tell of it is not known.
    """
    parts = _histograms(measure, runs)
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
    return _parts(measure, [run], range(BUCKETS))[0]


def _histograms(measure: str, runs: Sequence[Tallies]) -> list[Parts]:
    """The same of several runs, of those buckets alone that any of them has filled."""
    return _parts(measure, runs, common([each for run in runs for each in _tallies(measure, run)]))


def _parts(measure: str, runs: Sequence[Tallies], buckets: range) -> list[Parts]:
    lost = _read(measure)[0] == "latency"
    tallies = [_tallies(measure, run) for run in runs]
    return [
        (done.histogram(buckets), left.histogram(buckets), run.lost if lost else 0)
        for run, (done, left) in zip(runs, tallies, strict=True)
    ]


def _tallies(measure: str, run: Tallies) -> tuple[Tally, Tally]:
    """Of processed records and of those left, or of attempts."""
    group = _read(measure)[0]
    return (run.latency, run.left) if group == "latency" else (run.ages[group], NOTHING)


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
    done, left, lost = zip(*parts, strict=True)
    return list(zip(_without_each(done), _without_each(left), [sum(lost) - each for each in lost], strict=True))


def _without_each(histograms: Sequence[Histogram]) -> list[Histogram]:
    """The sum of all but one of several histograms, for each of them."""
    of_all = added(histograms)
    least, next_least = sorted(each.least_ns for each in histograms)[:2]
    next_greatest, greatest = sorted(each.greatest_ns for each in histograms)[-2:]
    return [
        Histogram.of(
            of_all.counts - each.counts,
            of_all.sum_ns - each.sum_ns,
            next_least if each.least_ns == least else least,
            next_greatest if each.greatest_ns == greatest else greatest,
            each.first,
        )
        for each in histograms
    ]


def added(histograms: Sequence[Histogram]) -> Histogram:
    """The values of all of them together; all have the same buckets."""
    return Histogram.of(
        np.sum([each.counts for each in histograms], axis=0),
        sum(each.sum_ns for each in histograms),
        min(each.least_ns for each in histograms),
        max(each.greatest_ns for each in histograms),
        histograms[0].first,
    )
