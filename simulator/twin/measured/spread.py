"""How much durations differ from one invocation to the next, and how long cold starts take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from simulator.scenario.units import format_duration

LEAST_VALUES: Final = 20
P99: Final = 2.3263478740408408  # of a standard normal distribution
SMALLEST_CV: Final = 0.01
MS: Final = 1000.0


def variation(values: Sequence[float]) -> float | None:
    """The coefficient of variation; None for too few values."""
    if len(values) < LEAST_VALUES:
        return None
    array = np.asarray(values)
    mean = float(array.mean())
    return float(array.std()) / mean if mean > 0 else None


def lognormal(mean_s: float, cv: float | None) -> object:
    """A duration with a mean and a variation as a scenario has it: a constant if there is hardly any variation."""
    if cv is None or cv < SMALLEST_CV or mean_s <= 0:
        return seconds(mean_s)
    sigma = math.sqrt(math.log1p(cv * cv))
    median = mean_s / math.sqrt(1 + cv * cv)
    return {"lognormal": {"median": seconds(median), "p99": seconds(median * math.exp(P99 * sigma))}}


def quantiles(values_ms: Sequence[float]) -> object:
    """A distribution with the median and the 99 % quantile of many values, or the mean of a few; in milliseconds."""
    array = np.asarray(values_ms) / MS
    if len(array) < LEAST_VALUES:
        return seconds(float(array.mean()))
    median, p99 = (float(each) for each in np.quantile(array, [0.5, 0.99]))
    if p99 <= median * (1 + SMALLEST_CV):
        return seconds(median)
    return {"lognormal": {"median": seconds(median), "p99": seconds(p99)}}


def seconds(value: float) -> str:
    """A duration with four digits, which is more than measurements tell."""
    return format_duration(float(f"{value:.4g}")) if value else "0s"
