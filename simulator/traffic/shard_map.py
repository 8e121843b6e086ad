"""Which shard and lane a record goes to, while the shards of its stream change (docs/model.md, sections 2 and 14)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.traffic.log import Integers
from simulator.traffic.partition_keys import Draws, Keys
from simulator.traffic.shards import Shard


class ShardMap:
    """The open shards of a stream, `shards`, in order of hash.

    As long as they are those of the start, which are equal, a multiplication finds a record's shard; then a search
    among the places, in the order of a producer's keys, at which shards and lanes begin.
    """

    def __init__(self, shards: Sequence[Shard]) -> None:
        """`shards` were made together."""
        self.shards = list(shards)
        self._equal = len(shards)  # 0: they are not, any more
        self._begins: dict[tuple[Keys, int], Integers] = {}  # by keys and lanes of a shard

    def shard(self, keys: Keys, draws: Draws) -> Integers:
        """The number of the shard of each record."""
        if self._equal:
            return keys.shard(draws, self._equal)
        return np.array([shard.number for shard in self.shards]).take(self._part(keys, draws, 1))

    def lane(self, keys: Keys, draws: Draws, lanes: int) -> Integers:
        """The lane of each within its shard, of `lanes` equal hash ranges."""
        if self._equal:
            return keys.lane(draws, self._equal, lanes)
        return self._part(keys, draws, lanes) % lanes

    def replace(self, parents: Sequence[Shard], children: Sequence[Shard]) -> None:
        """Some shards whose ranges touch, in order of hash, give way to others."""
        first, count = self.shards.index(parents[0]), len(parents)
        self.shards[first : first + count] = children
        self._equal = 0
        for (keys, lanes), begins in self._begins.items():
            new = [_begins(child, keys, lanes) for child in children]
            self._begins[keys, lanes] = np.concatenate(
                (begins[: first * lanes], *new, begins[(first + count) * lanes :])
            )

    def _part(self, keys: Keys, draws: Draws, lanes: int) -> Integers:
        """Which of the lanes of all shards each record lies in."""
        if (keys, lanes) not in self._begins:
            self._begins[keys, lanes] = np.concatenate([_begins(shard, keys, lanes) for shard in self.shards])
        return self._begins[keys, lanes].searchsorted(keys.place(draws), "right") - 1


def _begins(shard: Shard, keys: Keys, lanes: int) -> Integers:
    """The place at which each of a shard's lanes begins."""
    width = shard.last_hash - shard.first_hash + 1
    firsts = [shard.first_hash - (-lane * width // lanes) for lane in range(lanes)]
    return np.array([keys.first_from(first) for first in firsts], np.int64)
