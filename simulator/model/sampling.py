"""Draws from the distributions of a scenario (docs/model.md, section 9)."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator
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

Z99 = 2.3263478740408408  # the standard normal's 99th percentile
BLOCK = 1024


def draw(distribution: Distribution, rng: Generator, n: int) -> NDArray[np.float64]:
    """n values, in order: two calls for n and m values give the same numbers as one for n + m."""
    match distribution:
        case Constant(value=value):
            return np.full(n, value)
        case Uniform(low=low, high=high):
            return low + (high - low) * rng.random(n)
        case Exponential(mean=mean):
            return mean * rng.standard_exponential(n)
        case Normal(mean=mean, sd=sd):
            return _truncated_normal(mean, sd, rng.random(n))
        case Lognormal(median=median, p99=p99):
            spread: float = np.log(p99 / median) / Z99
            return median * np.exp(spread * rng.standard_normal(n))
        case Gamma(mean=mean, cv=cv):
            return mean * cv * cv * rng.standard_gamma(1 / (cv * cv), n) if cv > 0 else np.full(n, mean)
        case Empirical(values=values):
            drawn: NDArray[np.float64] = values[(rng.random(n) * len(values)).astype(np.int64)]
            return drawn


def _truncated_normal(mean: float, sd: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal distribution given that it is not negative, by inverse transform (one uniform draw a value)."""
    if sd == 0:
        return np.full(len(u), mean)
    from scipy.special import ndtr, ndtri  # a tenth of a second to import, and few scenarios need it

    upper_tail = ndtr(mean / sd)  # P(value >= 0)
    return np.maximum(mean - sd * ndtri((1 - u) * upper_tail), 0.0)


def sampler(distribution: Distribution, rng: Generator) -> Callable[[], float]:
    """A function that gives the next value at each call; drawn in blocks, for speed."""
    if isinstance(distribution, Constant):
        value = float(distribution.value)
        return lambda: value
    return _in_blocks(distribution, rng).__next__


def _in_blocks(distribution: Distribution, rng: Generator) -> Iterator[float]:
    while True:
        yield from draw(distribution, rng, BLOCK).tolist()


def uniforms(rng: Generator) -> Callable[[], float]:
    """A function that gives the next uniform draw from [0, 1) at each call."""
    return sampler(Uniform(low=0.0, high=1.0), rng)
