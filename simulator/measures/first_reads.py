"""Since when a mapping reads each shard: a child after its parents (docs/model.md, section 14)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.model.facts import Finished
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard


class FirstReads:
    """Of one mapping. `finished_ns`: by shard that is finished, since when."""

    def __init__(self, discovery_ns: int) -> None:
        """`discovery_ns`: from the end of a shard's parents to its first read."""
        self._discovery_ns = discovery_ns
        self.finished_ns: dict[int, int] = {}
        self.at_ns: Integers = np.zeros(0, np.int64)  # by shard; long ago for those of the start, NEVER: not known yet
        self._children: list[Shard] = []  # that wait for their parents

    @property
    def any_children(self) -> bool:
        """Whether some shards have parents."""
        return bool(len(self.at_ns)) and int(self.at_ns[-1]) > -NEVER

    def observe(self, shards: Sequence[Shard], finished: Sequence[Finished]) -> None:
        """Take a window: all shards, and what has been finished in it."""
        new = shards[len(self.at_ns) :]
        self._children += [shard for shard in new if shard.parents]
        at_ns = [NEVER if shard.parents else -NEVER for shard in new]
        self.at_ns = np.concatenate((self.at_ns, np.array(at_ns, np.int64)))
        if not finished:
            return
        self.finished_ns |= {each.shard: each.at_ns for each in finished}
        for shard in self._children:
            if all(parent in self.finished_ns for parent in shard.parents):
                parents_ns = max(self.finished_ns[parent] for parent in shard.parents)
                self.at_ns[shard.number] = parents_ns + self._discovery_ns
        self._children = [shard for shard in self._children if self.at_ns[shard.number] == NEVER]

    def waits_ns(self, shards: Integers, times_ns: Integers) -> Integers:
        """How long after each time the shard beside it is read first; 0 if it is already."""
        waits: Integers = np.maximum(self.at_ns[shards] - times_ns, 0)
        return waits
