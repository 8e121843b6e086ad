"""Exact sums of whole numbers: int64 where no sum can overflow, else Python's integers (in arrays of objects)."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS

LIMIT: Final = 2**63


def widened(values: Integers, terms: int) -> Integers:
    """The values, as Python integers if so many of them added up could overflow."""
    if not len(values) or values.dtype == object:
        return values
    most = max(int(values.max()), -int(values.min()))
    return values.astype(object) if most * terms >= LIMIT else values


def sums(values: Integers, starts: Integers) -> Integers:
    """The sums of groups that begin at `starts`, ascending, none of them empty; of no group nothing."""
    if not len(starts):
        return np.zeros(0, np.int64)
    found: Integers = np.add.reduceat(widened(values, len(values)), starts)
    return found


def times(a: Integers, b: Integers) -> Integers:
    """The products of two columns."""
    most = max((abs(int(each)) for each in (b.max(), b.min())), default=0) if len(b) else 0
    product: Integers = widened(a, most) * b
    return product


def seconds(values: Integers) -> Floats:
    """Nanoseconds as seconds."""
    return values.astype(np.float64) / NS
