"""The greatest iterator age by row of time, the same whatever the interval of the time series."""

from __future__ import annotations

from simulator.measures.grid import Peaks
from simulator.traffic.log import Integers


class AgesByRow:
    """Of one mapping."""

    def __init__(self, interval_ns: int) -> None:
        self.interval_ns = interval_ns
        self.peaks_ns = Peaks()

    def add(self, times_ns: Integers, age_ns: Integers) -> None:
        """Take an age at each of some times."""
        self.peaks_ns.add(times_ns // self.interval_ns, age_ns)
