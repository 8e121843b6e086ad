"""What is measured of one stream: what was produced, accepted, throttled and dropped, in time and by shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.kernel.blocks import OfStream
from simulator.measures.billed import KIB, PUT_UNIT_BYTES, units
from simulator.measures.by_shard import BusiestSecond, ShardLoad
from simulator.measures.grid import Series, Stretch
from simulator.measures.level import Level
from simulator.measures.run_times import RunTimes
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.requests import Request
from simulator.traffic.shards import Shard
from simulator.traffic.written import Produced, Written


@dataclass(frozen=True)
class Accepted:
    """The records that a stream accepted in a window, shard after shard."""

    produced_ns: Integers
    accepted_ns: Integers
    bytes: Integers
    shard: Integers


@dataclass(frozen=True)
class Span:
    """When a shard was open. Times are nanoseconds from the start of the run."""

    parents: tuple[int, ...]
    opens_ns: int
    closes_ns: int  # NEVER: it was open when the run ended


def span_of(shard: Shard, last_ns: int) -> Span:
    """The span of a shard, of a run that ends at a time."""
    closes = shard.closes_ns is not None and shard.closes_ns <= last_ns
    return Span(shard.parents, shard.opens_ns, shard.closes_ns if closes and shard.closes_ns is not None else NEVER)


class StreamMeasures:
    """Counts and series of one stream. Records from before t = 0 are counted, but have no row."""

    def __init__(self, begin_ns: int, duration_ns: int) -> None:
        """Traffic comes from `begin_ns` to `duration_ns`."""
        self.produced_total = self.dropped_total = self.throttled_total = 0
        self.put_units = self.kib = 0  # of the accepted records, each rounded up to 25 KiB and to 1 KiB
        self.produced, self.accepted, self.accepted_bytes, self.throttled = Series(), Series(), Series(), Series()
        self.unwritten = Level()  # records that wait at their producers
        self.spans: list[Span] = []  # by shard
        self.requests: list[Request] = []
        self._offered, self._offered_bytes, self._records, self._bytes, self._throttled = (Series() for _ in range(5))
        self._busiest_records, self._busiest_bytes, self._busiest_calls = (BusiestSecond() for _ in range(3))
        self.load = ShardLoad(duration_ns)
        self._begin_ns, self._duration_ns = begin_ns, duration_ns

    @classmethod
    def of(
        cls, run: RunTimes, found: OfStream, unwritten: Level, changes: tuple[list[Span], list[Request]]
    ) -> StreamMeasures:
        """Of what the kernel has counted; `changes`: spans by shard, and requests in order of time."""
        stream, totals, shards = cls(run.begin_ns, run.duration_ns), found.totals[0], found.shards
        stream.produced_total, stream.dropped_total = int(totals["produced"]), int(totals["dropped"])
        stream.throttled_total = int(totals["throttled"])
        stream.put_units, stream.kib = int(totals["put_units"]), int(totals["kib"])
        names = ("produced", "accepted", "accepted_bytes", "throttled")
        stream.produced, stream.accepted, stream.accepted_bytes, stream.throttled = (
            Series.of(found.rows[name][1:].copy()) for name in names
        )
        stream._offered, stream._offered_bytes, stream._records, stream._bytes, stream._throttled = (
            Series.of(shards[name].copy()) for name in ("offered", "offered_bytes", "records", "bytes", "throttled")
        )
        stream._busiest_records, stream._busiest_bytes, stream._busiest_calls = (
            BusiestSecond.of(shards[f"busiest_{what}"].copy()) for what in ("records", "bytes", "calls")
        )
        stream.load.interval_ns = int(totals["load_interval_ns"])
        stream.load.values = found.load.reshape(-1, int(totals["load_stride"]))[:, : len(shards)]
        stream.unwritten, (stream.spans, stream.requests) = unwritten, changes
        return stream

    @property
    def shards(self) -> int:
        """How many shards there have been."""
        return len(self.spans)

    @property
    def open_ns(self) -> Integers:
        """By shard: how long it was open while traffic came."""
        opens = np.array([each.opens_ns if each.opens_ns > 0 else self._begin_ns for each in self.spans], np.int64)
        closes = np.array([each.closes_ns for each in self.spans], np.int64)
        open_: Integers = np.maximum(np.minimum(closes, self._duration_ns) - opens, 0)
        return open_

    @property
    def closes_ns(self) -> Integers:
        """When shards closed, in order; NEVER for those that were open when the run ended."""
        return np.sort(np.array([span.closes_ns for span in self.spans], np.int64))

    def open_shards(self, times_ns: Integers) -> Integers:
        """How many shards were open at some times, from t = 0 on."""
        opens_ns = np.sort(np.array([span.opens_ns for span in self.spans], np.int64))
        opened, closed = (np.searchsorted(each, times_ns, "right") for each in (opens_ns, self.closes_ns))
        open_: Integers = opened - closed
        return open_

    @property
    def offered_by_shard(self) -> Integers:
        """Records that were produced for each shard, those dropped or not yet accepted, too."""
        return self._offered.upto(self.shards)

    @property
    def offered_bytes_by_shard(self) -> Integers:
        """Their bytes."""
        return self._offered_bytes.upto(self.shards)

    @property
    def records_by_shard(self) -> Integers:
        """Records that each shard accepted."""
        return self._records.upto(self.shards)

    @property
    def bytes_by_shard(self) -> Integers:
        """Their bytes."""
        return self._bytes.upto(self.shards)

    @property
    def throttled_by_shard(self) -> Integers:
        """Records produced for each shard that had to wait or were dropped."""
        return self._throttled.upto(self.shards)

    @property
    def busiest_records_by_shard(self) -> Integers:
        """Records that were produced for each shard in the whole second in which most were."""
        return self._busiest_records.upto(self.shards)

    @property
    def busiest_bytes_by_shard(self) -> Integers:
        """Bytes that were produced for each shard in the whole second in which most were."""
        return self._busiest_bytes.upto(self.shards)

    @property
    def busiest_calls_by_shard(self) -> Integers:
        """GetRecords calls wanted of each shard, by all who poll it, in the whole second in which most were."""
        return self._busiest_calls.upto(self.shards)

    def observe_calls(self, at_ns: Integers, shard: Integers) -> None:
        """Take the GetRecords calls that were wanted in a window, by all who poll the stream, in any order."""
        order = np.lexsort((at_ns, shard))
        self._busiest_calls.add(at_ns[order], shard[order], np.ones_like(shard))

    def observe(self, stretch: Stretch, shards: Sequence[Shard], written: Written) -> Accepted:
        """Count what came in a window."""
        last_ns = stretch.end_ns if stretch.last else NEVER - 1  # what lies behind the run's end did not come to pass
        self.spans = [span_of(shard, last_ns) for shard in shards if shard.opens_ns <= last_ns]
        made = sorted((each for each in written.requests if each.at_ns < last_ns), key=lambda each: each.at_ns)
        self.requests = [each.until(last_ns) for each in made]
        self._count_produced(stretch, written.produced)
        accepted = _accepted(shards, written, stretch.until_ns)
        self._count_accepted(stretch, accepted, len(shards))
        self._count_waiting(stretch, written.produced, accepted)
        if stretch.last:
            self.load.keep(self.shards)
        return accepted

    def _count_produced(self, stretch: Stretch, produced: Produced) -> None:
        self.produced_total += len(produced.produced_ns)
        self.dropped_total += int(produced.dropped.sum())
        self.throttled_total += int(produced.throttled.sum())
        self.produced.add(stretch.rows(produced.produced_ns))
        self.throttled.add(stretch.rows(produced.produced_ns[produced.throttled]))
        self._offered.add(produced.shard)
        self._offered_bytes.add(produced.shard, produced.bytes)
        self._throttled.add(produced.shard[produced.throttled])
        self._busiest_records.add(produced.produced_ns, produced.shard, np.ones_like(produced.shard))
        self._busiest_bytes.add(produced.produced_ns, produced.shard, produced.bytes)

    def _count_accepted(self, stretch: Stretch, accepted: Accepted, shards: int) -> None:
        self.put_units += units(accepted.bytes, PUT_UNIT_BYTES)
        self.kib += units(accepted.bytes, KIB)
        self._records.add(accepted.shard)
        self._bytes.add(accepted.shard, accepted.bytes)
        rows = stretch.rows(accepted.accepted_ns)
        self.accepted.add(rows)
        self.accepted_bytes.add(rows, accepted.bytes)
        if stretch.end_ns > 0:
            self.load.add(np.minimum(accepted.accepted_ns, stretch.end_ns - 1), accepted.shard, shards)

    def _count_waiting(self, stretch: Stretch, produced: Produced, accepted: Accepted) -> None:
        waited = accepted.accepted_ns > accepted.produced_ns
        begin = produced.produced_ns[produced.throttled & ~produced.dropped]
        end = accepted.accepted_ns[waited]
        changes = np.concatenate((np.ones(len(begin), np.int64), np.full(len(end), -1)))
        self.unwritten.advance(stretch, np.concatenate((begin, end)), changes)


def _accepted(shards: Sequence[Shard], written: Written, until_ns: int) -> Accepted:
    """What was accepted before a time: of the last window the logs may hold what comes after the run's end."""
    nothing: Integers = np.zeros(0, np.int64)
    pieces = [(nothing,) * 4]
    for shard, first in zip(shards, written.accepted_from, strict=True):
        log, kept = shard.log, shard.log.kept
        some = slice(first, max(first, log.accepted_before(until_ns)))
        if some.stop > first:
            produced, accepted, size = (log.of(c, some) for c in (kept.produced_ns, kept.accepted_ns, kept.bytes))
            pieces.append((produced, accepted, size, np.full(len(size), shard.number)))
    return Accepted(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
