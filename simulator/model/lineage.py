"""Which shards of its stream a mapping may read, and since when: a child after its parents (docs/model.md, 14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from simulator.model.clock import Clock
from simulator.model.facts import Facts, Finished
from simulator.traffic.shards import Shard


class Reader(Protocol):
    """Who reads one shard."""

    shard: Shard

    def start(self, at_ns: int) -> None:
        """Begin to read at a time."""

    def stop(self) -> None:
        """Read no more: the shard is finished."""


class Lineage:
    """The shards of one stream as one mapping, or another reader, reads them.

    A shard is finished when it is closed, read to its end, and each of its records has ended.
    """

    def __init__(self, clock: Clock, number: int, discovery_ns: int, facts: Facts) -> None:
        """`discovery_ns`: from the end of a shard's parents to its first read."""
        self._clock, self._number, self._discovery_ns, self._facts = clock, number, discovery_ns, facts
        self._readers: list[Reader] = []  # by shard
        self._left: list[int] = []  # by shard: records that have come and not ended
        self._children: dict[int, list[Reader]] = {}
        self._read: set[int] = set()  # shards that are read to their end
        self._finished: set[int] = set()

    def add(self, readers: Sequence[Reader]) -> None:
        """The readers of the next shards, none of which is finished."""
        for reader in readers:
            self._readers.append(reader)
            self._left.append(0)
            for parent in reader.shard.parents:
                self._children.setdefault(parent, []).append(reader)

    def start(self, first_ns: Sequence[int]) -> None:
        """The shards of the start are read from some times on."""
        for reader, at_ns in zip(self._readers, first_ns, strict=True):
            reader.start(at_ns)

    def come(self, shard: int, records: int) -> None:
        """Records of a shard have come."""
        self._left[shard] += records

    def ended(self, shard: int, records: int) -> None:
        """Records of a shard have ended."""
        self._left[shard] -= records
        if shard in self._read:
            self._finish(shard)

    def read_to_end(self, shard: int) -> None:
        """A shard is closed, and all of it is read."""
        self._read.add(shard)
        self._finish(shard)

    def pass_over(self, closed_by_ns: int) -> None:
        """Shards that had closed by a time are not read."""
        closed = [
            each for each in self._readers if each.shard.closes_ns is not None and each.shard.closes_ns <= closed_by_ns
        ]
        for reader in closed:
            reader.stop()
        for reader in closed:
            self.read_to_end(reader.shard.number)

    def _finish(self, shard: int) -> None:
        if self._left[shard] or shard in self._finished:
            return
        self._finished.add(shard)
        self._facts.finished.append(Finished(self._number, shard, self._clock.now))
        for child in self._children.get(shard, ()):
            if self._finished.issuperset(child.shard.parents):
                child.start(self._clock.now + self._discovery_ns)
