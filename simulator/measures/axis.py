"""Many lanes on one axis of integers, so that one search finds many times in their lanes.

The lanes lie one after the other: time t of the n-th of them is at n * (length + 1) + t - begin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Integers

Codes = NDArray[np.int8]
LONGEST: Final = 1 << 62


@dataclass(frozen=True)
class Axis:
    """The lanes that have records at some time in [begin_ns, end_ns], one after the other."""

    begin_ns: int
    end_ns: int
    lanes: Integers  # (see Times.lane), ascending

    @property
    def stride(self) -> int:
        """From a lane's beginning to the next one's."""
        return self.end_ns - self.begin_ns + 1

    @cached_property
    def starts(self) -> Integers:
        """The lanes' beginnings."""
        return np.arange(len(self.lanes)) * self.stride

    @cached_property
    def _numbers(self) -> Integers:
        numbers = np.full(int(self.lanes.max()) + 1, -1)
        numbers[self.lanes] = np.arange(len(self.lanes))
        return numbers

    def has(self, lanes: Integers) -> NDArray[np.bool_]:
        """Which of some lanes are on it."""
        return np.isin(lanes, self.lanes)

    def places(self, lanes: Integers, times_ns: Integers) -> Integers:
        """Where times are in lanes that are on it; times outside are at the lane's beginning or end."""
        return self._numbers[lanes] * self.stride + (np.clip(times_ns, self.begin_ns, self.end_ns) - self.begin_ns)

    def times_ns(self, places: Integers) -> Integers:
        """The times at some places."""
        return self.begin_ns + places % self.stride

    def everywhere(self, times_ns: Integers) -> Integers:
        """Where times are in all lanes, ascending if they are."""
        return (self.starts[:, None] + (np.clip(times_ns, self.begin_ns, self.end_ns) - self.begin_ns)).ravel()


class Steps:
    """A step function over an axis: a code holds from its place to the next one's; the first place is 0."""

    def __init__(self, at: Integers, codes: Codes) -> None:
        """Of codes at the same place the last one given holds."""
        order = np.argsort(at, kind="stable")
        self.at, self.codes = at[order], codes[order]

    def holding(self, places: Integers) -> Codes:
        """What holds at each of some places, and behind it."""
        return self.codes[np.searchsorted(self.at, places, "right") - 1]


def stretches(begin_ns: int, end_ns: int, lanes: int) -> Iterator[tuple[int, int]]:
    """A window in stretches of time whose axes, with so many lanes, an int64 can hold."""
    while (end_ns - begin_ns) * lanes > LONGEST:
        yield begin_ns, begin_ns + LONGEST // lanes
        begin_ns += LONGEST // lanes
    yield begin_ns, end_ns
