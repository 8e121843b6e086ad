"""The rows of the time series: equal intervals of simulated time from 0 on, and whole numbers in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.measures.wide import LIMIT, seconds
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS

ROWS: Final = 600
MOST_ROWS: Final = 100_000
NICE_S: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
NICE_NS: Final = (
    *(step * 10**power for power in range(9) for step in (1, 2, 5)),
    *(step * NS for step in NICE_S),
)
DAY_NS: Final = 86_400 * NS
NONE: Final = -1  # the peak of a row that has none


def nice_interval_ns(traffic_ns: int, longest_ns: int, rows: int = ROWS) -> int:
    """An interval that people like: the shortest that gives at most `rows` for the traffic, and MOST_ROWS for a run."""
    wanted = max(-(-traffic_ns // rows), -(-longest_ns // MOST_ROWS))
    return next((each for each in NICE_NS if each >= wanted), -(-wanted // DAY_NS) * DAY_NS)


@dataclass(frozen=True)
class Stretch:
    """A window of time: [begin, end), the last one of a run [begin, end]; and the interval of rows."""

    begin_ns: int
    end_ns: int
    last: bool
    interval_ns: int

    @property
    def until_ns(self) -> int:
        """What is before this has come to pass."""
        return self.end_ns + self.last

    @property
    def closed_rows(self) -> int:
        """Rows before this one are over."""
        return self.end_ns // self.interval_ns + self.last

    def rows(self, times_ns: Integers) -> Integers:
        """The row of each time; negative before 0. The very end of a run belongs to its last row."""
        rows: Integers = np.minimum(times_ns, self.end_ns - 1) // self.interval_ns
        return rows


class Series:
    """Whole numbers added up row by row, exactly; rows appear as they are needed."""

    def __init__(self) -> None:
        self.values: Integers = np.zeros(0, np.int64)
        self._most = 0  # no sum of the values is farther from 0

    @classmethod
    def of(cls, values: Integers) -> Series:
        """Of rows that have been added up elsewhere."""
        series = cls()
        series.values = values
        return series

    def add(self, rows: Integers, weights: Integers | None = None) -> None:
        """Add to each given row its weight, or 1. Rows before 0 are left out."""
        if len(rows) and rows.min() < 0:
            weights = None if weights is None else weights[rows >= 0]
            rows = rows[rows >= 0]
        if not len(rows):
            return
        self._widen(rows, weights)
        if weights is None:
            counts = np.bincount(rows)
            self.values[: len(counts)] += counts
        else:
            np.add.at(self.values, rows, weights)

    def _widen(self, rows: Integers, weights: Integers | None) -> None:
        more = int(rows.max()) + 1 - len(self.values)
        if more > 0:
            self.values = np.concatenate((self.values, np.zeros(more, self.values.dtype)))
        self._most += len(rows) * (1 if weights is None else max(int(weights.max()), -int(weights.min())))
        if self._most >= LIMIT and self.values.dtype != object:
            self.values = self.values.astype(object)

    def upto(self, rows: int) -> Integers:
        """The first rows; those that never appeared are 0."""
        return np.concatenate((self.values[:rows], np.zeros(max(0, rows - len(self.values)), np.int64)))


class Peaks:
    """The greatest number, 0 or more, of each row."""

    def __init__(self) -> None:
        self.values: Integers = np.zeros(0, np.int64)

    @classmethod
    def of(cls, values: Integers) -> Peaks:
        """Of rows whose peaks were found elsewhere."""
        peaks = cls()
        peaks.values = values
        return peaks

    def add(self, rows: Integers, values: Integers) -> None:
        """Take a value into each given row. Rows before 0 are left out."""
        if len(rows) and rows.min() < 0:
            values, rows = values[rows >= 0], rows[rows >= 0]
        if len(rows):
            more = int(rows.max()) + 1 - len(self.values)
            if more > 0:
                self.values = np.concatenate((self.values, np.full(more, NONE)))
            np.maximum.at(self.values, rows, values)

    def upto(self, rows: int) -> Integers:
        """The first rows; NONE where nothing was added."""
        return np.concatenate((self.values[:rows], np.full(max(0, rows - len(self.values)), NONE)))

    def seconds_upto(self, rows: int) -> Floats:
        """The first rows of peaks in nanoseconds, as seconds; NaN where nothing was added."""
        values = self.upto(rows)
        return np.where(values == NONE, np.nan, seconds(values))
