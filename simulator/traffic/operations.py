"""What becomes of the shards of a stream: splits and merges, and what UpdateShardCount makes of them (section 14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from simulator.scenario.hash_ranges import HASHES
from simulator.traffic.shards import Shard

NEAR: Final = 2**100  # boundaries that differ by no more are one


@dataclass(frozen=True)
class Split:
    """A shard gives way to two; the upper one begins at a hash."""

    shard: Shard
    upper_first: int

    @property
    def parents(self) -> tuple[Shard, ...]:
        """The shards that it closes."""
        return (self.shard,)

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last hash of each shard that it opens."""
        return (self.shard.first_hash, self.upper_first - 1), (self.upper_first, self.shard.last_hash)


@dataclass(frozen=True)
class Merge:
    """Two shards give way to one; their ranges touch."""

    lower: Shard
    upper: Shard

    @property
    def parents(self) -> tuple[Shard, ...]:
        """The shards that it closes."""
        return self.lower, self.upper

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last hash of the shard that it opens."""
        return ((self.lower.first_hash, self.upper.last_hash),)


Operation = Split | Merge


def split_at(shard: Shard, point: float = 0.5) -> Split | None:
    """A split in which the lower child gets a part of the range; None if one of them would get nothing.

    The part is taken exactly, as the fraction that the float is.
    """
    width = shard.last_hash - shard.first_hash + 1
    part, whole = point.as_integer_ratio()
    upper_first = shard.first_hash + width * part // whole
    return Split(shard, upper_first) if shard.first_hash < upper_first <= shard.last_hash else None


def uniform_scaling(open_: Sequence[Shard], shards: int) -> Iterator[Operation]:
    """The operations of UpdateShardCount, from the lowest hash upwards.

    `open_`: the open shards in order of hash. Each operation is to be carried out there before the next is asked for.
    """
    for here in range(shards):  # the shard that begins at the boundary before
        wanted = HASHES if here + 1 == shards else (here + 1) * (HASHES // shards)
        while _end(open_[here]) < wanted - NEAR:
            if _end(open_[here + 1]) > wanted + NEAR:
                yield Split(open_[here + 1], wanted)
            yield Merge(open_[here], open_[here + 1])
        if _end(open_[here]) > wanted + NEAR:
            yield Split(open_[here], wanted)


def _end(shard: Shard) -> int:
    return shard.last_hash + 1
