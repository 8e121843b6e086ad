"""How far a mapping is behind: the age of its oldest record that has not ended, exact at every instant."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.measures.times import Times, Window
from simulator.traffic.log import Integers


class Lag:
    """lag(t): the age at t, since production, of the oldest record not skipped that has not ended; 0 without any.

    From t = 0 on. A record that ends at t has ended at t.
    """

    def __init__(self, interval_ns: int, limit_ns: int, at_ns: Sequence[int] = ()) -> None:
        """`limit_ns`: the mapping is behind while lag exceeds it; `at_ns`: times, ascending, at which lag is asked for."""
        raise NotImplementedError

    def observe(self, window: Window, times: Times) -> None:
        """Take a window that `times` has observed."""
        raise NotImplementedError

    def peaks_ns(self, rows: int) -> Integers:
        """The greatest lag in each of the first rows of the time series."""
        raise NotImplementedError

    @property
    def peak_ns(self) -> int:
        """The greatest of all."""
        raise NotImplementedError

    @property
    def values_ns(self) -> list[int]:
        """lag at each of the times asked for; those after the end of the run are left out."""
        raise NotImplementedError

    @property
    def behind_ns(self) -> list[tuple[int, int]]:
        """The stretches of time in which lag exceeds the limit, in order; those that touch are one."""
        raise NotImplementedError
