"""What is measured of one stream: what was produced, accepted, throttled and dropped, in time and by shard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.measures.billed import KIB, PUT_UNIT_BYTES, units
from simulator.measures.grid import Series
from simulator.model.log import Table
from simulator.model.portions import portions
from simulator.model.stream import Arrivals

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class StreamMeasures:
    """Counts and series of one stream. Records from before t = 0 are counted, but have no row."""

    def __init__(self, shards: int) -> None:
        self.shards = shards
        self.produced_total = self.dropped_total = self.throttled_total = 0
        self.accepted_before = 0  # t = 0
        self.put_units = self.kib = 0  # of the accepted records, each rounded up to 25 KiB and to 1 KiB
        self.produced, self.accepted, self.accepted_bytes, self.throttled = Series(), Series(), Series(), Series()
        self.records_by_shard = np.zeros(shards, np.int64)
        self.bytes_by_shard = np.zeros(shards, np.int64)
        self.throttled_by_shard = np.zeros(shards, np.int64)
        self.load = np.zeros((0, shards), np.int64)  # accepted records by row and shard

    def series(self) -> list[Series]:
        """All that has rows, but for `load`."""
        return [self.produced, self.accepted, self.accepted_bytes, self.throttled]

    def arrived(self, arrivals: Arrivals, end_s: float, interval_s: float) -> None:
        """Count what came in a window that ended at `end_s`."""
        produced, table = arrivals.produced_s, arrivals.tables[1]
        self.produced_total += len(produced)
        self.dropped_total += arrivals.dropped
        self.throttled_total += len(arrivals.throttled_s)
        self.throttled_by_shard += np.bincount(arrivals.throttled_shard, minlength=self.shards)
        self.throttled.add(_rows(arrivals.throttled_s, interval_s))
        accepted = self._accept(table, end_s, interval_s)
        if table.accepted_s is table.produced_s and len(table) == len(produced):
            self.produced.add_sums(accepted)  # each when it was produced
        else:
            self.produced.add(_rows(produced, interval_s))

    def _accept(self, table: Table, end_s: float, interval_s: float) -> Integers:
        """Count what was accepted by `end_s`; how much in each row."""
        starts, accepted, size = np.array(table.starts), table.accepted_s, table.bytes
        if len(accepted) and accepted.max() > end_s:  # the run ended before the window did
            in_time = accepted <= end_s
            starts = np.concatenate(([0], np.cumsum(in_time)))[starts]
            accepted, size = accepted[in_time], size if isinstance(size, int) else size[in_time]
        self.put_units += units(size, len(accepted), PUT_UNIT_BYTES)
        self.kib += units(size, len(accepted), KIB)
        runs = _runs(accepted, starts, interval_s)
        shard = np.repeat(np.arange(self.shards), np.diff(np.searchsorted(runs, starts)))
        records = np.diff(runs, append=len(accepted))
        bytes_ = records * size if isinstance(size, int) else np.add.reduceat(size, runs) if len(runs) else records
        self.records_by_shard += np.diff(starts)
        self.bytes_by_shard += np.bincount(shard, bytes_, self.shards).astype(np.int64)
        if not len(accepted) or accepted[0] < 0:
            self.accepted_before += len(accepted)
            return np.zeros(0, np.int64)
        row = _rows(accepted[runs], interval_s)
        self._add_load(row, shard, records)
        self.accepted_bytes.add(row, bytes_)
        by_row = np.bincount(row, records).astype(np.int64)
        self.accepted.add_sums(by_row)
        return by_row

    def _add_load(self, row: Integers, shard: Integers, records: Integers) -> None:
        more = row.max() + 1 - len(self.load)
        if more > 0:
            self.load = np.concatenate((self.load, np.zeros((more, self.shards), np.int64)))
        self.load[row, shard] += records

    def halve(self) -> None:
        """Two rows become one."""
        for series in self.series():
            series.halve()
        odd = np.zeros((len(self.load) % 2, self.shards), np.int64)
        self.load = np.concatenate((self.load, odd)).reshape(-1, 2, self.shards).sum(axis=1)


def _runs(accepted_s: Floats, starts: Integers, interval_s: float) -> Integers:
    """Where the records of one shard and row of time begin, in the order of the table; shards begin at `starts`."""
    begins = np.ones(len(accepted_s), bool)
    for some in portions(len(accepted_s)):
        row = (accepted_s[max(0, some.start - 1) : some.stop] * (1 / interval_s)).astype(np.int64)
        begins[some.stop - len(row) + 1 : some.stop] = row[1:] != row[:-1]
    begins[starts[:-1][np.diff(starts) > 0]] = True
    return np.flatnonzero(begins)


def _rows(times_s: Floats, interval_s: float) -> Integers:
    times_s = times_s[times_s >= 0] if len(times_s) and times_s.min() < 0 else times_s
    return (times_s * (1 / interval_s)).astype(np.int64)
