"""How long a function runs: per batch and per record, by weighted least squares of its duration on its batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
LEAST_INTERVALS: Final = 10
LEAST_CLEAN: Final = 0.5  # of the intervals: then those with errors or throttles are left out
LEAST_VARIATION: Final = 1.8  # of the mean batch, from the 5 % to the 95 % quantile


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Seconds per batch and per record; per_record is None, and `why` says why, where data cannot tell them apart.

    mean_batch: records of an invocation; mean_s: seconds of one; intervals: how many were used.
    """

    per_batch: Estimate
    per_record: Estimate | None
    why: str
    mean_batch: float
    mean_s: float
    batch_sd: float
    intervals: int


def fit(invocations: Floats, errors: Floats, throttles: Floats, duration_s: Floats, records: Floats) -> Fit | None:
    """Fit duration / invocations = a + b * records / successful invocations; None for too few intervals.

    All are sums of intervals. Retries of the same records are no new batches, so intervals with errors or throttles are
    left out where enough are clean.
    """
    good = (invocations - errors > 0) & (records > 0) & (duration_s > 0)
    clean = good & (errors == 0) & (throttles == 0)
    used = clean if clean.sum() >= max(LEAST_INTERVALS, LEAST_CLEAN * good.sum()) else good
    if used.sum() < LEAST_INTERVALS:
        return None
    weights = invocations[used]
    batch = records[used] / (invocations - errors)[used]
    time = duration_s[used] / weights
    mean_batch, mean_s = (float(np.average(each, weights=weights)) for each in (batch, time))
    batch_sd = float(np.sqrt(np.average((batch - mean_batch) ** 2, weights=weights)))
    low, high = np.quantile(batch, [0.05, 0.95])
    n = int(used.sum())
    if high < LEAST_VARIATION * low:
        why = f"batches of {low:.3g} to {high:.3g} records vary too little to tell time per batch from time per record"
        return Fit(_mean(time, weights), None, why, mean_batch, mean_s, batch_sd, n)
    a, b = _line(batch, time, weights)
    if b.high < 0 or a.high < 0:
        why = "the time per record" if b.high < 0 else "the time per batch"
        why += " comes out below 0: other things than the size of batches decide the duration"
        return Fit(_mean(time, weights), None, why, mean_batch, mean_s, batch_sd, n)
    if b.value < 0:  # nothing, as far as data tell
        a, b = _mean(time, weights), replace(b, value=0.0)
    elif a.value < 0:
        a, b = replace(a, value=0.0), replace(b, value=mean_s / mean_batch)
    return Fit(a, b, "", mean_batch, mean_s, batch_sd, n)


def _mean(time: Floats, weights: Floats) -> Estimate:
    mean = float(np.average(time, weights=weights))
    parts = weights / weights.sum()
    error = float(np.sqrt(np.sum((parts * (time - mean)) ** 2)))
    reach = float(stdtrit(len(time) - 1, 0.975)) * error
    return Estimate(mean, max(mean - reach, 0.0), mean + reach)


def _line(batch: Floats, time: Floats, weights: Floats) -> tuple[Estimate, Estimate]:
    """Intercept and slope with intervals that hold whatever the noise of each interval is (HC3)."""
    design = np.column_stack([np.ones_like(batch), batch])
    inverse = np.linalg.inv(design.T @ (design * weights[:, None]))
    found = inverse @ (design.T @ (weights * time))
    leverage = weights * np.einsum("ij,jk,ik->i", design, inverse, design)
    residual = (time - design @ found) / np.maximum(1 - leverage, 1e-6)
    spread = design * (weights * residual)[:, None]
    covariance = inverse @ (spread.T @ spread) @ inverse
    reach = float(stdtrit(len(time) - 2, 0.975)) * np.sqrt(np.diag(covariance))
    estimates = [
        Estimate(float(value), max(float(value - each), 0.0) if value > 0 else 0.0, float(value + each))
        for value, each in zip(found, reach, strict=True)
    ]
    return estimates[0], estimates[1]
