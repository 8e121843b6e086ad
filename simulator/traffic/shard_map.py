"""Which shard and lane a record goes to, while the shards of its stream change (docs/model.md, sections 2 and 14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from simulator.scenario.hash_ranges import equal_ranges
from simulator.traffic.log import Integers
from simulator.traffic.partition_keys import Draws, Keys
from simulator.traffic.shards import Shard

Lanes = dict[int, Integers]  # by the number of lanes that a shard has


class ShardMap:
    """All shards of a stream; `open`: those that are open, in order of hash.

    As long as they are those of the start, and equal, a multiplication finds a record's shard; else a search among the
    places, in the order of a producer's keys, at which shards and lanes begin.
    """

    def __init__(self, shards: list[Shard]) -> None:
        """`shards` were made together; those that open later are added to the list."""
        self._all, self.open = shards, list(shards)
        ranges = [(shard.first_hash, shard.last_hash) for shard in shards]
        self._equal = len(shards) if ranges == equal_ranges(len(shards)) else 0  # 0: they are not equal
        self._begins: dict[tuple[Keys, int], Integers] = {}  # by keys and lanes of a shard
        self._opens_ns = np.full(len(shards), np.iinfo(np.int64).min)  # by shard

    def find(self, keys: Keys, draws: Draws, times_ns: Integers, lanes: Sequence[int]) -> tuple[Integers, Lanes]:
        """The number of the shard that was open for each record at a time; and its lane, of so many in a shard."""
        if self._equal:
            return keys.shard(draws, self._equal), {n: keys.lane(draws, self._equal, n) for n in lanes}
        numbers = np.array([shard.number for shard in self.open])
        shard = numbers.take(self._part(keys, draws, 1))
        lane = {n: self._part(keys, draws, n) % n for n in lanes}
        early = np.flatnonzero(self._opens_ns[shard] > times_ns)
        left = early
        while len(left):
            for number, rows in _groups(shard, left):
                shard[rows] = self._parent(number, keys, draws[rows])
            left = left[self._opens_ns[shard[left]] > times_ns[left]]
        for number, rows in _groups(shard, early):
            for n in lanes:
                lane[n][rows] = self.lane_in(self._all[number], keys, draws[rows], n)
        return shard, lane

    def replace(self, parents: Sequence[Shard], children: Sequence[Shard]) -> None:
        """Open shards whose ranges touch, in order of hash, give way to others, which are among all by now."""
        first, count = self.open.index(parents[0]), len(parents)
        self.open[first : first + count] = children
        self._equal = 0
        self._opens_ns = np.append(self._opens_ns, [child.opens_ns for child in children])
        for (keys, lanes), begins in self._begins.items():
            new = [_begins(child, keys, lanes) for child in children]
            self._begins[keys, lanes] = np.concatenate(
                (begins[: first * lanes], *new, begins[(first + count) * lanes :])
            )

    @staticmethod
    def lane_in(shard: Shard, keys: Keys, draws: Draws, lanes: int) -> Integers:
        """The lane of each record, of so many in a shard."""
        return _begins(shard, keys, lanes).searchsorted(keys.place(draws), "right") - 1

    def _part(self, keys: Keys, draws: Draws, lanes: int) -> Integers:
        """Which of the lanes of all open shards each record lies in."""
        if (keys, lanes) not in self._begins:
            self._begins[keys, lanes] = np.concatenate([_begins(shard, keys, lanes) for shard in self.open])
        return self._begins[keys, lanes].searchsorted(keys.place(draws), "right") - 1

    def _parent(self, number: int, keys: Keys, draws: Draws) -> Integers:
        """The parent of a shard that was open for each record."""
        lower, *others = self._all[number].parents
        if not others:
            return np.full(len(draws), lower)
        return np.where(above(self._all[others[0]], keys, draws), others[0], lower)


def above(shard: Shard, keys: Keys, draws: Draws) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which records have a hash of a shard, or a higher one."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = keys.place(draws) >= keys.first_from(shard.first_hash)
    return found


def _groups(shard: Integers, rows: Integers) -> Iterator[tuple[int, Integers]]:
    """Each shard that some rows belong to, and its rows."""
    rows = rows[np.argsort(shard[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(shard[rows], prepend=-1))
    for mine in np.split(rows, starts[1:]):
        if len(mine):
            yield int(shard[mine[0]]), mine


def _begins(shard: Shard, keys: Keys, lanes: int) -> Integers:
    """The place at which each of a shard's lanes begins."""
    width = shard.last_hash - shard.first_hash + 1
    firsts = [shard.first_hash - (-lane * width // lanes) for lane in range(lanes)]
    return np.array([keys.first_from(first) for first in firsts], np.int64)
