"""What is measured of one mapping, window by window."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.attempts import Attempts
from simulator.measures.billed import BilledWork
from simulator.measures.grid import Peaks, Series
from simulator.measures.histogram import Histogram, RowHistograms
from simulator.measures.parts import PARTS, parts_s
from simulator.measures.queueing import busy_at_acceptance, busy_edges, busy_so_far
from simulator.measures.records import Processed, processed
from simulator.model.function import ERROR, OK, TIMEOUT
from simulator.model.log import Table
from simulator.model.losses import LOSSES
from simulator.model.mapping import Mapping

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
RECORDS_AT_ONCE: Final = 1 << 17  # bounds the memory that a window of catching up takes


class MappingMeasures:
    """Counts, histograms and series of one mapping. Rows of series are numbered by the interval that is passed in."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping, self.warmup_s = mapping, mapping.warmup_s
        self.busy_s = np.zeros(mapping.shards * mapping.lanes_a_shard)  # of each lane, at the beginning of the window
        self.latency, self.age, self.age_at_send = Histogram(), Histogram(), Histogram()
        self.latency_rows, self.age_rows = RowHistograms(), RowHistograms()
        self.latency_peaks, self.age_peaks = Peaks(), Peaks()
        self.parts_s = np.zeros(len(PARTS))  # after the warm-up, added up over records
        self.part_rows = [Series() for _ in PARTS]
        self.ended = Series()  # records processed or lost
        self.processed, self.done_again = Series(), Series()
        self.attempts, self.errors, self.throttles = Series(), Series(), Series()
        self.lost = [Series() for _ in LOSSES]
        self.counts = dict.fromkeys(("attempts", "errors", "timeouts", "partial", "throttles", "cold_starts"), 0)
        self.billed = BilledWork()
        self.processed_by_shard = np.zeros(mapping.shards, np.int64)
        self.age_by_shard = np.zeros(mapping.shards)

    def series(self) -> list[Series | Peaks | RowHistograms]:
        """All that has rows."""
        return [
            self.latency_rows, self.age_rows, self.latency_peaks, self.age_peaks, *self.part_rows, self.ended,
            self.processed, self.done_again, self.attempts, self.errors, self.throttles, *self.lost,
        ]  # fmt: skip

    def records_accepted(self, table: Table, begin_s: float, end_s: float) -> None:
        """Note for each record of the window's table how busy its lane had been when it was accepted."""
        mapping = self.mapping
        edges = busy_edges(mapping, begin_s)
        mapping.batches.clear()
        after = busy_so_far(mapping, end_s)
        busy = busy_at_acceptance(table, edges, begin_s, self.busy_s, end_s, after)
        self.busy_s = after
        if busy is None:
            return
        for lane in mapping.lanes.values():
            for segment in reversed(lane.segments):  # the newest
                if segment.table is not table:
                    break
                segment.busy_s = busy

    def attempts_finished(self, attempts: Attempts, interval_s: float) -> None:
        """Measure attempts and the records that they processed."""
        if not len(attempts):
            return
        self._count(attempts, interval_s)
        self.billed.add(attempts)
        self._ages(attempts, interval_s)
        for some in attempts.portions(RECORDS_AT_ONCE):
            done = processed(some, self.mapping.lanes)
            if done is not None:
                self._latencies(done, interval_s)

    def throttled(self, interval_s: float) -> None:
        """Count the throttles of a window."""
        times = np.array(self.mapping.throttle_times)
        self.mapping.throttle_times.clear()
        self.counts["throttles"] += len(times)
        self.throttles.add((times / interval_s).astype(np.int64))

    def lose(self, interval_s: float) -> None:
        """Count the records that a window has lost."""
        losses = np.array(self.mapping.losses).reshape(-1, 3)
        self.mapping.losses.clear()
        rows = (losses[:, 0] / interval_s).astype(np.int64)
        self.ended.add(rows, losses[:, 2])
        for kind, series in enumerate(self.lost):
            of_kind = losses[:, 1] == kind
            series.add(rows[of_kind], losses[of_kind, 2])

    def _count(self, attempts: Attempts, interval_s: float) -> None:
        rows = (attempts.finished_s / interval_s).astype(np.int64)
        outcome, done = attempts.outcome, (attempts.done - attempts.low).astype(float)
        failed = (outcome == ERROR) | (outcome == TIMEOUT)
        self.attempts.add(rows)
        self.errors.add(rows[failed])
        self.processed.add(rows, done)
        self.ended.add(rows, done)
        self.done_again.add(rows, (attempts.high - attempts.done).astype(float))
        counts = self.counts
        counts["attempts"] += len(attempts)
        counts["errors"] += int(failed.sum())
        counts["timeouts"] += int((outcome == TIMEOUT).sum())
        counts["partial"] += int(((outcome != OK) & ~failed).sum())
        counts["cold_starts"] += int(attempts.cold_start.sum())

    def _ages(self, attempts: Attempts, interval_s: float) -> None:
        age = attempts.finished_s - attempts.last_accepted_s
        rows = (attempts.finished_s / interval_s).astype(np.int64)
        shard = attempts.lane // self.mapping.lanes_a_shard
        self.age_rows.add(rows, 1, age)
        self.age_peaks.add(rows, age)
        np.maximum.at(self.age_by_shard, shard, age)
        warm = attempts.last_accepted_s >= self.warmup_s
        self.age.add(age[warm])
        self.age_at_send.add((attempts.started_s - attempts.last_accepted_s)[warm])

    def _latencies(self, done: Processed, interval_s: float) -> None:
        rows = (done.attempts.finished_s / interval_s).astype(np.int64)
        shard = done.attempts.lane // self.mapping.lanes_a_shard
        self.processed_by_shard += np.bincount(shard, done.records, self.mapping.shards).astype(np.int64)
        parts = parts_s(done, done.attempts.column("batching_s"))
        for series, sums in zip(self.part_rows, parts.T, strict=True):
            series.add(rows, sums)
        latency = done.latency_s
        ends = np.cumsum(done.records)
        self.latency_peaks.add(rows, np.maximum.reduceat(latency, ends - done.records))
        counts = self.latency_rows.add(rows, done.records, latency)
        if done.accepted_s.min() >= self.warmup_s:
            self.latency.counts += counts
            self.latency.note(latency)
            self.parts_s += parts.sum(axis=0)
        else:
            self._after_warmup(done)

    def _after_warmup(self, done: Processed) -> None:
        """The summary leaves out the records accepted before the end of the warm-up: the first ones of an attempt."""
        warm = done.accepted_s >= self.warmup_s
        self.latency.add(done.latency_s[warm])
        records = np.add.reduceat(warm, np.cumsum(done.records) - done.records, dtype=np.int64)
        some = records > 0
        if some.any():
            rest = Processed(
                done.attempts.where(some),
                records[some],
                done.produced_s[warm],
                done.accepted_s[warm],
                done.busy_s[warm],
            )
            self.parts_s += parts_s(rest, rest.attempts.column("batching_warm_s")).sum(axis=0)
