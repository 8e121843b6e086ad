"""What is offered to each limit, by hand calculation."""

from __future__ import annotations

import math

import pytest

from simulator.measures.limits import Offered
from simulator.measures.result import Result
from simulator.measures.run import simulate
from tests.model.rows import Section, run_rows, scenario, small

MIB = 2**20
ONE_KEY: Section = {"partition_keys": {"count": 1, "order": "round_robin"}}
AT_ONCE: Section = {"consumer": "push", "push": {"propagation": "0s"}}


def use(of: Result, limit: str, mapping: int = 0) -> Offered:
    (found,) = (each for each in of.mappings[mapping].limits if each.limit == limit)
    return found


def test_the_use_of_write_limits_is_that_of_the_mean_and_of_the_busiest_interval() -> None:
    """50 records/s, then 100 records/s, of 2 KiB: one and two in each interval of 20 ms."""
    steps = {"steps": [{"at": "0s", "rate": "50/s"}, {"at": "5s", "rate": "100/s"}]}
    found = run_rows(small(producer={"rate": steps, "record_size": "2KiB"}))[0]
    records, bytes_ = use(found, "write_records"), use(found, "write_bytes")
    assert (records.mean, records.peak) == pytest.approx((0.075, 0.1))
    assert (bytes_.mean, bytes_.peak) == pytest.approx((75 * 2048 / MIB, 100 * 2048 / MIB))


def test_all_mappings_that_poll_a_stream_use_the_calls_of_its_shards() -> None:
    content = small(producer={"rate": "0/s"})
    first = content["event_source_mappings"][0]
    content["event_source_mappings"] += [
        dict(first, name="n", polling={"phase": "620ms"}),
        dict(first, name="pushed", consumer="push"),
    ]
    found = run_rows(content)[0]
    assert use(found, "read_calls", 0).mean == use(found, "read_calls", 1).mean
    assert use(found, "read_calls").mean == pytest.approx(2 / 5)
    assert [each.limit for each in found.mappings[2].limits if each.limit.startswith("read")] == ["read_bytes"]


def test_refused_calls_are_asked_for_too() -> None:
    content = small(producer={"rate": "0/s"}, mapping={"polling": {"interval": "100ms", "phase": "50ms"}})
    assert use(run_rows(content)[0], "read_calls").mean == pytest.approx(10 / 5)


def test_the_calls_of_a_shard_in_its_busiest_second_are_those_of_all_that_poll_it() -> None:
    """One that polls once a second and is off for a while, and another reader that polls each 400 ms from 5.1 s on."""
    content = small(
        producer={"rate": "0/s"}, mapping={"polling": {"phase": "500ms"}, "disabled": [{"from": "2s", "to": "5s"}]}
    )
    content["readers"] = [{"name": "other", "stream": "s", "interval": "400ms", "phase": "100ms", "starts_after": "5s"}]
    found = use(run_rows(content)[0], "read_calls")
    assert found.peak == pytest.approx((1 + 3) / 5)
    content["readers"] = []
    assert use(run_rows(content)[0], "read_calls").peak == pytest.approx(1 / 5)


def test_refused_calls_count_in_the_busiest_second() -> None:
    content = small(producer={"rate": "0/s"}, mapping={"polling": {"interval": "100ms", "phase": "50ms"}})
    assert use(run_rows(content)[0], "read_calls").peak == pytest.approx(10 / 5)


def test_a_lane_has_no_busiest_second() -> None:
    assert math.isnan(use(run_rows(small())[0], "lanes").peak)


@pytest.mark.parametrize("overhead", ["0s", "30ms"])
def test_units_that_are_missed_until_an_attempt_asks_again_count_as_wanted_at_once(overhead: str) -> None:
    """The lanes of three mappings share two units; that of a fourth has one of its own."""
    content = small(
        run={"drain": "0s", "account": {"concurrency": 3}},
        producer={"rate": "10/s", "arrivals": "constant", **ONE_KEY},
        function={"duration": {"per_batch": "2s"}},
        mapping=AT_ONCE | {"invoke_overhead": overhead, "batch_size": 1},
    )
    mapping = content["event_source_mappings"][0]
    content["functions"]["own"] = dict(content["functions"][mapping["function"]], reserved_concurrency=1)
    content["event_source_mappings"] += [dict(mapping, name=name) for name in ("n", "o")]
    content["event_source_mappings"].append(dict(mapping, name="p", function="own"))
    found = run_rows(content)[0]
    assert [use(found, "concurrency", number).peak for number in range(4)] == [1.5, 1.5, 1.5, 1.0]


def test_functions_without_a_reserve_share_what_the_account_leaves() -> None:
    """Two functions, each in one lane that needs 0.25 s of each second, and half of the time together."""
    content = small(
        run={"account": {"concurrency": 10}},
        producer={"rate": "1/s", **ONE_KEY},
        function={"duration": {"per_batch": "250ms", "per_record": "0s"}},
        mapping=AT_ONCE,
    )
    mapping = content["event_source_mappings"][0]
    content["functions"]["g"] = content["functions"][mapping["function"]]
    content["event_source_mappings"].append(dict(mapping, name="n", function="g"))
    found = run_rows(content)[0]
    for number in range(2):
        assert use(found, "concurrency", number).mean == pytest.approx(2 * 0.25 / 10, rel=0.01)
        assert use(found, "concurrency", number).peak == 2 / 10


def test_a_throttle_for_want_of_something_else_misses_no_unit() -> None:
    """Eight lanes of four units, of which only the rate of four requests a second is too little."""
    content = small(
        run={"drain": "0s", "account": {"concurrency": 4, "requests_per_concurrency": "1/s"}},
        stream={"shards": 8},
        producer={"rate": "80/s", "partition_keys": "unique"},
        function={"duration": {"per_batch": "1ms"}},
        mapping=AT_ONCE | {"batch_size": 1},
    )
    found = run_rows(content)[0]
    assert found.mappings[0].measures.counts["throttles"] > 0
    assert use(found, "concurrency").peak <= 1


@pytest.mark.parametrize(("consumer", "readers"), [("polling", 2), ("push", 1)])
def test_polling_mappings_share_the_bytes_of_a_shard_and_a_pushed_one_has_its_own(consumer: str, readers: int) -> None:
    """100 records of 1,000 bytes, all of one key, so that the other shard is idle."""
    content = small(
        stream={"shards": 2},
        producer={"rate": "10/s", "record_size": "1000B", **ONE_KEY},
        mapping={"consumer": consumer},
    )
    content["event_source_mappings"].append(dict(content["event_source_mappings"][0], name="n"))
    found = run_rows(content)[0]
    bytes_ = use(found, "read_bytes")
    assert bytes_.mean == pytest.approx(readers * 100_000 / 10 / (2 * MIB))
    assert bytes_.peak == pytest.approx(readers * 10_000 / (2 * MIB))


def test_the_work_of_lanes_and_of_the_pool_is_the_time_that_their_records_need() -> None:
    """Ten attempts of 0.25 s in 10 s, one at a time, in one of two lanes, with a reserve of 5."""
    found = run_rows(
        small(
            stream={"shards": 2},
            producer={"rate": "1/s", **ONE_KEY},
            function={"duration": {"per_batch": "250ms"}, "reserved_concurrency": 5},
            mapping=AT_ONCE,
        )
    )[0]
    assert use(found, "lanes").mean == pytest.approx(0.25)
    assert use(found, "concurrency").mean == pytest.approx(0.25 / 5)


def test_records_that_were_not_processed_need_what_those_of_full_batches_took() -> None:
    """100 records/s for 10 s, in batches of 10 that take 0.5 s: 20 records/s can be done, five times as many come."""
    found = run_rows(
        small(
            run={"drain": "0s"},
            producer={"rate": "100/s", "arrivals": "constant", **ONE_KEY},
            function={"duration": {"per_batch": "500ms"}},
            mapping={"batch_size": 10},
        )
    )[0]
    assert found.mappings[0].ends.unprocessed > 700
    assert use(found, "lanes").mean == pytest.approx(5, rel=0.02)


def test_a_function_that_never_processes_anything_is_offered_what_it_would_take_in_the_mean() -> None:
    """10 records/s in batches of 100 that take 1 s."""
    found = run_rows(
        small(
            run={"drain": "0s"},
            producer={"rate": "10/s", "arrivals": "constant", **ONE_KEY},
            function={"duration": {"per_batch": "1s"}, "reserved_concurrency": 0},
        )
    )[0]
    assert use(found, "lanes").mean == pytest.approx(0.1, rel=0.1)
    assert math.isinf(use(found, "concurrency").mean)


@pytest.mark.parametrize("interval_s", [0.1, 60.0])
def test_spikes_count_in_their_whole_second_whatever_the_interval(interval_s: float) -> None:
    """8,000 records in each half second of a spike, on 4 shards: twice the limit."""
    spikes = {"spikes": {"base": "100/s", "peak": "16000/s", "every": "60s", "lasts": "500ms"}}
    content = small(
        run={"duration": "120s"},
        stream={"shards": 4},
        producer={"rate": spikes, "record_size": "100B", "arrivals": "constant", "partition_keys": "unique"},
    )
    written = use(simulate(scenario(content), interval_s=interval_s), "write_records")
    assert written.peak == pytest.approx(2, rel=0.1)
    assert written.mean == pytest.approx((16_000 + 119 * 100) / 120 / 4 / 1000, rel=0.1)


def test_the_mean_concurrency_of_the_summary_is_over_the_run_with_its_drain() -> None:
    """Ten records, one at a time: 5 s each, from 0.5 s to 50.5 s (and half a millisecond for the first to be sent)."""
    slow: Section = {"duration": {"per_batch": "5s"}, "timeout": "60s"}
    found = run_rows(small(producer={"rate": "1/s"}, function=slow, mapping={**AT_ONCE, "batch_size": 1}))[0]
    assert found.end_s == pytest.approx(50.5, abs=1e-3)
    assert found.summary()["functions"]["f"] == {
        "concurrency_mean": pytest.approx(50 / 50.5, abs=1e-4),
        "concurrency_peak": 1,
    }
