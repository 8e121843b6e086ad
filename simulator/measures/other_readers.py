"""What is measured of another reader: its calls, what it reads, and how far it is behind (docs/model.md, 16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.measures.grid import Series, Stretch
from simulator.measures.lag import Lag
from simulator.measures.portions import together
from simulator.measures.reads import Reads
from simulator.model.facts import Facts, Poll
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard


class OtherReaderMeasures:
    """Measures of one other reader; `reads` by shard, the other series by row of time. Data alone.

    `lag`: the age, since its acceptance, of the oldest record that it has not read.
    """

    def __init__(self, starts_ns: int, retention_ns: int, interval_ns: int) -> None:
        self.reads = Reads()
        self.calls, self.refused, self.skipped, self.records, self.bytes = (Series() for _ in range(5))
        self.records_total = 0
        self.lag = Lag(interval_ns, NEVER)
        self._starts_ns, self._retention_ns = starts_ns, retention_ns
        self._next: Integers = np.zeros(0, np.int64)  # by shard: the place of the first record not yet read

    @classmethod
    def of(cls, interval_ns: int, lag: Lag, rows: Any, reads: Any) -> OtherReaderMeasures:
        """Of what the kernel has counted: by row of time, from t = 0 on, and by shard (see simulator.kernel.blocks)."""
        found = cls(0, 0, interval_ns)
        names = ("calls", "refused", "skipped", "records", "bytes")
        found.calls, found.refused, found.skipped, found.records, found.bytes = (
            Series.of(rows[name].copy()) for name in names
        )
        found.reads.calls, found.reads.refused, found.reads.skipped, found.reads.bytes = (
            Series.of(reads[name].copy()) for name in ("calls", "refused", "skipped", "bytes")
        )
        found.records_total, found.lag = int(rows["records"].sum()), lag
        return found

    def observe(self, stretch: Stretch, shards: Sequence[Shard], facts: Facts) -> None:
        """Take a window: the shards of its stream, and the facts of this reader alone."""
        self.reads.observe(stretch, shards, facts)
        self._count(stretch, facts.polls)
        self._next = np.concatenate((self._next, np.zeros(len(shards) - len(self._next), np.int64)))
        self._next = np.maximum(self._next, [shard.log.first for shard in shards])  # what is forgotten it skips
        accepted, ended = self._read(shards, facts.polls)
        left, expires = self._left(shards, stretch.until_ns)
        if stretch.begin_ns >= 0:
            born_ns, ended_ns = np.concatenate((accepted, left)), np.concatenate((ended, expires))
            order = np.argsort(born_ns, kind="stable")
            self.lag.follow(stretch, born_ns[order], ended_ns[order])

    def _count(self, stretch: Stretch, polls: Sequence[Poll]) -> None:
        rows = stretch.rows(np.array([poll.at_ns for poll in polls], np.int64))
        result = np.array([poll.result for poll in polls], "U8")
        called, refused = result == "called", (result == "no_call") | (result == "no_bytes")
        records = np.array([poll.end - poll.first for poll in polls], np.int64)
        self.calls.add(rows[called])
        self.refused.add(rows[refused])
        self.skipped.add(rows[~called & ~refused])
        self.records.add(rows, records)
        self.bytes.add(rows, np.array([poll.bytes for poll in polls], np.int64))
        self.records_total += int(records.sum())

    def _read(self, shards: Sequence[Shard], polls: Sequence[Poll]) -> tuple[Integers, Integers]:
        """When records were accepted that polls have read or found gone, and when they were read, or went."""
        accepted, ended = [], []
        for poll in polls:
            if poll.end > poll.first:
                log, before = shards[poll.shard].log, int(self._next[poll.shard])
                passed = log.of(log.kept.accepted_ns, slice(before, poll.end))
                accepted.append(passed)
                ended.append(np.minimum(poll.at_ns, passed + self._retention_ns))
                self._next[poll.shard] = poll.end
        return self._not_skipped(together(accepted), together(ended))

    def _left(self, shards: Sequence[Shard], until_ns: int) -> tuple[Integers, Integers]:
        """When records were accepted that are left, and when they will be gone: the first of each shard, and others."""
        found = []
        for shard, first in zip(shards, self._next.tolist(), strict=True):
            accepted_ns = shard.log.of(shard.log.kept.accepted_ns, slice(first, shard.log.end))
            gone = int(np.searchsorted(accepted_ns, until_ns - self._retention_ns))
            skipped = int(np.searchsorted(accepted_ns, self._starts_ns, "right"))
            found.append(accepted_ns[skipped : max(gone, skipped) + 1])
        accepted_ns = together(found)
        return accepted_ns, accepted_ns + self._retention_ns

    def _not_skipped(self, accepted_ns: Integers, ended_ns: Integers) -> tuple[Integers, Integers]:
        read = accepted_ns > self._starts_ns
        return accepted_ns[read], ended_ns[read]
