"""From partition keys to shards and lanes (docs/model.md, sections 2 and 6).

A record carries a `draw`: for unique keys 32 random bits that stand for its hash, else the number of its key. What
shard or lane that means for a given number of shards is looked up afterwards, so that the draws never depend on it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable
from functools import cache, cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.hash_ranges import HASHES
from simulator.scenario.spec import CountedKeys, PartitionKeys, UniqueKeys, WeightedKeys, Zipf
from simulator.traffic.draws import all_bits

Draws = NDArray[np.uint32]
Integers = NDArray[np.int64]
LOW_32: Final = np.uint64(2**32 - 1)
HIGH: Final = np.uint64(32)


class Keys(Protocol):
    """The partition keys of one producer."""

    @property
    def names(self) -> list[str] | None:
        """By the number of a key; None: every record has a key of its own."""

    def draw(self, first: int, n: int) -> Draws:
        """The draws of n of the producer's records, from number `first` on."""

    def shard(self, draws: Draws, shards: int) -> Integers:
        """The shard of each, of `shards` made together."""

    def lane(self, draws: Draws, shards: int, lanes: int) -> Integers:
        """The lane of each within its shard, of `lanes` equal hash ranges."""

    def place(self, draws: Draws) -> Integers:
        """The place of each in the order of hashes."""

    def first_from(self, hash_: int) -> int:
        """The place of the first that has this hash, or a higher one."""


class Unique:
    """Every record its own key: the high 32 bits of its hash are an independent uniform draw, the others 0."""

    names = None

    def __init__(self, key: int) -> None:
        self._key = key

    def draw(self, first: int, n: int) -> Draws:
        return (all_bits(self._key, first, n) >> HIGH).astype(np.uint32)

    def shard(self, draws: Draws, shards: int) -> Integers:
        return _part(draws, shards)

    def lane(self, draws: Draws, shards: int, lanes: int) -> Integers:
        within = draws * np.uint32(shards)  # the low 32 bits: the place within the shard's range
        return _part(within, lanes)

    def place(self, draws: Draws) -> Integers:
        return draws.astype(np.int64)

    def first_from(self, hash_: int) -> int:
        return -(-hash_ >> 96)


class Named:
    """A fixed list of keys; `pick(first, n)` gives the numbers of the keys of n records."""

    def __init__(self, names: list[str], pick: Callable[[int, int], Draws]) -> None:
        self.draw, self.names = pick, names
        hashes = [key_hash(name) for name in names]

        @cache
        def shards_of(shards: int) -> Integers:
            return np.array([shard_of(h, shards) for h in hashes], np.int64)

        @cache
        def lanes_of(shards: int, lanes: int) -> Integers:
            return np.array([shard_and_lane(h, shards, lanes)[1] for h in hashes], np.int64)

        self._shards_of, self._lanes_of, self._hashes = shards_of, lanes_of, hashes

    def shard(self, draws: Draws, shards: int) -> Integers:
        return self._shards_of(shards).take(draws)

    def lane(self, draws: Draws, shards: int, lanes: int) -> Integers:
        return self._lanes_of(shards, lanes).take(draws)

    def place(self, draws: Draws) -> Integers:
        return self._ranks.take(draws)

    def first_from(self, hash_: int) -> int:
        return bisect_left(self._sorted, hash_)

    @cached_property
    def _sorted(self) -> list[int]:
        return sorted(self._hashes)

    @cached_property
    def _ranks(self) -> Integers:
        return np.array([self.first_from(each) for each in self._hashes], np.int64)


def _part(draws: Draws, parts: int) -> Integers:
    """Which of so many equal parts of the range of 32 bits each draw lies in."""
    return ((draws.astype(np.uint64) * np.uint64(parts)) >> HIGH).astype(np.int64)


def key_hash(key: str) -> int:
    """MD5 of the UTF-8 key as an unsigned 128-bit integer."""
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest())


def shard_of(hash_: int, shards: int) -> int:
    """The shard that owns a hash, of `shards` made together."""
    return min(hash_ // (HASHES // shards), shards - 1)


def shard_and_lane(hash_: int, shards: int, lanes: int) -> tuple[int, int]:
    """The shard that owns a hash, and the lane of it among `lanes` equal ranges of the shard's."""
    shard, step = shard_of(hash_, shards), HASHES // shards
    last = HASHES if shard == shards - 1 else (shard + 1) * step
    return shard, (hash_ - shard * step) * lanes // (last - shard * step)


def partition_keys(keys: PartitionKeys, producer: str, key: int) -> Keys:
    """The keys of a producer; key i of producer P is the string `P-i`. `key` is that of its draws."""
    match keys:
        case UniqueKeys():
            return Unique(key)
        case WeightedKeys(keys=names, weight=weight):
            return Named(list(names), _weighted(weight, key))
        case CountedKeys(count=count):
            return Named([f"{producer}-{i}" for i in range(count)], _counted(keys, key))


def _counted(keys: CountedKeys, key: int) -> Callable[[int, int], Draws]:
    count = keys.count
    if keys.order == "round_robin":
        return lambda first, n: (np.arange(first, first + n) % count).astype(np.uint32)
    if isinstance(keys.popularity, Zipf):
        return _weighted(np.arange(1, count + 1, dtype=np.float64) ** -keys.popularity.zipf, key)
    return lambda first, n: _part((all_bits(key, first, n) >> HIGH).astype(np.uint32), count).astype(np.uint32)


def _weighted(weight: NDArray[np.float64], key: int) -> Callable[[int, int], Draws]:
    """Walker's alias method: one draw a key, in constant time whatever the number of keys.

    The high half of a draw of 64 bits picks the cell, the low half the cell's own key or its alias.
    """
    keep, alias = alias_table(weight)
    kept = np.minimum(keep * 2.0**32, 2.0**32 - 1).astype(np.uint64)

    def pick(first: int, n: int) -> Draws:
        drawn = all_bits(key, first, n)
        cell = _part((drawn >> HIGH).astype(np.uint32), len(weight))
        own = (drawn & LOW_32) < kept.take(cell)
        return np.where(own, cell, alias.take(cell)).astype(np.uint32)

    return pick


def alias_table(weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], Integers]:
    """For each cell, the part of it that is its own key's, and the key that has the rest (Vose's construction)."""
    scaled = (weight * (len(weight) / weight.sum())).tolist()
    keep, alias = [1.0] * len(scaled), list(range(len(scaled)))
    small = [i for i, s in enumerate(scaled) if s < 1]
    large = [i for i, s in enumerate(scaled) if s >= 1]
    while small and large:
        low, high = small.pop(), large[-1]
        keep[low], alias[low] = scaled[low], high
        scaled[high] -= 1 - scaled[low]
        if scaled[high] < 1:
            small.append(large.pop())
    return np.array(keep), np.array(alias, np.int64)
