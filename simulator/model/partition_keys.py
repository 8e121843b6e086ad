"""From partition keys to shards and lanes (docs/model.md, sections 2 and 6).

A record carries a `draw`: for unique keys 32 random bits that stand for its hash, else the number of its key. What
shard or lane that means for a given number of shards is looked up afterwards, so that the draws never depend on it.
"""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from typing import Protocol, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from simulator.model.portions import portions
from simulator.scenario.spec import CountedKeys, PartitionKeys, UniqueKeys, WeightedKeys, Zipf

Draws = NDArray[np.uint32]
Small = TypeVar("Small", np.uint8, np.uint16)
HASHES = 2**128
LOW_HALF = 0 if sys.byteorder == "little" else 1


class Keys(Protocol):
    """The partition keys of one producer."""

    def draw(self, n: int) -> Draws:
        """The draws of the producer's next n records."""

    def shard(self, draws: Draws, shards: int) -> NDArray[np.uint16]:
        """The shard of each, of `shards` made together."""

    def lane(self, draws: Draws, shards: int, lanes: int) -> NDArray[np.uint8]:
        """The lane of each within its shard, of `lanes` equal hash ranges."""


class Unique:
    """Every record its own key: its hash is an independent uniform draw."""

    def __init__(self, rng: Generator) -> None:
        self._rng = rng

    def draw(self, n: int) -> Draws:
        return self._rng.integers(0, 2**32, n, dtype=np.uint32)

    def shard(self, draws: Draws, shards: int) -> NDArray[np.uint16]:
        return _high_half(draws, shards, np.uint16)

    def lane(self, draws: Draws, shards: int, lanes: int) -> NDArray[np.uint8]:
        within = draws * np.uint32(shards)  # the low 32 bits: the place within the shard's range
        return _high_half(within, lanes, np.uint8)


class Named:
    """A fixed list of keys; `pick` gives the number of each next record's key."""

    def __init__(self, names: list[str], pick: Callable[[int], Draws]) -> None:
        self.draw = pick
        hashes = [key_hash(name) for name in names]

        @cache
        def shards_of(shards: int) -> NDArray[np.uint16]:
            step = HASHES // shards  # as in shard_of
            return np.array([min(h // step, shards - 1) for h in hashes], np.uint16)

        @cache
        def lanes_of(shards: int, lanes: int) -> NDArray[np.uint8]:
            return np.array([shard_and_lane(h, shards, lanes)[1] for h in hashes], np.uint8)

        self._shards_of, self._lanes_of = shards_of, lanes_of

    def shard(self, draws: Draws, shards: int) -> NDArray[np.uint16]:
        return self._shards_of(shards).take(draws)

    def lane(self, draws: Draws, shards: int, lanes: int) -> NDArray[np.uint8]:
        return self._lanes_of(shards, lanes).take(draws)


def _high_half(draws: Draws, factor: int, kind: type[Small]) -> NDArray[Small]:
    """floor(draws * factor / 2^32)."""
    high = np.empty(len(draws), kind)
    for some in portions(len(draws)):
        high[some] = np.multiply(draws[some], factor, dtype=np.uint64).view(np.uint32)[1 - LOW_HALF :: 2]
    return high


def key_hash(key: str) -> int:
    """MD5 of the UTF-8 key as an unsigned 128-bit integer."""
    return int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest())


def hash_range(shard: int, shards: int) -> tuple[int, int]:
    """First and last hash of a shard, of `shards` made together."""
    step = HASHES // shards
    return shard * step, HASHES - 1 if shard == shards - 1 else (shard + 1) * step - 1


def shard_of(hash_: int, shards: int) -> int:
    """The shard that owns a hash, of `shards` made together."""
    return min(hash_ // (HASHES // shards), shards - 1)


def shard_and_lane(hash_: int, shards: int, lanes: int) -> tuple[int, int]:
    """The shard that owns a hash, and the lane of it among `lanes` equal ranges of the shard's."""
    shard = shard_of(hash_, shards)
    first, last = hash_range(shard, shards)
    return shard, (hash_ - first) * lanes // (last - first + 1)


def partition_keys(keys: PartitionKeys, producer: str, rng: Generator) -> Keys:
    """The keys of a producer; key i of producer P is the string `P-i`."""
    match keys:
        case UniqueKeys():
            return Unique(rng)
        case WeightedKeys(keys=names, weight=weight):
            return Named(list(names), _weighted(weight, rng))
        case CountedKeys(count=count):
            return Named([f"{producer}-{i}" for i in range(count)], _counted(keys, rng))


def _counted(keys: CountedKeys, rng: Generator) -> Callable[[int], Draws]:
    if keys.order == "round_robin":
        return _round_robin(keys.count)
    if isinstance(keys.popularity, Zipf):
        return _weighted(np.arange(1, keys.count + 1, dtype=np.float64) ** -keys.popularity.zipf, rng)
    return lambda n: (rng.random(n) * keys.count).astype(np.uint32)


def _round_robin(count: int) -> Callable[[int], Draws]:
    drawn = 0

    def pick(n: int) -> Draws:
        nonlocal drawn
        drawn += n
        return (np.arange(drawn - n, drawn) % count).astype(np.uint32)

    return pick


def _weighted(weight: NDArray[np.float64], rng: Generator) -> Callable[[int], Draws]:
    """Walker's alias method: one uniform draw a key, in constant time whatever the number of keys.

    The high half of a draw of 64 bits picks the cell, the low half the cell's own key or its alias.
    """
    keep, alias = alias_table(weight)
    kept = np.minimum(keep * 2.0**32, 2.0**32 - 1).astype(np.uint32)
    count = np.uint64(len(weight))
    key = np.column_stack((alias, np.arange(len(weight), dtype=np.uint32))).ravel()  # by twice the cell, plus own

    def some(n: int) -> Draws:
        drawn = rng.integers(0, 2**64, n, dtype=np.uint64)
        low = drawn.view(np.uint32)[LOW_HALF::2]
        cell = (((drawn >> np.uint64(32)) * count) >> np.uint64(32)).view(np.int64)
        own = low < kept.take(cell)
        cell *= 2
        cell += own
        return key.take(cell)

    def pick(n: int) -> Draws:
        drawn = np.empty(n, np.uint32)
        for rows in portions(n):
            drawn[rows] = some(rows.stop - rows.start)
        return drawn

    return pick


def alias_table(weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], Draws]:
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
    return np.array(keep), np.array(alias, np.uint32)
