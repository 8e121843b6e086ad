"""Distributions as one function each: the quantile at a uniform draw (docs/model.md, section 9).

What has no simple inverse is tabulated once, and nothing transcendental is evaluated at a draw, so that every program
on every machine gets the same value. A table divides either half of the unit interval by octaves towards its end,
down to 2^-33, and each octave into 128 equal cells; within a cell it is linear: off by less than 0.001 %, or 0.1 % of a
distribution whose standard deviation exceeds its mean (where a value is not next to nothing beside the mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.spec import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Uniform,
)
from simulator.traffic.draws import Bits, all_units, unit

Floats = NDArray[np.float64]
Z99: Final = 2.3263478740408408  # the standard normal's 99th percentile
OCTAVES: Final = 32
CELL_BITS: Final = 7
SHIFT: Final = 52 - CELL_BITS
SMALLEST: Final = 2.0**20  # of 2^53: what is nearer to an end counts as this
FIRST_CELL: Final = int(np.float64(SMALLEST).view(np.int64)) >> SHIFT
CELLS: Final = OCTAVES << CELL_BITS
HALF: Final = 1 << 52


class Quantile(Protocol):
    """A distribution as a function of draws of 64 bits."""

    def one(self, bits: int) -> float:
        """Its value at a draw."""

    def all(self, bits: Bits) -> Floats:
        """Its values at several."""


@dataclass(frozen=True)
class Same:
    """One value, whatever is drawn."""

    value: float

    def one(self, bits: int) -> float:
        return self.value

    def all(self, bits: Bits) -> Floats:
        return np.full(len(bits), self.value)


@dataclass(frozen=True)
class Between:
    """Uniform."""

    low: float
    high: float

    def one(self, bits: int) -> float:
        return self.low + (self.high - self.low) * unit(bits)

    def all(self, bits: Bits) -> Floats:
        return self.low + (self.high - self.low) * all_units(bits)


@dataclass(frozen=True)
class Among:
    """One of a list of values."""

    values: Floats

    def one(self, bits: int) -> float:
        return float(self.values[int(unit(bits) * len(self.values))])

    def all(self, bits: Bits) -> Floats:
        return self.values[(all_units(bits) * len(self.values)).astype(np.int64)]


@dataclass(frozen=True)
class Tabulated:
    """A table of quantiles: `nodes` has those of the lower half, from its end on, then those of the upper half."""

    nodes: Floats  # 2 * (CELLS + 1)

    def one(self, bits: int) -> float:
        return float(self.all(np.array([bits], np.uint64))[0])

    def all(self, bits: Bits) -> Floats:
        drawn = (bits >> np.uint64(11)).astype(np.int64)
        upper = drawn >= HALF
        from_end = np.where(upper, 2 * HALF - 1 - drawn, drawn) + 0.5
        as_bits = np.maximum(from_end, SMALLEST).view(np.int64)
        cell = (as_bits >> SHIFT) - FIRST_CELL + np.where(upper, CELLS + 1, 0)
        within = (as_bits & ((1 << SHIFT) - 1)).astype(np.float64) * 2.0**-SHIFT
        low, high = self.nodes[cell], self.nodes[cell + 1]
        value: Floats = low + (high - low) * within
        return value


@cache
def ends() -> Floats:
    """How far the nodes of either half of a table lie from that end of the unit interval, from 2^-33 to 1/2."""
    return ((np.arange(CELLS + 1) + FIRST_CELL) << SHIFT).view(np.float64) * 2.0**-53


def table(lower: NDArray[np.floating], upper: NDArray[np.floating]) -> Tabulated:
    """The table with these quantiles at `ends()`, and at 1 less these."""
    return Tabulated(np.concatenate((lower, upper)).astype(np.float64))


@cache
def unit_exponential() -> Tabulated:
    """The exponential distribution with mean 1."""
    return table(-np.log1p(-ends()), -np.log(ends()))


def quantile(distribution: Distribution) -> Quantile:
    """The quantile function of a scenario's distribution."""
    match distribution:
        case Constant(value=value):
            return Same(float(value))
        case Uniform(low=low, high=high):
            return Between(low, high)
        case Empirical(values=values):
            return Among(values)
        case Exponential(mean=mean):
            return Tabulated(mean * unit_exponential().nodes)
        case Normal(sd=0, mean=mean) | Gamma(cv=0, mean=mean):
            return Same(float(mean))
        case Normal(mean=mean, sd=sd):
            return _truncated_normal(mean, sd)
        case Lognormal(median=median, p99=p99):
            return _lognormal(median, p99)
        case Gamma(mean=mean, cv=cv):
            return _gamma(mean, cv)


def _truncated_normal(mean: float, sd: float) -> Tabulated:
    """The normal distribution given that it is not negative."""
    from scipy.special import ndtr, ndtri  # a tenth of a second to import, and few scenarios need it

    not_negative = ndtr(mean / sd)
    above = [mean - sd * ndtri(part * not_negative) for part in (1 - ends(), ends())]
    return table(*(np.maximum(values, 0.0) for values in above))


def _lognormal(median: float, p99: float) -> Tabulated:
    standard = np.array([NormalDist().inv_cdf(part) for part in ends()])
    below = np.exp(np.log(p99 / median) / Z99 * standard)
    return table(median * below, median / below)


def _gamma(mean: float, cv: float) -> Tabulated:
    from scipy.special import gammainccinv, gammaincinv

    shape = 1 / (cv * cv)
    return table(mean / shape * gammaincinv(shape, ends()), mean / shape * gammainccinv(shape, ends()))
