"""Where something stops holding, by bisection."""

from __future__ import annotations

import math
from collections.abc import Callable


def edge(holds: Callable[[float], bool], low: float, high: float, precision: float) -> tuple[float, float]:
    """The last value found to hold and the first found not to, at most `precision` apart as a part of the first.

    `holds(low)` is known to be true and `holds(high)` to be false, both above 0. The middle is the geometric one.
    """
    while high > low * (1 + precision):
        middle = math.sqrt(low * high)
        if holds(middle):
            low = middle
        else:
            high = middle
    return low, high
