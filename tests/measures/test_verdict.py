"""Whether a mapping keeps up, and what binds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.measures.last_quarter import LastQuarter
from simulator.measures.run import simulate
from simulator.measures.verdict import Course, Lags, Verdict, behind_ns, binding, state
from simulator.scenario.spec import EventSourceMapping, Polling, Push
from simulator.traffic.nanoseconds import ns
from tests.model.rows import Section, scenario, small

POLLED = EventSourceMapping(name="m", stream="s", function="f", polling=Polling(interval=1.0))
PUSHED = EventSourceMapping(name="m", stream="s", function="f", consumer="push", push=Push(propagation=0.07))
WINDOWED = EventSourceMapping(name="m", stream="s", function="f", maximum_batching_window=60.0)
DURATION_S = 1000.0


def lags(name: str) -> Lags:
    """Lags over 1,000 s."""
    courses: dict[str, Callable[[float], float]] = {
        "low": lambda t: 1.0,
        "rising": lambda t: 0.3 * t,
        "rising slowly": lambda t: 10 + 0.01 * t,
        "rising by more than a fiftieth": lambda t: 10 + 0.025 * t,
        "high and level": lambda t: 300.0,
        "bump": lambda t: max(0.0, 200 - abs(t - 400)),
        "falling": lambda t: max(0.0, 900 - t),
        "rising at the end": lambda t: max(0.0, 0.9 * (t - 800)),
    }
    course = courses[name]
    peak_s = max(course(t) for t in range(1001))
    return Lags(*(ns(lag_s) for lag_s in (peak_s, course(750.0), course(1000.0))))


def run(of: Lags, behind: list[tuple[int, int]] | None = None, **quarter: int) -> Course:
    """A run of 1,000 s with 10,000 records, behind from 100 s on where its lag was ever above 7 s."""
    last = LastQuarter(ns(DURATION_S), behind_ns(POLLED))
    for name, value in quarter.items():
        setattr(last, name, value)
    ever = [(ns(100.0), ns(900.0))] if of.peak_ns > behind_ns(POLLED) else []
    return Course(DURATION_S, of, ever if behind is None else behind, last, 0, "write_records", 10_000, 0)


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("low", "stable"),
        ("rising", "overloaded"),
        ("rising at the end", "overloaded"),
        ("rising slowly", "backlogged"),
        ("rising by more than a fiftieth", "overloaded"),
        ("high and level", "backlogged"),
        ("bump", "backlogged"),
        ("falling", "backlogged"),
    ],
)
def test_a_mapping_is_stable_backlogged_or_overloaded_by_its_lags(course: str, expected: str) -> None:
    assert state(POLLED, run(lags(course)))[0] == expected


@pytest.mark.parametrize(
    ("mapping", "lag_s", "expected"),
    [
        (POLLED, 7.0, "stable"),
        (POLLED, 7.000000001, "backlogged"),
        (PUSHED, 5.14, "stable"),
        (PUSHED, 5.140000001, "backlogged"),
        (WINDOWED, 127.0, "stable"),
        (WINDOWED, 127.1, "backlogged"),
    ],
)
def test_what_counts_as_behind_depends_on_how_the_mapping_reads(
    mapping: EventSourceMapping, lag_s: float, expected: str
) -> None:
    at = [(ns(10.0), ns(20.0))] if ns(lag_s) > behind_ns(mapping) else []
    assert state(mapping, run(Lags(ns(lag_s), 0, 0), at))[0] == expected


def test_the_reason_says_whether_the_mapping_caught_up() -> None:
    assert "and caught up" in state(POLLED, run(lags("bump")))[1]
    late = run(lags("high and level"), [(ns(100.0), ns(1090.0))])
    assert "caught up 90 s after the end of the traffic" in state(POLLED, late)[1]


def test_a_mapping_that_had_not_caught_up_is_told_when_it_will_at_its_pace() -> None:
    """From 250 s behind at 750 s of the time to 100 s at its end: 0.6 s a second, so 93 s to 155 s more."""
    behind = run(Lags(ns(300.0), ns(250.0), ns(100.0)), [(ns(10.0), ns(1000.0))])
    told = state(POLLED, replace(behind, left=5))[1]
    assert "at the pace of the last quarter catches up 2.6 min after the end of the traffic" in told


def test_a_lane_that_got_nothing_done_is_stuck_only_if_the_mapping_is_behind() -> None:
    assert state(POLLED, run(lags("rising"), stuck_lanes=1, waiting_lanes=9))[0] == "blocked"
    assert state(POLLED, run(lags("low"), stuck_lanes=1, waiting_lanes=9))[0] == "stable"


def test_more_than_one_record_in_a_thousand_lost_is_losing_and_poison_to_a_destination_is_not() -> None:
    assert state(POLLED, run(lags("low"), lost=10))[0] == "stable"
    assert state(POLLED, run(lags("low"), lost=11))[0] == "losing"
    assert state(POLLED, run(lags("bump"), lost=11))[0] == "losing"
    assert state(POLLED, replace(run(lags("low")), dropped_at_write=11))[0] == "losing"
    assert state(POLLED, run(lags("rising"), lost=11))[0] == "overloaded"


@pytest.mark.parametrize(
    ("waiting_s", "mapping_state", "expected"),
    [
        ({"poll_interval": 900.0, "processing": 50.0, "function": 50.0}, "stable", ""),
        ({"poll_interval": 900.0, "processing": 50.0, "function": 50.0}, "backlogged", "function"),
        ({"poll_interval": 850.0, "processing": 50.0, "function": 100.0}, "stable", "function"),
        ({"function": 50.0, "read_calls": 60.0}, "backlogged", "read_calls"),
        ({"poll_interval": 900.0}, "overloaded", ""),
        ({}, "stable", ""),
    ],
)
def test_what_binds_is_the_cause_with_most_waiting_that_is_no_service_of_its_own(
    waiting_s: dict[str, float], mapping_state: str, expected: str
) -> None:
    assert binding(mapping_state, waiting_s, run(lags("low")))[0] == expected


def verdict(**changes: Section) -> Verdict:
    return simulate(scenario(small(**changes))).mappings[0].verdict


def test_a_mapping_whose_records_wait_ever_longer_at_their_producers_is_overloaded() -> None:
    """1,200 records/s for 100 s: a shard has let in 101,000 of them by then; the oldest that waits is the next one."""
    found = verdict(
        run={"duration": "100s"},
        producer={"rate": "1200/s", "record_size": "100B", "arrivals": "constant"},
        mapping={"batch_size": 10_000, "maximum_retry_attempts": 0},
        function={"timeout": "60s", "duration": {"per_batch": "1ms"}},
    )
    assert (found.state, found.cause) == ("overloaded", "write_records")
    assert found.reason.startswith(f"when the traffic ended it was {100 - 101_000 / 1200:.0f} s behind")


def test_one_shard_stuck_behind_a_poison_record_is_blocked_by_poison_however_well_the_others_do() -> None:
    found = verdict(
        run={"duration": "120s", "drain": "0s"},
        stream={"shards": 4},
        producer={"rate": "100/s", "partition_keys": "unique"},
        function={"failures": [{"kind": "poison", "at": ["12s"]}]},
    )
    assert (found.state, found.cause) == ("blocked", "poison")
    assert found.reason.startswith("1 of ")


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"producer": {"rate": "2000/s", "record_size": "100B", "on_throttle": "drop"}}, "write_records"),
        ({"producer": {"rate": "900/s", "record_size": "2KiB", "on_throttle": "drop"}}, "write_bytes"),
        (
            {
                "producer": {"rate": "100/s"},
                "function": {"failures": [{"kind": "random", "probability": 0.3}]},
                "mapping": {"maximum_retry_attempts": 0, "on_failure_destination": True},
            },
            "random_errors",
        ),
    ],
)
def test_a_mapping_that_loses_records_is_losing_and_what_they_were_lost_by_binds(
    changes: dict[str, Section], cause: str
) -> None:
    function = {"duration": {"per_batch": "10ms"}, **changes.pop("function", {})}
    mapping = {"batch_size": 1000, **changes.pop("mapping", {})}
    found = verdict(run={"duration": "60s"}, function=function, mapping=mapping, **changes)
    assert (found.state, found.cause) == ("losing", cause)


def test_poison_that_is_isolated_and_sent_to_a_destination_is_by_design() -> None:
    found = verdict(
        run={"duration": "60s"},
        function={"failures": [{"kind": "poison", "at": ["10s", "20s"]}]},
        mapping={
            "maximum_retry_attempts": 1,
            "bisect_batch_on_function_error": True,
            "on_failure_destination": True,
            "retry_backoff": {"initial": "1ms"},
        },
    )
    assert found.state == "stable"


def test_a_disabled_mapping_waits_for_being_enabled_and_a_function_without_concurrency_for_that() -> None:
    disabled = verdict(run={"duration": "100s"}, mapping={"disabled": [{"from": "20s", "to": "50s"}]})
    assert (disabled.state, disabled.cause) == ("backlogged", "disabled")
    nothing = verdict(run={"duration": "100s", "drain": "0s"}, function={"reserved_concurrency": 0})
    assert (nothing.state, nothing.cause) == ("blocked", "concurrency")


def test_what_was_written_before_the_start_is_caught_up_with_as_fast_as_the_function_works() -> None:
    """60/s since an hour, 100/s can be done: of an hour 0.4 are made good in each hour."""
    found = verdict(
        run={"duration": "600s", "drain": "0s"},
        producer={"rate": "60/s", "start": "-3600s"},
        function={"duration": {"per_batch": "0s", "per_record": "10ms"}, "timeout": "60s"},
        mapping={"starting_position": "trim_horizon", "batch_size": 500},
    )
    assert (found.state, found.cause) == ("backlogged", "function")
    assert "catches up" in found.reason


@pytest.mark.parametrize("drain", ["0s", "1h"])
def test_a_verdict_does_not_depend_on_the_drain(drain: str) -> None:
    outage = {"failures": [{"kind": "outage", "from": "65s", "to": "100s"}]}
    assert verdict(run={"duration": "80s", "drain": drain}, function=outage).state == "overloaded"
