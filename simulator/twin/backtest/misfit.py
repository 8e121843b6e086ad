"""How far minutes are from what replications say of them: a quasi-likelihood, and what it comes to by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.traffic.log import Floats
from simulator.twin.backtest.minutes import Key

SMOOTHED = 15  # intervals over which the variance of a few replications is averaged
FLOOR = 0.01  # of the mean value: a standard deviation at least, so that what never varies weighs not everything
ROBUST = 3.0  # standard deviations from which on a distance weighs less: an outage is not to decide


def misfit(seen: Mapping[Key, Floats], runs: Mapping[Key, Floats]) -> float:
    """Minus twice the log of the quasi-likelihood: of each metric and interval the distance from the replications' mean
    in their standard deviations, with a loss of heavy tails (Cauchy's), and the log of their variance.
    """
    return sum(_misfit(seen[key], runs[key]) for key in seen)


def _misfit(seen: Floats, runs: Floats) -> float:
    known = ~np.isnan(runs)
    count = known.sum(axis=0)
    both = (count > 1) & ~np.isnan(seen)
    if not both.any():
        return 0.0
    values = np.where(known, runs, 0.0)
    mean = values.sum(axis=0) / np.maximum(count, 1)
    square = (np.where(known, runs - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count - 1, 1)
    size = float(np.abs(seen[both]).mean() + np.abs(mean[both]).mean()) / 2
    variance = _smooth(square, both) * (1 + 1 / np.maximum(count, 1)) + (FLOOR * size) ** 2 + 1e-12
    distance = (seen - mean)[both] ** 2 / variance[both]
    return float((ROBUST**2 * np.log1p(distance / ROBUST**2) + np.log(variance[both])).sum())


def _smooth(variance: Floats, known: Floats) -> Floats:
    width = min(SMOOTHED, len(variance) | 1)
    window = np.ones(width)
    sums = np.convolve(np.where(known, variance, 0.0), window, "same")[: len(variance)]
    weights = np.convolve(known.astype(np.float64), window, "same")[: len(variance)]
    return np.asarray(sums / np.maximum(weights, 1.0))


def by_chance(best: Mapping[Key, Floats], others: Sequence[Mapping[Key, Floats]], keys: Sequence[Key]) -> float:
    """How much better than at the best place chance makes it elsewhere, if the best place is the truth.

    Each replication at the best place in turn is what was seen; it is left out of the replications everywhere, as it
    has the same random numbers there. The largest of these differences: what intervals hang together by is in it, which
    the 3.84 of the textbook leaves out.
    """
    return max(_difference(best, others, keys, number) for number in range(len(best[keys[0]])))


def _difference(
    best: Mapping[Key, Floats], others: Sequence[Mapping[Key, Floats]], keys: Sequence[Key], number: int
) -> float:
    seen = {key: best[key][number] for key in keys}
    without = ({key: np.delete(each[key], number, axis=0) for key in keys} for each in (best, *others))
    values = [misfit(seen, each) for each in without]
    return values[0] - min(values)
