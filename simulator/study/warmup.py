"""The end of the warm-up by MSER-5 (White, 1997; White, Cobb and Spratt, 2000).

Of all points at which a series may be cut, the one that makes the standard error of the mean of the rest smallest:
what is cut off is no longer biased by the start, and no more is cut off than that is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BATCH: Final = 5  # values whose mean is one point of the series


@dataclass(frozen=True)
class Truncation:
    """Where a series is to be cut."""

    values: int  # at the start to leave out
    of: int  # values in the series
    settled: bool  # false: the best point is the last that is allowed, so the series may still be on its way


def mser5(series: Floats) -> Truncation:
    """Where to cut a series of values in order of time; at most its first half is left out.

    NaN values (nothing was measured there) take the last value before them. A series of less than 20 values is too
    short to say anything: nothing is cut, and it has not settled.
    """
    values = _filled(np.asarray(series, np.float64))
    points = values[: len(values) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    n = len(points)
    if n < 4:
        return Truncation(0, len(values), settled=False)
    errors = squared_errors(points)[: n // 2 + 1]
    best = int(errors.argmin())
    return Truncation(best * BATCH, len(values), settled=best < n // 2)


def squared_errors(points: Floats) -> Floats:
    """For each number d of points to leave out: sum of (y_i - mean)^2 over the rest, divided by (n - d)^2."""
    left = np.arange(len(points), 0, -1.0)
    centred = points - points.mean()  # or the difference of large squares would lose the digits
    sums, squares = centred[::-1].cumsum()[::-1], (centred**2)[::-1].cumsum()[::-1]
    errors: Floats = np.maximum(squares - sums**2 / left, 0.0) / left**2
    return errors


def _filled(series: Floats) -> Floats:
    known = ~np.isnan(series)
    if not known.any():
        return np.zeros(0)
    first = int(known.argmax())
    last_known = np.maximum.accumulate(np.where(known, np.arange(len(series)), first))
    filled: Floats = series[last_known]
    return filled
