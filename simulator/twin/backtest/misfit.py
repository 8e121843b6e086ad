"""How far minutes are from what replications say of them: a quasi-likelihood, and what it comes to by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import stdtrit

from simulator.traffic.log import Floats
from simulator.twin.backtest.minutes import Key

SMOOTHED: Final = 15  # intervals over which the variance of a few replications is averaged
FLOOR: Final = 0.01  # of the mean value: a standard deviation at least, so that what never varies weighs not everything
ROBUST: Final = 3.0  # standard deviations from which on a distance weighs less: an outage is not to decide

Values = Mapping[Key, Floats]  # a value for each interval, or a row of them for each replication


@dataclass(frozen=True, slots=True)
class _Moments:
    """Of each interval in which both sides have a value: the replications' mean, and the variance of what is seen."""

    both: np.typing.NDArray[np.bool_]
    mean: Floats
    variance: Floats

    @classmethod
    def of(cls, seen: Floats, runs: Floats) -> _Moments:
        known = ~np.isnan(runs)
        count = known.sum(axis=0)
        both = (count > 1) & ~np.isnan(seen)
        mean = _mean(runs)
        square = (np.where(known, runs - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count - 1, 1)
        size = float(np.abs(seen[both]).mean() + np.abs(mean[both]).mean()) / 2 if both.any() else 0.0
        variance = _smooth(square, both) * (1 + 1 / np.maximum(count, 1)) + (FLOOR * size) ** 2 + 1e-12
        return cls(both, mean, variance)


def misfit(seen: Values, runs: Values) -> float:
    """Minus twice the log of the quasi-likelihood: of each metric and interval the distance from the replications' mean
    in their standard deviations, with a loss of heavy tails (Cauchy's), and the log of their variance.
    """
    return sum(_misfit(seen[key], _Moments.of(seen[key], runs[key])) for key in seen)


def _misfit(seen: Floats, of: _Moments) -> float:
    variance = of.variance[of.both]
    distance = (seen - of.mean)[of.both] ** 2 / variance
    return float((ROBUST**2 * np.log1p(distance / ROBUST**2) + np.log(variance)).sum())


def _mean(runs: Floats) -> Floats:
    known = ~np.isnan(runs)
    return np.asarray(np.where(known, runs, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _smooth(variance: Floats, known: np.typing.NDArray[np.bool_]) -> Floats:
    window = np.ones(min(SMOOTHED, len(variance)))
    sums = np.convolve(np.where(known, variance, 0.0), window, "same")[: len(variance)]
    weights = np.convolve(known.astype(np.float64), window, "same")[: len(variance)]
    return np.asarray(sums / np.maximum(weights, 1.0))


def worse_by_chance(seen: Values, best: Values, around: Sequence[tuple[Values, Values, float]]) -> list[float]:
    """For each field, by how much the profile of the misfit may be above its minimum within a 95 % interval.

    The textbook's 3.84 takes intervals for independent. They hang together, and how much is in the replications: the
    variance of the score (the sandwich) says so. around: replications a bit above and below the best place in the
    direction of each field, and how far apart both places are.
    """
    moments = {key: _Moments.of(seen[key], best[key]) for key in seen}
    used = [(key, of) for key, of in moments.items() if of.both.any()]
    slopes = np.array(
        [
            np.concatenate([((_mean(up[key]) - _mean(down[key])) / apart)[of.both] for key, of in used])
            for up, down, apart in around
        ]
    )
    variance = np.concatenate([of.variance[of.both] for _, of in used])
    noise = np.concatenate([np.nan_to_num(best[key] - of.mean)[:, of.both] for key, of in used], axis=1)
    information = (slopes / variance) @ slopes.T
    scores = (slopes / variance) @ noise.T
    inverse = np.linalg.pinv(information)
    sandwich = inverse @ np.atleast_2d(np.cov(scores)) @ inverse
    quantile = float(stdtrit(len(noise) - 1, 0.975)) ** 2
    more = np.diag(sandwich) / np.maximum(np.diag(inverse), 1e-300)
    return [quantile * max(float(each), 1.0) * (1 + 1 / len(noise)) for each in more]
