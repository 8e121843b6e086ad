"""What was ordinary before an incident, on rows of time that are the same whatever the interval of the time series."""

from __future__ import annotations

from typing import Final

from simulator.measures.grid import Peaks
from simulator.traffic.log import Integers

ROWS: Final = 30  # before an incident: of about 600 that the traffic has


class Ordinary:
    """The highest latency and backlog of a mapping, and its highest iterator age, by row."""

    def __init__(self, interval_ns: int, backlog: Peaks) -> None:
        self.interval_ns, self.backlog = interval_ns, backlog
        self.latency_ns, self.age_ns = Peaks(), Peaks()

    def before(self, time_ns: int) -> tuple[int, int]:
        """The highest latency and backlog of the ROWS rows before the one of a time; 0 without any."""
        row = time_ns // self.interval_ns
        return _highest(self.latency_ns.values, row), _highest(self.backlog.values, row)


def _highest(values: Integers, row: int) -> int:
    return max(0, int(values[max(0, row - ROWS) : row].max(initial=0)))
