"""How much of each limit a run uses, by hand calculation."""

from __future__ import annotations

import pytest

from simulator.measures.result import Result
from simulator.measures.usage import Use
from tests.model.rows import Section, run_rows, small

MIB = 2**20
ONE_KEY: Section = {"partition_keys": {"count": 1, "order": "round_robin"}}
AT_ONCE: Section = {"consumer": "push", "push": {"propagation": "0s"}}


def use(of: Result, limit: str, mapping: int = 0) -> Use:
    (found,) = (each for each in of.mappings[mapping].uses if each.limit == limit)
    return found


def test_the_use_of_write_limits_is_that_of_the_mean_and_of_the_busiest_interval() -> None:
    """50 records/s, then 100 records/s, of 2 KiB: one and two in each interval of 20 ms."""
    steps = {"steps": [{"at": "0s", "rate": "50/s"}, {"at": "5s", "rate": "100/s"}]}
    found = run_rows(small(producer={"rate": steps, "record_size": "2KiB"}))[0]
    records, bytes_ = use(found, "write records"), use(found, "write bytes")
    assert (records.mean, records.hottest) == pytest.approx((0.075, 0.1))
    assert (bytes_.mean, bytes_.hottest) == pytest.approx((75 * 2048 / MIB, 100 * 2048 / MIB))


def test_all_mappings_that_poll_a_stream_use_the_calls_of_its_shards() -> None:
    content = small(producer={"rate": "0/s"})
    first = content["event_source_mappings"][0]
    content["event_source_mappings"] += [
        dict(first, name="n", polling={"phase": "620ms"}),
        dict(first, name="pushed", consumer="push"),
    ]
    found = run_rows(content)[0]
    assert use(found, "read calls", 0) == use(found, "read calls", 1)
    assert use(found, "read calls").hottest == pytest.approx(2 / 5)
    assert [each.limit for each in found.mappings[2].uses if each.limit.startswith("read")] == ["read bytes"]


def test_refused_calls_are_asked_for_too() -> None:
    content = small(producer={"rate": "0/s"}, mapping={"polling": {"interval": "100ms", "phase": "50ms"}})
    assert use(run_rows(content)[0], "read calls").hottest == pytest.approx(10 / 5)


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
    bytes_ = use(found, "read bytes")
    assert bytes_.hottest == pytest.approx(readers * 100_000 / found.end_s / (2 * MIB))
    assert bytes_.mean == pytest.approx(bytes_.hottest / 2)


def test_the_use_of_lanes_and_of_concurrency_is_the_time_in_which_attempts_run() -> None:
    """Ten attempts of 0.25 s in 10 s, one at a time, in one of two lanes, with a reserve of 5."""
    found = run_rows(
        small(
            stream={"shards": 2},
            producer={"rate": "1/s", **ONE_KEY},
            function={"duration": {"per_batch": "250ms"}, "reserved_concurrency": 5},
            mapping=AT_ONCE,
        )
    )[0]
    lanes, concurrency = use(found, "function time per lane"), use(found, "concurrency")
    assert (lanes.mean, lanes.hottest) == pytest.approx((0.125, 0.25))
    assert (concurrency.mean, concurrency.hottest) == pytest.approx((0.25 / 5, 1 / 5))


def test_the_mean_concurrency_of_the_summary_is_over_the_run_with_its_drain() -> None:
    """Ten records, one at a time: 5 s each, from 0.5 s to 50.5 s (and half a millisecond for the first to be sent)."""
    slow: Section = {"duration": {"per_batch": "5s"}, "timeout": "60s"}
    found = run_rows(small(producer={"rate": "1/s"}, function=slow, mapping={**AT_ONCE, "batch_size": 1}))[0]
    assert found.end_s == pytest.approx(50.5, abs=1e-3)
    assert found.summary()["functions"]["f"] == {
        "concurrency_mean": pytest.approx(50 / 50.5, abs=1e-4),
        "concurrency_peak": 1,
    }
