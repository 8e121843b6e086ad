"""Statistics over replications: intervals, and paired differences in words.

Replications are independent of each other, so means have Student's intervals. Settings that are compared see the same
traffic in each replication (common random numbers), so their differences are taken replication by replication.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from simulator.measures.histogram import WIDTH
from simulator.study.quantiles import is_quantile

CONFIDENCE: Final = 0.95
NORMAL: Final = 1.959963984540054  # standard deviations of the normal distribution on either side that hold 95 %
ROUNDING: Final = 1e-12
QUANTILE_ERROR: Final = WIDTH  # of a bucket: as far as a percentile may be off


@dataclass(frozen=True)
class Interval:
    """A mean over n replications, or a quantile of all of them, with its interval, of 95 % unless it is said.

    half_width is NaN when n < 2 or a value is infinite, and infinite when nothing is known of how far it may be off.
    """

    mean: float
    half_width: float
    n: int

    @property
    def low(self) -> float:
        """The lower end; NaN when none is known."""
        return self.mean - self.half_width if math.isfinite(self.half_width) else math.nan

    @property
    def high(self) -> float:
        """The upper end; NaN when none is known."""
        return self.mean + self.half_width if math.isfinite(self.half_width) else math.nan


def interval(values: Sequence[float], error: float = 0.0, confidence: float = CONFIDENCE) -> Interval:
    """Mean and Student's interval of independent values; those that are NaN (nothing was measured) are left out.

    `error`: as far as each value may be off in the same direction, in its unit; it widens the interval. An infinite
    value (what had not come to pass when the run ended) makes the mean infinite.
    """
    known = np.array([value for value in values if not math.isnan(value)])
    n = len(known)
    if n < 2 or np.isinf(known).any():
        with np.errstate(invalid="ignore"):  # infinity less infinity
            return Interval(float(known.mean()) if n else math.nan, math.nan, n)
    spread = float(known.std(ddof=1))
    if spread <= ROUNDING * float(np.abs(known).max()):
        spread = 0.0  # equal but for the rounding of sums
    return Interval(float(known.mean()), student(n, confidence) * spread / math.sqrt(n) + error, n)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a probability, of which n independent trials had so many successes; 0 to 1 for none."""
    if not n:
        return 0.0, 1.0
    part, spread = successes / n, NORMAL**2 / n
    middle = (part + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (part * (1 - part) + spread / 4)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Difference:
    """How much higher a measure is than in the baseline, replication by replication; of all measures less is better."""

    interval: Interval
    one_way: bool  # in each of several replications it is higher, or in each it is lower

    @property
    def word(self) -> str:
        """better, worse, same (in each replication), or cannot tell.

        The interval decides; where a replication's difference is infinite there is none, and all must go one way.
        """
        mean, half_width = self.interval.mean, self.interval.half_width
        if math.isinf(mean) and self.one_way:
            return "worse" if mean > 0 else "better"
        if mean == 0 and half_width == 0:
            return "same"
        if math.isnan(half_width) or abs(mean) <= half_width:
            return "cannot tell"
        return "worse" if mean > 0 else "better"


def difference(measure: str, values: Sequence[float], baseline: Sequence[float]) -> Difference:
    """The paired difference of a measure from the baseline, both in order of replication.

    The errors of two quantiles may add up, but where both are the same in each replication they are the same.
    """
    pairs = [(a, b) for a, b in zip(values, baseline, strict=True) if not (math.isnan(a) or math.isnan(b))]
    differences = [0.0 if a == b else a - b for a, b in pairs]
    off = is_quantile(measure) and any(differences)
    error = QUANTILE_ERROR * float(np.abs(pairs).sum()) / len(pairs) if off else 0.0
    one_way = len(differences) > 1 and (min(differences) > 0 or max(differences) < 0)
    return Difference(interval(differences, error), one_way)


def student(n: int, confidence: float) -> float:
    """Student's t of the interval of n values."""
    from scipy.special import stdtrit  # a tenth of a second to import

    return float(stdtrit(n - 1, (1 + confidence) / 2))


def normal(confidence: float) -> float:
    """Standard deviations of the normal distribution on either side that hold so much of it."""
    return NormalDist().inv_cdf((1 + confidence) / 2)
