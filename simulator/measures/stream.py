"""What is measured of one stream: what was produced, accepted, throttled and dropped, in time and by shard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.measures.billed import KIB, PUT_UNIT_BYTES, units
from simulator.measures.grid import Series
from simulator.model.log import Table
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
        records = np.diff(table.starts)
        shard = np.repeat(np.arange(self.shards), records)
        accepted, size = table.accepted_s, np.broadcast_to(np.asarray(table.bytes), len(table))
        if len(accepted) and accepted.max() > end_s:  # the run ended before the window did
            in_time = accepted <= end_s
            accepted, size, shard = accepted[in_time], size[in_time], shard[in_time]
            records = np.bincount(shard, minlength=self.shards)
        self.records_by_shard += records
        sizes = table.bytes if isinstance(table.bytes, int) else size
        self.put_units += units(sizes, len(accepted), PUT_UNIT_BYTES)
        self.kib += units(sizes, len(accepted), KIB)
        if isinstance(table.bytes, int):
            self.bytes_by_shard += records * table.bytes
        else:
            self.bytes_by_shard += np.bincount(shard, size, self.shards).astype(np.int64)
        if not len(accepted) or accepted.max() < 0:
            self.accepted_before += len(accepted)
            return np.zeros(0, np.int64)
        rows = _rows(accepted, interval_s)
        by_row = self._add_load(rows, shard)
        self.accepted.add_sums(by_row)
        if isinstance(table.bytes, int):
            self.accepted_bytes.add_sums(by_row * table.bytes)
        else:
            self.accepted_bytes.add(rows, size)
        return by_row

    def _add_load(self, rows: Integers, shard: Integers) -> Integers:
        first, last = int(rows.min()), int(rows.max())
        height = last - first + 1
        load = np.bincount((rows - first) * self.shards + shard, minlength=height * self.shards)
        load = load.reshape(height, self.shards)
        if last >= len(self.load):
            self.load = np.concatenate((self.load, np.zeros((last + 1 - len(self.load), self.shards), np.int64)))
        self.load[first : last + 1] += load
        return np.concatenate((np.zeros(first, np.int64), load.sum(axis=1)))

    def halve(self) -> None:
        """Two rows become one."""
        for series in self.series():
            series.halve()
        odd = np.zeros((len(self.load) % 2, self.shards), np.int64)
        self.load = np.concatenate((self.load, odd)).reshape(-1, 2, self.shards).sum(axis=1)


def _rows(times_s: Floats, interval_s: float) -> Integers:
    times_s = times_s[times_s >= 0] if len(times_s) and times_s.min() < 0 else times_s
    return (times_s * (1 / interval_s)).astype(np.int64)
