"""The closed-form estimate, by hand."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import pytest

from simulator import simulate
from simulator.measures.expected import full_batch
from simulator.study.demand import demand
from simulator.study.estimate import Estimate, estimates
from tests.study.scenarios import loaded


def estimated(folder: Path, **fields: Any) -> Estimate:
    return estimates(loaded(folder, **fields))[0]


def needed(folder: Path, limit: str, **fields: Any) -> tuple[float, float]:
    need = next(each for each in estimated(folder, **fields).needs if each.limit == limit)
    return need.at_mean, need.at_peak


def test_a_shard_writes_a_thousand_records_a_second(tmp_path: Path) -> None:
    assert needed(tmp_path, "write records", rate="3000/s") == (3, 3)
    assert needed(tmp_path, "write records", rate="3001/s") == (4, 4)


def test_a_shard_writes_a_mebibyte_a_second(tmp_path: Path) -> None:
    """500 records of 4 KiB are 1.953 MiB."""
    assert needed(tmp_path, "write bytes", rate="500/s", producer={"record_size": "4KiB"}) == (2, 2)


def test_polling_mappings_share_two_mebibytes_a_second_and_pushed_ones_do_not(tmp_path: Path) -> None:
    """3 readers of 1.953 MiB/s are 5.86 MiB/s, which are 3 shards."""
    mappings = [{"name": f"m{i}", "stream": "s", "function": "f"} for i in range(3)]
    traffic: dict[str, Any] = {"rate": "500/s", "producer": {"record_size": "4KiB"}}
    assert needed(tmp_path, "read bytes", event_source_mappings=mappings, **traffic) == (3, 3)
    assert needed(tmp_path, "read bytes", mapping={"consumer": "push"}, **traffic) == (1, 1)


@pytest.mark.parametrize(("readers", "shards"), [(5, 1), (6, math.inf)])
def test_more_than_five_polls_a_second_are_too_many_for_any_number_of_shards(
    tmp_path: Path, readers: int, shards: float
) -> None:
    mappings = [{"name": f"m{i}", "stream": "s", "function": "f"} for i in range(readers)]
    assert needed(tmp_path, "read calls", event_source_mappings=mappings) == (shards, shards)


@pytest.mark.parametrize(("lanes", "shards"), [(1, 6), (2, 3), (4, 2), (10, 1)])
def test_a_lane_has_time_for_so_many_full_batches(tmp_path: Path, lanes: int, shards: int) -> None:
    """100 records in 20 ms + 100 x 1 ms = 0.12 s: 833.3 a second; 5,000 a second take 6 lanes."""
    mapping = {"batch_size": 100, "parallelization_factor": lanes}
    found = needed(tmp_path, "function time per lane", rate="5000/s", batch="20ms", record="1ms", mapping=mapping)
    assert found == (shards, shards)


def test_the_invoke_overhead_is_time_of_the_lane_too(tmp_path: Path) -> None:
    """100 records in 0.1 + 0.1 s: 500 a second."""
    mapping = {"invoke_overhead": "100ms"}
    assert needed(tmp_path, "function time per lane", rate="900/s", batch="100ms", mapping=mapping) == (2, 2)


def test_a_full_batch_that_times_out_is_never_done(tmp_path: Path) -> None:
    function = {"timeout": "1s"}
    assert needed(tmp_path, "function time per lane", record="11ms", function=function) == (math.inf, math.inf)
    of = estimated(tmp_path, record="11ms", function=function)
    assert {need.limit: need.use for need in of.needs if math.isinf(need.use)} == {
        "function time per lane": math.inf,
        "concurrency": math.inf,
    }


def test_no_number_of_shards_makes_up_for_too_little_concurrency(tmp_path: Path) -> None:
    """1,000 records/s in batches of 100 that take 1 s: 10 at once."""
    for reserve, shards in ((10, 1), (9, math.inf)):
        function = {"reserved_concurrency": reserve}
        assert needed(tmp_path, "concurrency", rate="1000/s", batch="1s", function=function) == (shards, shards)


def test_the_peak_needs_more_than_the_mean(tmp_path: Path) -> None:
    """A quarter of the time 2,500/s, else 500/s: 1,000/s in the mean."""
    spikes = {"spikes": {"base": "500/s", "peak": "2500/s", "every": "20s", "lasts": "5s"}}
    assert needed(tmp_path, "write records", rate=spikes) == (1, 3)


def test_a_batch_is_full_with_six_mebibytes_of_payload(tmp_path: Path) -> None:
    """A record of 100 KiB costs 532 + 4 x 34,134 = 137,068 bytes of 6,291,456: 45 fit."""
    scenario = loaded(tmp_path, mapping={"batch_size": 1000})
    assert full_batch(scenario.event_source_mappings[0], 100 * 1024) == 45
    assert full_batch(scenario.event_source_mappings[0], 100) == 1000
    assert full_batch(scenario.event_source_mappings[0], 10 * 2**20) == 1


def test_memory_changes_the_time_of_a_batch(tmp_path: Path) -> None:
    """With twice the memory half the time: 100 records in 0.1 s, not 0.2 s."""
    function = {
        "memory": "256MiB", "duration_measured_at": "128MiB",
        "duration_by_memory": {"128MiB": "200ms", "256MiB": "100ms"},
    }  # fmt: skip
    assert needed(tmp_path, "function time per lane", rate="1000/s", batch="200ms", function=function) == (1, 1)
    assert needed(tmp_path, "function time per lane", rate="1000/s", batch="200ms") == (2, 2)


# skew


def share(names: list[str], weights: list[float], shards: int) -> float:
    """The hottest shard's part, by the rule of the hash ranges."""
    load = [0.0] * shards
    for name, weight in zip(names, weights, strict=True):
        hash_ = int.from_bytes(hashlib.md5(name.encode(), usedforsecurity=False).digest())
        load[min(hash_ // (2**128 // shards), shards - 1)] += weight
    return max(load) / sum(weights)


ZIPF = {"name": "p", "partition_keys": {"count": 50, "popularity": {"zipf": 1.0}}}


def test_the_hottest_shard_has_the_keys_that_hash_into_its_range(tmp_path: Path) -> None:
    asked = demand(loaded(tmp_path, producer=ZIPF), "s")
    weights = [1 / (i + 1) for i in range(50)]
    for shards in (1, 2, 3, 7, 16):
        expected = share([f"p-{i}" for i in range(50)], weights, shards)
        assert asked.hottest_share(shards) == pytest.approx(expected, rel=1e-12)


def test_the_shards_needed_are_the_first_number_whose_hottest_shard_fits(tmp_path: Path) -> None:
    weights = [1 / (i + 1) for i in range(50)]
    first = next(n for n in range(1, 100) if 3000 * share([f"p-{i}" for i in range(50)], weights, n) <= 1000)
    assert first > 3  # skew costs something
    assert needed(tmp_path, "write records", rate="3000/s", producer=ZIPF) == (first, first)


def test_a_key_that_is_hotter_than_a_shard_is_too_hot_for_any_number_of_shards(tmp_path: Path) -> None:
    """The first of 50 keys has 1 / H(50) = 0.222 of the records."""
    assert needed(tmp_path, "write records", rate="4600/s", producer=ZIPF)[0] == math.inf
    need = estimated(tmp_path, rate="4600/s", producer=ZIPF).needs[0]
    assert "its most popular key alone has 1,022 records/s" in need.why


def test_keys_are_spread_evenly_when_every_record_has_its_own(tmp_path: Path) -> None:
    assert demand(loaded(tmp_path), "s").hottest_share(8) == 1 / 8


# times


def test_an_outage_drains_in_rate_times_length_over_spare_capacity(tmp_path: Path) -> None:
    """100 records in 0.1 s are 1,000/s a lane, of 2; 1,200/s come: 1,200 x 10 / 800 = 15 s."""
    function = {"failures": [{"kind": "outage", "from": "20s", "to": "30s"}]}
    found = estimated(tmp_path, rate="1200/s", shards=2, batch="100ms", function=function).drains
    assert [each.cause for each in found] == ["outage"]
    assert found[0].seconds == pytest.approx(15.0)


def test_what_is_more_than_the_capacity_never_drains(tmp_path: Path) -> None:
    function = {"failures": [{"kind": "outage", "from": "20s", "to": "30s"}]}
    assert estimated(tmp_path, rate="1200/s", batch="100ms", function=function).drains[0].seconds == math.inf


def test_reading_two_mebibytes_a_second_is_the_fastest_way_to_drain(tmp_path: Path) -> None:
    """1 MiB/s comes: what an hour brought takes an hour, and the disabled time does not matter for the capacity."""
    mapping = {"disabled": [{"from": "10s", "to": "40s"}]}
    found = estimated(tmp_path, rate="256/s", batch="0s", producer={"record_size": "4KiB"}, mapping=mapping).drains[0]
    assert found.seconds == pytest.approx(30.0)


def test_a_record_waits_half_an_interval_for_its_poll_or_the_propagation(tmp_path: Path) -> None:
    assert estimated(tmp_path).poll_wait_mean_s == pytest.approx(0.51)
    assert estimated(tmp_path, mapping={"consumer": "push"}).poll_wait_mean_s == pytest.approx(0.07)


def test_the_estimated_latency_is_that_of_the_simulation_where_a_formula_holds(tmp_path: Path) -> None:
    """0.99 s + 10 ms + 20 ms + 40 x 1 ms = 1.06 s, of 40 records a poll that fill no batch."""
    fields: dict[str, Any] = {"rate": "40/s", "batch": "20ms", "record": "1ms", "duration": "300s", "warmup": "20s"}
    found = estimated(tmp_path, **fields)
    assert found.latency_p99_s == pytest.approx(1.06)
    simulated = simulate(loaded(tmp_path, **fields)).mappings[0].measures.latency.percentile_s(99)
    assert found.latency_p99_s == pytest.approx(simulated, rel=0.03)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"rate": "150/s"}, "a poll brings more than a batch"),
        ({"mapping": {"maximum_batching_window": "1s"}}, "a batching window"),
        ({"rate": "40/s", "batch": "900ms"}, "batches queue"),
        ({"rate": "950/s", "mapping": {"batch_size": 10000}}, "the shards' write limits"),
        ({"shards": 2, "function": {"reserved_concurrency": 1}}, "concurrency below the lanes"),
        ({"rate": {"steps": [{"at": "0s", "rate": "1/s"}, {"at": "30s", "rate": "9/s"}]}}, "the rate changes"),
        ({"function": {"failures": [{"kind": "random", "probability": 0.1}]}}, "failures"),
    ],
)
def test_where_no_formula_holds_it_says_so(tmp_path: Path, fields: dict[str, Any], why: str) -> None:
    found = estimated(tmp_path, **fields)
    assert math.isnan(found.latency_p99_s)
    assert why in found.latency_p99_why
