"""What is counted by shard: amounts, the busiest second of each, and the load over time."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.measures.grid import nice_interval_ns
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS

LOAD_ROWS: Final = 120


def grown(by_shard: Integers, shards: int, value: int = 0) -> Integers:
    """The same with a place for each of so many shards."""
    return np.concatenate((by_shard, np.full(max(0, shards - len(by_shard)), value)))


class BusiestSecond:
    """By shard, the most of something that came in one whole second [k, k + 1)."""

    def __init__(self) -> None:
        self._most: Integers = np.zeros(0, np.int64)
        self._open: Integers = np.zeros((0, 2), np.int64)  # by shard: the last second, and what came in it

    @classmethod
    def of(cls, most: Integers) -> BusiestSecond:
        """Of what was counted elsewhere."""
        busiest = cls()
        busiest._most = most
        return busiest

    def add(self, times_ns: Integers, shard: Integers, amounts: Integers) -> None:
        """Take what came in a window, in order of shard, then of time."""
        if not len(times_ns):
            return
        shards = int(shard[-1]) + 1
        self._most = grown(self._most, shards)
        self._open = np.pad(self._open, ((0, max(0, shards - len(self._open))), (0, 0)))
        second = times_ns // NS
        starts = np.flatnonzero((np.diff(shard, prepend=-1) != 0) | (np.diff(second, prepend=second[0]) != 0))
        seen, whose = np.column_stack((second[starts], np.add.reduceat(amounts, starts))), shard[starts]
        first = np.flatnonzero(np.diff(whose, prepend=-1))
        goes_on = first[seen[first, 0] == self._open[whose[first], 0]]
        seen[goes_on, 1] += self._open[whose[goes_on], 1]
        np.maximum.at(self._most, whose, seen[:, 1])
        last = np.append(first[1:], len(whose)) - 1
        self._open[whose[last]] = seen[last]

    def upto(self, shards: int) -> Integers:
        """Of the first shards; 0 where nothing came."""
        return grown(self._most, shards)[:shards]


class ShardLoad:
    """Records accepted from 0 on by row of time and shard; rows double in length when there come to be many."""

    def __init__(self, traffic_ns: int) -> None:
        self.interval_ns = nice_interval_ns(traffic_ns, traffic_ns, LOAD_ROWS)
        self.values: Integers = np.zeros((0, 0), np.int64)  # by row and shard

    def add(self, accepted_ns: Integers, shard: Integers, shards: int) -> None:
        """Take records, accepted from 0 on."""
        self.values = np.pad(self.values, ((0, 0), (0, shards - self.values.shape[1])))
        if not len(accepted_ns):
            return
        while int(accepted_ns.max()) // self.interval_ns >= 2 * LOAD_ROWS:
            self._halve()
        row = accepted_ns // self.interval_ns
        first, end = int(row.min()), int(row.max()) + 1
        self.values = np.pad(self.values, ((0, max(0, end - len(self.values))), (0, 0)))
        cells = np.bincount((row - first) * shards + shard, minlength=(end - first) * shards)
        self.values[first:end] += cells.reshape(-1, shards)

    def keep(self, shards: int) -> None:
        """Only those of the first shards: the others opened after the run."""
        self.values = self.values[:, :shards]

    def _halve(self) -> None:
        self.interval_ns *= 2
        even = np.pad(self.values, ((0, len(self.values) % 2), (0, 0)))
        self.values = even.reshape(-1, 2, even.shape[1]).sum(axis=1)

    def rows_until(self, end_ns: int) -> tuple[int, Integers]:
        """The interval, and the records of the rows up to the end of a run."""
        together = -(-end_ns // (2 * self.interval_ns * LOAD_ROWS))
        interval_ns = together * self.interval_ns
        missing = together * -(-end_ns // interval_ns) - len(self.values)
        padded = np.pad(self.values, ((0, missing), (0, 0)))
        return interval_ns, padded.reshape(-1, together, padded.shape[1]).sum(axis=1)
