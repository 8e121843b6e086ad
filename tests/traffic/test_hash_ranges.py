"""Shards of unequal ranges of hash keys, as a stream has them after splits and merges (docs/model.md, section 2)."""

from __future__ import annotations

from hashlib import md5
from math import sqrt
from typing import Any

import pytest

from simulator.measures import tables
from simulator.measures.run import simulate
from simulator.scenario.advice import advice
from simulator.scenario.faults import ScenarioError
from simulator.study.demand import demand
from simulator.study.sample import SampleError, sampled
from tests.model.rows import scenario

ALL = 2**128
FIRSTS = [0, 2**124, 2**127 + 12_345, 2**127 + 2**126]
RANGES = [[first, after - 1] for first, after in zip(FIRSTS, [*FIRSTS[1:], ALL], strict=True)]
LAST = ALL - 1


def content(keys: Any = "unique", *, factor: int = 1, **stream: Any) -> dict[str, Any]:
    """One stream of 400 records/s for 30 s, of which 5 s lie before t = 0."""
    return {
        "duration": "30s",
        "streams": {"s": {"hash_ranges": RANGES} | stream},
        "producers": [{"name": "p", "stream": "s", "rate": "400/s", "start": "-5s", "partition_keys": keys}],
        "functions": {"f": {"duration": {"per_batch": "5ms", "per_record": "0s"}}},
        "event_source_mappings": [
            {"stream": "s", "function": "f", "starting_position": "trim_horizon", "parallelization_factor": factor}
        ],
    }


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
def test_a_record_goes_to_the_shard_whose_range_has_the_md5_of_its_key(engine: Any) -> None:
    table = tables.shards(simulate(scenario(content({"count": 40, "order": "round_robin"})), engine=engine))
    hashes = [int.from_bytes(md5(f"p-{i % 40}".encode()).digest()) for i in range(int(table["offered_records"].sum()))]
    assert table["offered_records"].tolist() == [sum(low <= h <= high for h in hashes) for low, high in RANGES]


def test_keys_that_are_all_different_fall_to_each_shard_by_the_width_of_its_range() -> None:
    found = tables.shards(simulate(scenario(content())))["offered_records"]
    n = found.sum()
    for records, (low, high) in zip(found, RANGES, strict=True):
        part = (high - low + 1) / ALL
        assert abs(records - n * part) < 4 * sqrt(n * part * (1 - part))


def test_ranges_that_are_equal_are_as_none() -> None:
    quarters = [[j * ALL // 4, (j + 1) * ALL // 4 - 1] for j in range(4)]
    with_ranges, without = (
        simulate(scenario(content(factor=3, shards=4, hash_ranges=each))) for each in (quarters, [])
    )
    assert tables.shards(with_ranges).equals(tables.shards(without))
    assert tables.timeseries(with_ranges).equals(tables.timeseries(without))


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
def test_a_merge_gives_the_hashes_of_two_unequal_shards_to_one(engine: Any) -> None:
    found = simulate(
        scenario(content(resharding=[{"at": "1s", "merge": [0, 1]}], resharding_time={"begin": "0s", "each": "0s"})),
        engine=engine,
    )
    table = tables.shards(found)
    assert table["parents"].tolist()[-1] == "0 1"
    part = RANGES[1][1] / ALL
    mine, n = table["offered_records"][[0, 1, 4]].sum(), table["offered_records"].sum()
    assert table["offered_records"].iloc[-1] > 0.9 * 29 / 35 * mine
    assert abs(mine / n - part) < 4 * sqrt(part * (1 - part) / n)


def test_what_is_expected_of_the_hottest_shard_goes_by_the_ranges() -> None:
    asked = demand(scenario(content()), "s")
    widths = [(high - low + 1) / ALL for low, high in RANGES]
    assert asked.hottest_share(4) == pytest.approx(max(widths))
    assert asked.hottest_share(4, 5) == pytest.approx(max(widths) / 5)
    assert asked.hottest_share(8) == pytest.approx(1 / 8)


def test_a_study_that_tries_another_number_of_shards_has_equal_ones() -> None:
    loaded = scenario(content(shards=5))
    assert loaded.streams["s"].ranges == scenario(content(hash_ranges=[], shards=5)).streams["s"].ranges
    assert "4 are given for 5 shards; they are taken to be equal" in [each.message for each in advice(loaded)]


def test_some_shards_do_not_stand_for_unequal_ones() -> None:
    with pytest.raises(SampleError, match="unequal ranges"):
        sampled(scenario(content()), 2)


@pytest.mark.parametrize(
    ("ranges", "field", "message"),
    [
        ([[1, LAST]], "[0]", "begins at 1; allowed: 0"),
        ([[0, LAST - 1]], "[0]", f"ends at {LAST - 1}; allowed: {LAST}"),
        ([[0, 9], [11, LAST]], "[1]", "begins at 11; allowed: 10"),
        ([[0, 9], [9, LAST]], "[1]", "begins at 9; allowed: 10"),
        ([[0, 9], [10, 5], [6, LAST]], "[1]", "ends before it begins"),
        ([[0, LAST + 1]], "[0][1]", "is out of range"),
        ([[0, "1e38"]], "[0][1]", "is not exact"),
        ([[0.5, LAST]], "[0][0]", "is not a whole number"),
        ([[0, -1]], "[0][1]", "is out of range"),
        ([[0, LAST, 3]], "[0]", "3 items are given; allowed: a list of 2"),
    ],
)
def test_ranges_that_do_not_cover_all_hashes_once_are_refused(ranges: Any, field: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(content(hash_ranges=ranges))
    fault = error.value.faults[0]
    assert (fault.field, message in fault.message) == (f"streams.s.hash_ranges{field}", True), fault


def test_hash_keys_may_be_written_as_text_as_aws_prints_them() -> None:
    loaded = scenario(content(hash_ranges=[[str(low), str(high)] for low, high in RANGES]))
    assert loaded == scenario(content())
