"""Splits and merges, and what UpdateShardCount makes of them (docs/model.md, section 14)."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import gcd

import pytest

from simulator.scenario.hash_ranges import HASHES, equal_ranges
from simulator.scenario.spec import Resharding
from simulator.traffic.log import Log
from simulator.traffic.nanoseconds import NS
from simulator.traffic.operations import NEAR, Merge, Split, split_at, uniform_scaling
from simulator.traffic.requests import refusal
from simulator.traffic.shards import Shard
from tests.traffic.plainly import NOTHING


def made_together(shards: int) -> list[Shard]:
    return [Shard(j, *each, Log(NOTHING)) for j, each in enumerate(equal_ranges(shards))]


def carried_out(open_: list[Shard], shards: int) -> list[Split | Merge]:
    """The operations of a request, carried out in `open_`."""
    done, ever = [], max(shard.number for shard in open_) + 1
    for operation in uniform_scaling(open_, shards):
        first = open_.index(operation.parents[0])
        children = [Shard(ever + i, *each, Log(NOTHING)) for i, each in enumerate(operation.ranges)]
        open_[first : first + len(operation.parents)] = children
        ever += len(children)
        done.append(operation)
    return done


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (4, 3, [6, 9, 10]),
        (4, 5, [4, 8, 11, 14, 13]),
        (4, 6, [4, 8, 7, 9, 13, 12]),
        (2, 4, [2, 3, 4, 5]),
        (4, 2, [4, 5]),
    ],
)
def test_the_shards_that_are_left_open_are_those_of_the_page(before: int, after: int, left: list[int]) -> None:
    open_ = made_together(before)
    carried_out(open_, after)
    assert [shard.number for shard in open_] == left


def test_from_two_to_three_a_shard_has_the_parents_and_the_range_that_were_seen_at_aws() -> None:
    """A stream taken from 1 to 2 to 3: shard 7 has the parents 4 and 5, and the middle third."""
    open_ = made_together(1)
    carried_out(open_, 2)
    merges = [each for each in carried_out(open_, 3) if isinstance(each, Merge)]
    assert [[parent.number for parent in merge.parents] for merge in merges] == [[4, 5]]
    assert open_[1].number == 7
    assert open_[1].first_hash == 113427455640312821154458202477256070485
    assert open_[1].last_hash == 226854911280625642308916404954512140969


def test_from_n_to_m_there_are_as_few_operations_and_new_shards_as_can_be() -> None:
    for n, m in product(range(1, 65), repeat=2):
        open_, common = made_together(n), gcd(n, m)
        kinds = Counter(type(each) for each in carried_out(open_, m))
        assert (kinds[Split], kinds[Merge]) == (m - common, n - common), (n, m)
        ever = max(shard.number for shard in open_) + 1 if n != m else n
        assert ever == n + (2 * (m - common) + (n - common)), (n, m)
        assert len(open_) == m
        firsts = [first for first, _ in equal_ranges(m)]
        assert all(abs(shard.first_hash - first) <= NEAR for shard, first in zip(open_, firsts, strict=True))


def test_a_boundary_that_is_nearly_right_is_right() -> None:
    """Four shards of shifted ranges, as a chain of splits leaves them, are not split anew into slivers."""
    open_ = made_together(4)
    open_[0].last_hash += NEAR
    open_[1].first_hash += NEAR
    assert carried_out(open_, 4) == []
    open_[0].last_hash += 1
    open_[1].first_hash += 1
    assert len(carried_out(open_, 4)) == 2  # a sliver goes to the upper neighbour


@pytest.mark.parametrize("point", [0.5, 0.2, 0.27, 1e-9, 1 - 1e-9])
def test_a_split_gives_the_lower_child_its_part_of_the_range(point: float) -> None:
    shard = made_together(3)[1]
    split = split_at(shard, point)
    assert split is not None
    (first, last), (upper_first, upper_last) = split.ranges
    assert (first, upper_first, upper_last) == (shard.first_hash, last + 1, shard.last_hash)
    width = shard.last_hash - shard.first_hash + 1
    assert last - first + 1 == Fraction(point) * width // 1


def test_a_range_that_is_too_narrow_is_not_split() -> None:
    assert split_at(Shard(0, 5, 5, Log(NOTHING))) is None
    assert split_at(Shard(0, 5, 6, Log(NOTHING))) is not None
    assert split_at(Shard(0, 0, 9, Log(NOTHING)), 0.05) is None


def test_the_shards_of_all_ranges_cover_all_hashes() -> None:
    open_ = made_together(7)
    for shards in (12, 6, 11, 22, 13):
        carried_out(open_, shards)
        assert [shard.first_hash for shard in open_] == [0, *(shard.last_hash + 1 for shard in open_[:-1])]
        assert open_[-1].last_hash == HASHES - 1


@pytest.mark.parametrize(
    ("open_", "wanted", "began_h", "reason"),
    [
        (3, 6, [], ""),
        (3, 7, [], "more than twice"),
        (6, 3, [], ""),
        (5, 3, [], ""),
        (5, 2, [], "less than half"),
        (4, 4, [], "as many as there are"),
        (4, 5, [0] * 9, ""),
        (4, 5, [0] * 10, "ten in 24 h"),
        (4, 5, [0, *[1] * 9], "ten in 24 h"),
        (4, 5, [-1, *[1] * 9], ""),
        (4, 9, [0] * 10, "more than twice"),
    ],
)
def test_an_update_of_the_shard_count_is_refused_beyond_twice_or_half_and_after_ten_in_24_h(
    open_: int, wanted: int, began_h: list[int], reason: str
) -> None:
    """Now it is 23 h, and a nanosecond more would be 24 h after -1 h."""
    now_ns, hour_ns = 23 * 3600 * NS, 3600 * NS
    request = Resharding(at=0.0, shards=wanted)
    assert refusal(request, made_together(open_), [hour * hour_ns for hour in began_h], now_ns) == reason


@pytest.mark.parametrize(
    ("merged", "reason"), [((0, 1), ""), ((1, 0), ""), ((2, 1), ""), ((0, 2), "not side by side"), ((2, 3), "not open")]
)
def test_only_open_shards_whose_ranges_touch_are_merged(merged: tuple[int, int], reason: str) -> None:
    assert refusal(Resharding(at=0.0, merge=merged), made_together(3), [], 0) == reason
