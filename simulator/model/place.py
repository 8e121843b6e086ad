"""Where a lane stands: what it needs of its mapping, its shard and its reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import simpy

from simulator.model.clock import FINISH, LANE, order
from simulator.model.facts import Doing
from simulator.model.mapping import Mapping
from simulator.traffic.shards import Shard


class Reader(Protocol):
    """Who brings a lane its records."""

    def read_again(self, bytes_: int) -> None:
        """A retry reads its records again (docs/model.md, section 7)."""


@dataclass(frozen=True)
class Place:
    """A lane's place: lane `lane` of a shard, for a mapping."""

    mapping: Mapping
    shard: Shard
    lane: int
    reader: Reader

    @cached_property
    def order(self) -> int:
        """Its turn among all lanes."""
        return order(LANE, self.mapping.number, self.shard.number, self.lane)

    @cached_property
    def finish_order(self) -> int:
        """That of its attempts' ends."""
        return order(FINISH, self.mapping.number, self.shard.number, self.lane)

    def turn(self, time_ns: int) -> simpy.Event:
        """The lane's turn at a time."""
        return self.mapping.clock.due(time_ns, self.order)

    def doing(self, what: str, begin_ns: int, end_ns: int) -> None:
        """State what the lane is doing."""
        if end_ns > begin_ns:
            mapping, shard = self.mapping, self.shard
            mapping.facts.doings.append(Doing(mapping.number, shard.number, self.lane, what, begin_ns, end_ns))
