"""The lanes of a shard for one mapping (docs/model.md, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulator.model.lane import Lane, Source
from simulator.model.mapping import Mapping
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard


class Lanes:
    """Equal ranges of a shard's hashes. A lane is there from the first records on that fall to it."""

    def __init__(self, mapping: Mapping, shard: Shard, source: Source, latest_ns: int) -> None:
        self._mapping, self._shard, self._source, self._latest_ns = mapping, shard, source, latest_ns
        self._factor = mapping.spec.parallelization_factor
        self._there: dict[int, Lane] = {}

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._there.values())

    @property
    def first(self) -> int:
        """The place of the first record that has not ended; NEVER without one."""
        return min((lane.first for lane in self), default=NEVER)

    @property
    def held(self) -> int:
        """How many available records there are that no batch has taken."""
        return sum(len(lane.available) for lane in self)

    def arrive(self, records: Integers) -> None:
        """Records have become available, each to its lane; those that do not pass the mapping's filter end."""
        if self._mapping.spec.filter and len(records):
            records = self._passing(records)
        if not len(records):
            return
        for number, mine in self._by_lane(records):
            if number not in self._there:
                self._there[number] = lane = Lane(self._mapping, self._shard, number, self._source, self._latest_ns)
                self._mapping.clock.process(lane.run())
            self._there[number].arrive(mine)

    def _passing(self, records: Integers) -> Integers:
        log = self._shard.log
        passes = log.of(log.kept.passes[self._mapping.spec.name], records)
        if not passes.all():
            self._mapping.lose(self._shard.number, records[~passes], "filtered")
        return records[passes]

    def _by_lane(self, records: Integers) -> Iterator[tuple[int, Integers]]:
        if self._factor == 1:
            yield 0, records
            return
        log = self._shard.log
        lanes = log.of(log.kept.lane[self._factor], records)
        for number in np.flatnonzero(np.bincount(lanes)).tolist():
            yield number, records[lanes == number]
