"""Where something stops holding, by bisection."""

from __future__ import annotations

import math
from collections.abc import Callable


def edge(holds: Callable[[float], bool], low: float, high: float, precision: float) -> tuple[float, float]:
    """The last value found to hold and the first found not to, at most `precision` apart as a part of the first.

    `holds(low)` is known to be true and `holds(high)` to be false, both above 0. The middle is the geometric one, with
    four digits; a precision below 0.001 is beyond that.
    """
    while high > low * (1 + precision):
        middle = float(f"{math.sqrt(low * high):.4g}")
        if holds(middle):
            low = middle
        else:
            high = middle
    return low, high
