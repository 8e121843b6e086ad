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


class BusiestSeconds:
    """By shard, the most records and the most bytes that were offered in one whole second [k, k + 1)."""

    def __init__(self) -> None:
        self.records: Integers = np.zeros(0, np.int64)
        self.bytes: Integers = np.zeros(0, np.int64)
        self._open: Integers = np.zeros((0, 3), np.int64)  # by shard: the last second, its records, its bytes

    def add(self, produced_ns: Integers, shard: Integers, bytes_: Integers, shards: int) -> None:
        """Take the records of a window, in order of shard, then of production."""
        self.records, self.bytes = grown(self.records, shards), grown(self.bytes, shards)
        self._open = np.concatenate((self._open, np.zeros((shards - len(self._open), 3), np.int64)))
        if not len(produced_ns):
            return
        second = produced_ns // NS
        starts = np.flatnonzero((np.diff(shard, prepend=-1) != 0) | (np.diff(second, prepend=second[0]) != 0))
        seen = np.column_stack(
            (second[starts], np.diff(starts, append=len(second)), np.add.reduceat(bytes_, starts))
        )  # fmt: skip
        whose = shard[starts]
        first = np.flatnonzero(np.diff(whose, prepend=-1))
        goes_on = first[seen[first, 0] == self._open[whose[first], 0]]
        seen[goes_on, 1:] += self._open[whose[goes_on], 1:]
        np.maximum.at(self.records, whose, seen[:, 1])
        np.maximum.at(self.bytes, whose, seen[:, 2])
        last = np.append(first[1:], len(whose)) - 1
        self._open[whose[last]] = seen[last]

    def keep(self, shards: int) -> None:
        """Only those of the first shards: the others opened after the run."""
        self.records, self.bytes, self._open = self.records[:shards], self.bytes[:shards], self._open[:shards]


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
