"""Time inside a run: whole nanoseconds from its start, int64 (docs/model.md)."""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

NS: Final = 10**9  # in a second
NEVER: Final = 1 << 62


def ns(seconds: float) -> int:
    """A duration that is given, as whole nanoseconds: rounded half up from the digits that it is written with."""
    return int((Decimal(repr(float(seconds))) * NS + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def half_up(nanoseconds: float) -> int:
    """A duration that was computed, as whole nanoseconds."""
    whole = math.floor(nanoseconds)
    return whole + int(nanoseconds - whole >= 0.5)  # to add a half would be rounded in turn


def all_half_up(nanoseconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """The same of many; what lies beyond NEVER, infinite or not, is NEVER."""
    at_most = np.minimum(nanoseconds, NEVER)
    whole = np.floor(at_most)
    return whole.astype(np.int64) + (at_most - whole >= 0.5)


def seconds(nanoseconds: int) -> float:
    """At the border: a time as the float nearest to it."""
    return nanoseconds / NS
