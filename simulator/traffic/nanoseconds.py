"""Time inside a run: whole nanoseconds from its start, int64 (docs/model.md, section 19)."""

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
    return math.floor(nanoseconds + 0.5)


def all_half_up(nanoseconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """The same of many."""
    return np.floor(nanoseconds + 0.5).astype(np.int64)


def seconds(nanoseconds: int) -> float:
    """At the border: a time as the float nearest to it."""
    return nanoseconds / NS
