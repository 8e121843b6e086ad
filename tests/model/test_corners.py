"""Corners of the model: hand-made scenarios, on which both engines agree, too (tests/kernel/test_corners.py)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kernel.engines import Engine
from simulator.measures.run import simulate
from simulator.model import windows
from tests.kernel.recording import first_difference, record
from tests.model.rows import Section, run_rows, scenario, small

ROUND_ROBIN = {"partition_keys": {"count": 23, "order": "round_robin"}}
LONG_DISABLED = {"disabled": [{"from": "2s", "to": "30h"}]}
SELDOM = {"polling": {"interval": "60s", "phase": "370ms", "jitter": 0}}  # few of its polls find nothing
SLOW = {"duration": {"per_batch": "1713ms", "per_record": "1.3ms"}}

# A batch of two records, accepted at 15 s and 45 s, fails at 50 s and is halved. The other mapping, which was refused
# at 47 s, takes the only unit first, and holds it until 89 s: the first half is refused, and too old at 90 s; the
# second runs at once.
PUSHED: Section = {
    "consumer": "push",
    "starting_position": "trim_horizon",
    "push": {"propagation": "0s"},
    "retry_backoff": {"jitter": 0},
}
PRODUCED: Section = {"arrivals": "constant", "record_size": "1B"}
HALF_THAT_LEAVES: Section = {
    "name": "half-that-leaves",
    "duration": "60s",
    "account": {"concurrency": 1},
    "streams": {"other": {"shards": 1}, "s": {"shards": 1}},
    "producers": [
        {"name": "o", "stream": "other", "rate": "0.5/s", "start": "46s", "stop": "48s", **PRODUCED},
        {"name": "p", "stream": "s", "rate": "2/m", **PRODUCED},
    ],
    "functions": {
        "long": {"duration": {"per_batch": "39s"}, "cold_start": "0s", "timeout": "60s"},
        "f": {
            "duration": {"per_batch": "5s"},
            "cold_start": "0s",
            "timeout": "60s",
            "failures": [{"kind": "poison", "at": ["10s"]}],
        },
    },
    "event_source_mappings": [
        {
            "stream": "other",
            "function": "long",
            **PUSHED,
            "throttle_backoff": {"initial": "3s", "factor": 1, "jitter": 0},
        },
        {
            "stream": "s",
            "function": "f",
            **PUSHED,
            "batch_size": 2,
            "maximum_batching_window": "300s",
            "maximum_record_age": "60s",
            "bisect_batch_on_function_error": True,
            "throttle_backoff": {"initial": "40s", "factor": 1, "jitter": 0},
        },
    ],
}

CORNERS: dict[str, Section] = {
    "nothing special": small(),
    "a half that leaves whole after a throttle": HALF_THAT_LEAVES,
    "no producers": {**small(), "producers": []},
    "a rate of 0": small(producer={"rate": "0/s"}),
    "batches of one record": small(mapping={"batch_size": 1}),
    "pushed batches of one record": small(mapping={"batch_size": 1, "consumer": "push"}),
    "answers of one record": small(mapping={"polling": {"phase": "370ms", "get_records_limit": 1}}),
    "a window longer than the run": small(mapping={"maximum_batching_window": "300s"}, run={"drain": "1h"}),
    "a pushed window longer than the run": small(
        mapping={"consumer": "push", "maximum_batching_window": "300s"}, run={"drain": "1h"}
    ),
    "the drain ends in a window": small(mapping={"maximum_batching_window": "300s"}, run={"drain": "50s"}),
    "no drain": small(run={"drain": "0s"}, function=SLOW),
    "a mapping that starts after the run": small(mapping={"starts_after": "20s"}),
    "latest after all records": small(mapping={"starts_after": "20s", "starting_position": "latest"}),
    "a timestamp after all records": small(mapping={"starting_position": {"at_timestamp": "100s"}}),
    "a function that is always throttled": small(function={"reserved_concurrency": 0}, run={"drain": "7s"}),
    "an account without concurrency": small(run={"account": {"concurrency": 1, "other_concurrency": 1}, "drain": "7s"}),
    "more than a shard accepts": small(run={"duration": "3s"}, producer={"rate": "1300/s"}),
    "more than a shard accepts, no drain": small(run={"duration": "3s", "drain": "0s"}, producer={"rate": "1300/s"}),
    "more than a shard accepts, dropped": small(
        run={"duration": "3s"}, producer={"rate": "1300/s", "on_throttle": "drop"}
    ),
    "accepted and read at the very end": small(
        run={"duration": "3s", "drain": "7.05s"},
        producer={"rate": "10/s", "record_size": "1MiB"},  # one a second is accepted, the last at 10.05 s
        mapping={"polling": {"phase": "50ms"}},
    ),
    "a slow period of factor 0": small(
        function={"failures": [{"kind": "slow", "from": "0s", "to": "5s", "factor": 0}]}
    ),
    "errors after no time": small(
        function={"failures": [{"kind": "outage", "from": "0s", "to": "5s", "fails_after": 0}]}
    ),
    "disabled from the start": small(mapping={"disabled": [{"from": "0s", "to": "4.2s"}]}),
    "disabled until the end": small(mapping={"disabled": [{"from": "3.3s", "to": "1000s"}]}, run={"drain": "77s"}),
    "disabled periods that touch": small(
        mapping={"disabled": [{"from": "2.1s", "to": "3.3s"}, {"from": "3.3s", "to": "4.7s"}], "consumer": "push"}
    ),
    "a latency of several intervals": small(
        mapping={"polling": {"phase": "370ms", "latency": "2741ms"}, "batch_size": 3}
    ),
    "many polling mappings": {
        **small(run={"duration": "30s"}),
        "event_source_mappings": [
            {
                **small()["event_source_mappings"][0],
                "name": f"m{i}",
                "polling": {"interval": "1.0137s", "phase": f"{37 + 113 * i}ms", "jitter": 0},
            }
            for i in range(8)
        ],
    },
    "an answer whose debt outlasts the run": small(
        run={"duration": "20s"},
        producer={"rate": "1.8/s", "start": "-5.3s", "stop": "0s", "record_size": "1MiB"},
        mapping={"polling": {"phase": "370ms", "repoll": "base_rate"}},
    ),
    "several shards and lanes": small(
        stream={"shards": 3},
        producer={"rate": "61/s", **ROUND_ROBIN},
        mapping={"parallelization_factor": 10, "polling": {"phase": "spread"}, "batch_size": 2},
    ),
    "a full batch ends when a poll is due, which is skipped": small(
        run={"duration": "30s", "drain": "60s"},
        producer={"rate": "20/s", "partition_keys": {"count": 7, "order": "round_robin"}},  # most for one lane
        function={"duration": {"per_batch": "1s"}},
        mapping={
            "parallelization_factor": 2,
            "batch_size": 1,
            "polling": {"phase": "370ms", "latency": "0s", "get_records_limit": 4},
        },
    ),
    "an answer comes when a poll is due": small(
        run={"duration": "30s", "drain": "60s"},
        producer={"rate": "5/s"},
        function={"duration": {"per_batch": "700ms"}},
        mapping={"batch_size": 3, "polling": {"phase": "370ms", "latency": "1s", "get_records_limit": 4}},
    ),
    "an outage and poison at the same part of an attempt": small(
        function={
            "failures": [
                {"kind": "poison", "at": ["3s", "4.1s"], "fails_after": 0.5},
                {"kind": "outage", "from": "0s", "to": "6s", "fails_after": 0.5},
            ]
        },
        mapping={"report_batch_item_failures": True, "maximum_retry_attempts": 2},
    ),
    "disabled for longer than the retention": small(run={"drain": "31h"}, mapping={**LONG_DISABLED, **SELDOM}),
    "ended while disabled for longer than the retention": small(
        run={"drain": "25h"}, mapping={**LONG_DISABLED, **SELDOM}
    ),
    "pushed, disabled for longer than the retention": small(
        run={"drain": "31h"}, mapping={"consumer": "push", **LONG_DISABLED}
    ),
    "pushed, ended while disabled, before the retention": small(
        run={"duration": "20h", "drain": "6h"},
        producer={"rate": "1/h"},
        mapping={"consumer": "push", "disabled": [{"from": "2h", "to": "50h"}]},
    ),
    "pushed, ended while disabled for longer than the retention": small(
        run={"drain": "25h"}, mapping={"consumer": "push", **LONG_DISABLED}
    ),
    "the rate falls to 0 when a record is due": small(
        producer={
            "rate": {
                "steps": [{"at": "0s", "rate": "10.5/s"}, {"at": "1s", "rate": "0/s"}, {"at": "2.1s", "rate": "3/s"}]
            }
        }
    ),
    "the rate falls to 0 for good when a record is due": small(
        producer={"rate": {"steps": [{"at": "0s", "rate": "10.5/s"}, {"at": "1s", "rate": "0/s"}]}}
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_windows_of_seven_records_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    corner = scenario(CORNERS[name])
    whole = record(corner, "simpy")
    monkeypatch.setattr(windows, "WINDOW_RECORDS", 7)
    assert first_difference(record(corner, "simpy"), whole) == ""


def test_what_a_half_was_throttled_that_leaves_whole_is_retrying_for_the_other() -> None:
    mapping = simulate(scenario(HALF_THAT_LEAVES), None, 0).mappings[1]
    parts = {part: ns / 10**9 for part, ns in mapping.measures.parts.sums_ns.items()}
    assert mapping.measures.told == {
        "processed": 1,
        "dropped": 1,
        "sent_to_destination": 0,
        "expired": 0,
        "filtered": 0,
    }
    assert parts["throttled"] == 0
    assert parts["retrying"] == 5 + 40  # of the record accepted at 45 s: the failed attempt, then what its sibling did
    assert parts["processing"] == 5


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_what_is_accepted_at_the_very_end_is_read_by_a_poll_of_then(engine: Engine) -> None:
    run = scenario(CORNERS["accepted and read at the very end"])
    (mapping,), stream = (result := simulate(run, None, 0, engine=engine)).mappings, result.measures.streams["s"]
    assert stream.records_by_shard.tolist() == [11]
    assert mapping.read_bytes == 11 * 2**20


@pytest.mark.parametrize("window_records", [1, 5, 10, 30, 100])
def test_an_old_alarm_of_a_lane_does_not_wake_it_in_the_future(
    window_records: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pushed lane learns in each window of records that end its batching window sooner than it had thought."""
    content = small(
        run={"duration": "46.1369s"},
        producer={"rate": "0.776239/s", "partition_keys": {"count": 5, "order": "round_robin"}},
        function={"duration": {"per_batch": "46.4864ms", "per_record": "4.83958ms"}, "cold_start": "149.627ms"},
        mapping={
            "consumer": "push",
            "batch_size": 6,
            "maximum_batching_window": "4s",
            "parallelization_factor": 2,
        },
    )
    second = {"stream": "s", "arrivals": "constant", "rate": "0.85593/s"}
    third = {**second, "rate": {"steps": [{"at": "17.9886s", "rate": "1.20761/s"}]}}
    content["producers"] += [
        {**second, "partition_keys": {"count": 34, "order": "round_robin"}},
        {**third, "partition_keys": {"count": 35, "order": "round_robin"}},
    ]
    pushed = scenario(content)
    whole = record(pushed, "simpy")
    monkeypatch.setattr(windows, "WINDOW_RECORDS", window_records)
    assert first_difference(record(pushed, "simpy"), whole) == ""
    assert first_difference(record(pushed, "kernel"), whole) == ""


@pytest.mark.parametrize("consumer", ["polling", "push"])
@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("failures", [[], [{"kind": "poison", "at": ["3s"]}], [{"kind": "poison", "probability": 0.5}]])
def test_a_stream_that_nobody_writes_to_can_be_read(consumer: str, lanes: int, failures: list[dict[str, Any]]) -> None:
    content = small(function={"failures": failures}, mapping={"maximum_retry_attempts": 1})
    content["streams"]["empty"] = {"shards": 2}
    content["event_source_mappings"].append(
        {"name": "none", "stream": "empty", "function": "f", "consumer": consumer, "parallelization_factor": lanes}
    )
    result, rows = run_rows(content)
    assert result["none"].ends.produced == 0
    assert {row["mapping"] for row in rows} == {"m"}


@pytest.mark.parametrize("consumer", ["polling", "push"])
def test_a_warm_up_leaves_out_the_records_accepted_before_its_end(consumer: str) -> None:
    """Of the 73 records at (k + 0.5) / 7.3 s, 36 are accepted before 5 s."""
    changes: Section = {"consumer": consumer, "maximum_batching_window": "2s"}
    mine = run_rows(small(run={"warmup": "5s"}, mapping=changes))[0].mappings[0]
    assert mine.ends.processed == 73
    assert mine.measures.latency.n == 73 - 36
    assert sum(mine.parts_mean_s.values()) == pytest.approx(mine.measures.latency.mean_s, abs=1e-6)


def test_a_warm_up_changes_no_row() -> None:
    content = scenario(small())
    assert run_rows(content)[1] == run_rows(scenario(small(run={"warmup": "5s"})))[1]


@pytest.mark.parametrize("consumer", ["polling", "push"])
def test_latest_leaves_out_a_record_accepted_at_that_very_time_and_a_timestamp_takes_it(consumer: str) -> None:
    """Records are accepted at 0.5, 1.5, 2.5 and 3.5 s."""
    times: list[Section] = [
        {"starting_position": "latest", "starts_after": "1500ms"},
        {"starting_position": {"at_timestamp": "1500ms"}},
    ]
    skipped = [
        run_rows(small(run={"duration": "4s"}, producer={"rate": "1/s"}, mapping={"consumer": consumer, **time}))[0]
        .mappings[0]
        .ends.skipped
        for time in times
    ]
    assert skipped == [2, 1]


@pytest.mark.parametrize("consumer", ["polling", "push"])
def test_what_is_gone_at_the_end_has_expired_though_nobody_has_come_to_pass_it_over(consumer: str) -> None:
    """A record each hour, at half past; those of 2.5 h to 5.5 h are a day old at the end of the run, at 30 h."""
    content = small(
        run={"duration": "20h", "drain": "10h"},
        producer={"rate": "1/h"},
        mapping={"consumer": consumer, "disabled": [{"from": "2h", "to": "50h"}]},
    )
    ends = run_rows(content)[0].mappings[0].ends
    assert (ends.processed, ends.expired, ends.unprocessed) == (2, 4, 14)


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
def test_a_stream_that_nobody_reads_does_not_prolong_the_run(engine: Engine) -> None:
    """Its shard accepts 1,000 of 3,000 records a second, so that many still wait at their producer at the end."""
    content = small(run={"drain": "3h"})
    content["streams"]["unread"] = {"shards": 1}
    content["producers"].append({"stream": "unread", "rate": "3000/s", "arrivals": "constant"})
    assert simulate(scenario(content), engine=engine).end_s < 13
