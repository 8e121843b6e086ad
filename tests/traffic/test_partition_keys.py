"""Partition keys: hashes, shards, lanes, and how keys are drawn (docs/model.md, sections 2 and 6)."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.hash_ranges import equal_ranges
from simulator.scenario.spec import CountedKeys, PartitionKeys, UniqueKeys, WeightedKeys, Zipf
from simulator.traffic.partition_keys import alias_table, key_hash, partition_keys, shard_and_lane

KEY = 12345
SOME = settings(max_examples=60)
LAST_HASH = 2**128 - 1
shard_counts = st.integers(1, 10_000)


def test_the_hash_is_the_md5_of_the_key_as_an_unsigned_integer() -> None:
    assert key_hash("a") == 0x0CC175B9C0F1B6A831C399E269772661
    assert key_hash("") == 0xD41D8CD98F00B204E9800998ECF8427E


def test_the_key_is_hashed_as_utf_8() -> None:
    assert key_hash("é") == key_hash(bytes([0xC3, 0xA9]).decode())
    assert key_hash("é") != key_hash("e")


def test_four_shards_own_quarters_of_the_hashes() -> None:
    quarter = 2**126
    expected = [(j * quarter, (j + 1) * quarter - 1) for j in range(4)]
    assert equal_ranges(4) == expected


@SOME
@given(shards=shard_counts)
def test_the_ranges_of_the_shards_cover_all_hashes_once(shards: int) -> None:
    ranges = equal_ranges(shards)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == LAST_HASH
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ranges))
    assert {last - first for first, last in ranges[:-1]} <= {2**128 // shards - 1}


@SOME
@given(shards=shard_counts, lanes=st.integers(1, 10), hash_=st.integers(0, LAST_HASH))
def test_a_hash_belongs_to_the_shard_whose_range_holds_it_and_to_a_lane_by_its_part(
    shards: int, lanes: int, hash_: int
) -> None:
    shard, lane = shard_and_lane(hash_, shards, lanes)
    first, last = equal_ranges(shards)[shard]
    assert first <= hash_ <= last
    assert lane == ((hash_ - first) * lanes) // (last - first + 1)
    assert 0 <= lane < lanes


@pytest.mark.parametrize("shards", [1, 3, 7])
def test_the_first_and_the_last_hash_of_a_shard_are_in_its_first_and_last_lane(shards: int) -> None:
    for shard in range(shards):
        first, last = equal_ranges(shards)[shard]
        assert shard_and_lane(first, shards, 10) == (shard, 0)
        assert shard_and_lane(last, shards, 10) == (shard, 9)


def test_the_lanes_of_a_shard_begin_at_equal_distances_to_the_very_hash() -> None:
    quarter = 2**126
    begins = [lane * quarter for lane in range(4)]
    assert [shard_and_lane(hash_, 1, 4) for hash_ in begins] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert [shard_and_lane(hash_ - 1, 1, 4) for hash_ in begins[1:]] == [(0, 0), (0, 1), (0, 2)]


@SOME
@given(weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=60).filter(lambda w: sum(w) > 1e-3))
def test_the_alias_table_reproduces_the_weights(weights: list[float]) -> None:
    keep, alias = alias_table(np.array(weights))
    n = len(weights)
    share = np.zeros(n)
    for cell in range(n):
        assert 0 <= keep[cell] <= 1
        share[cell] += keep[cell] / n
        share[alias[cell]] += (1 - keep[cell]) / n
    assert share == pytest.approx(np.array(weights) / sum(weights), abs=1e-12)


def test_keys_without_weight_are_never_drawn() -> None:
    keys = WeightedKeys(weights="w.csv", keys=("a", "b", "c", "d"), weight=np.array([0.0, 3.0, 0.0, 1.0]))
    drawn = partition_keys(keys, "p", KEY).draw(0, 100_000)
    counts = np.bincount(drawn, minlength=4)
    assert counts[[0, 2]].tolist() == [0, 0]
    assert abs(counts[1] - 75_000) < 4 * np.sqrt(100_000 * 0.75 * 0.25)


def test_zipf_keys_are_drawn_by_their_rank() -> None:
    keys = partition_keys(CountedKeys(count=20, popularity=Zipf(zipf=1.3)), "p", KEY)
    counts = np.bincount(keys.draw(0, 200_000), minlength=20)
    weight = np.array([(i + 1) ** -1.3 for i in range(20)])
    share = weight / weight.sum()
    assert (np.abs(counts - 200_000 * share) < 4.5 * np.sqrt(200_000 * share * (1 - share))).all()


def test_uniform_keys_are_all_drawn_equally_often() -> None:
    counts = np.bincount(partition_keys(CountedKeys(count=10), "p", KEY).draw(0, 100_000), minlength=10)
    assert (np.abs(counts - 10_000) < 4.5 * np.sqrt(100_000 * 0.1 * 0.9)).all()


def test_round_robin_gives_record_k_key_k_modulo_their_count() -> None:
    keys = partition_keys(CountedKeys(count=3, order="round_robin"), "p", KEY)
    assert [keys.draw(first, n).tolist() for first, n in ((0, 2), (2, 0), (2, 4), (10**12, 2))] == [
        [0, 1], [], [2, 0, 1, 2], [1, 2],
    ]  # fmt: skip


ALL_KEYS: dict[str, PartitionKeys] = {
    "unique": UniqueKeys(),
    "uniform": CountedKeys(count=10),
    "zipf": CountedKeys(count=20, popularity=Zipf(zipf=1.3)),
    "round robin": CountedKeys(count=3, order="round_robin"),
    "weighted": WeightedKeys(weights="w.csv", keys=("a", "b"), weight=np.array([2.0, 3.0])),
}


@pytest.mark.parametrize("name", ALL_KEYS)
@SOME
@given(first=st.integers(0, 2**40), n=st.integers(0, 50), cut=st.integers(0, 50))
def test_a_record_has_the_key_of_its_number_whatever_portion_it_is_drawn_in(
    name: str, first: int, n: int, cut: int
) -> None:
    keys, cut = partition_keys(ALL_KEYS[name], "p", KEY), min(cut, n)
    parts = [keys.draw(first, cut), keys.draw(first + cut, n - cut)]
    assert np.concatenate(parts).tolist() == keys.draw(first, n).tolist()


def test_counted_keys_are_named_after_their_producer() -> None:
    keys = partition_keys(CountedKeys(count=8, order="round_robin"), "web", KEY)
    places = [shard_and_lane(key_hash(f"web-{i}"), 5, 3) for i in range(8)]
    draws = keys.draw(0, 8)
    assert keys.shard(draws, 5).tolist() == [shard for shard, _ in places]
    assert keys.lane(draws, 5, 3).tolist() == [lane for _, lane in places]


def test_keys_from_a_file_are_used_as_they_are() -> None:
    keys = partition_keys(WeightedKeys(weights="w.csv", keys=("JFK",), weight=np.array([2.0])), "web", KEY)
    assert keys.shard(keys.draw(0, 1), 7).tolist() == [shard_and_lane(key_hash("JFK"), 7, 1)[0]]


@SOME
@given(shards=shard_counts, lanes=st.integers(1, 10), draws=st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_unique_keys_go_to_the_shard_and_lane_of_their_hash(shards: int, lanes: int, draws: list[int]) -> None:
    """Also next to the boundaries of shards and lanes; a draw is the high 32 bits of a hash whose others are 0."""
    near = [
        round(part * 2**32 / (shards * lanes)) + d for part in range(1, min(shards * lanes, 60)) for d in (-1, 0, 1)
    ]
    some = np.array([*draws, 0, 2**32 - 1, *near], np.uint32)
    keys = partition_keys(UniqueKeys(), "p", KEY)
    places = [shard_and_lane(draw << 96, shards, lanes) for draw in some.tolist()]
    assert keys.shard(some, shards).tolist() == [shard for shard, _ in places]
    assert keys.lane(some, shards, lanes).tolist() == [lane for _, lane in places]


@SOME
@given(shards=shard_counts, lanes=st.integers(1, 10))
def test_named_keys_go_to_the_shard_and_lane_of_their_hash(shards: int, lanes: int) -> None:
    keys = partition_keys(CountedKeys(count=40), "web", KEY)
    draws = np.arange(40, dtype=np.uint32)
    places = [shard_and_lane(key_hash(f"web-{i}"), shards, lanes) for i in range(40)]
    assert keys.shard(draws, shards).tolist() == [shard for shard, _ in places]
    assert keys.lane(draws, shards, lanes).tolist() == [lane for _, lane in places]


def test_unique_keys_load_all_lanes_of_all_shards_alike() -> None:
    keys = partition_keys(UniqueKeys(), "p", KEY)
    draws = keys.draw(0, 300_000)
    lane = keys.shard(draws, 6).astype(int) * 5 + keys.lane(draws, 6, 5)
    counts = np.bincount(lane, minlength=30)
    assert len(counts) == 30
    assert (np.abs(counts - 10_000) < 4.5 * np.sqrt(10_000)).all()


def test_the_draws_do_not_depend_on_the_number_of_shards() -> None:
    keys = partition_keys(UniqueKeys(), "p", KEY)
    draws = keys.draw(0, 1000)
    assert (keys.shard(draws, 8) // 2 == keys.shard(draws, 4)).all()
