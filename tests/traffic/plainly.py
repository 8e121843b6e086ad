"""Writing to shards that change, record by record and in fractions: what docs/model.md says in sections 3 and 14."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from simulator.traffic.log import Columns
from simulator.traffic.nanoseconds import NS

NO_ROWS = np.empty(0, np.int64)
NOTHING = Columns(NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS, {}, {})
Range = tuple[int, int]


@dataclass(frozen=True)
class Record:
    number: int
    produced_ns: int
    bytes: int
    hash: int
    drop: bool = False


@dataclass
class Limits:
    """When each bucket of a shard is full again."""

    records: Fraction = Fraction(-(1 << 62))
    bytes: Fraction = Fraction(-(1 << 62))

    def take(self, since_ns: int, size: int) -> tuple[int, int, Limits]:
        """When the record limit lets a record in, when the byte limit does, and the buckets then."""
        let_in, records = _through(since_ns, Fraction(NS, 1000), self.records)
        accepted, bytes_ = _through(let_in, Fraction(size * NS, 2**20), self.bytes)
        return let_in, accepted, Limits(records, bytes_)


def _through(since_ns: int, cost: Fraction, full: Fraction) -> tuple[int, Fraction]:
    full = max(Fraction(since_ns), full) + cost
    waits = full - max(Fraction(NS), cost)
    return max(since_ns, int((waits + Fraction(1, 2)) // 1)), full


@dataclass
class Plainly:
    """The shards of a stream, by number, and who waits. `accepted`: by record its shard and when; or None: dropped."""

    ranges: list[Range]
    accepted: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)  # by record: let in, accepted

    def __post_init__(self) -> None:
        self.open = list(range(len(self.ranges)))
        self.limits = [Limits() for _ in self.ranges]
        self.waiting: dict[int, Record] = {}

    def produce(self, record: Record) -> None:
        self._write(record, record.produced_ns)

    def change(self, at_ns: int, parents: list[int], ranges: list[Range]) -> None:
        """Shards close and others open."""
        for parent in parents:
            self.open.remove(parent)
        self.open += range(len(self.ranges), len(self.ranges) + len(ranges))
        self.ranges += ranges
        self.limits += [Limits() for _ in ranges]
        late = []
        for number, record in sorted(self.waiting.items()):
            shard, accepted_ns = self.accepted[number] or (-1, 0)
            if shard in parents and accepted_ns >= at_ns:
                late.append(record)
        for record in late:
            self._write(record, at_ns)

    def _write(self, record: Record, since_ns: int) -> None:
        shard = next(n for n in self.open if self.ranges[n][0] <= record.hash <= self.ranges[n][1])
        let_in, accepted, limits = self.limits[shard].take(since_ns, record.bytes)
        if record.drop and accepted > record.produced_ns:
            self.accepted[record.number] = None
            return
        self.limits[shard] = limits
        self.accepted[record.number] = shard, accepted
        self.spans[record.number] = let_in, accepted
        if accepted > record.produced_ns:
            self.waiting[record.number] = record
