"""Whether a mapping keeps up, and what binds it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.measures.parts import PARTS
from simulator.measures.run import simulate
from simulator.measures.usage import Use
from simulator.measures.verdict import Lags, binding, state
from simulator.scenario.spec import EventSourceMapping, Polling, Push
from simulator.traffic.nanoseconds import ns
from tests.model.rows import scenario, small

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
    assert state(POLLED, DURATION_S, lags(course), 0)[0] == expected


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
    assert state(mapping, DURATION_S, Lags(ns(lag_s), 0, 0), 0)[0] == expected


def test_the_reason_says_whether_the_mapping_caught_up() -> None:
    assert "caught up" in state(POLLED, DURATION_S, lags("bump"), 0)[1]
    assert "1,234 records" in state(POLLED, DURATION_S, lags("bump"), 1234)[1]


USUAL = {
    "write records": 0.3, "write bytes": 0.2, "read calls": 0.2, "read bytes": 0.1, "function time per lane": 0.4,
    "concurrency": 0.1,
}  # fmt: skip


def bound(parts: dict[str, float], uses: dict[str, float], throttled: int = 0, refused: int = 0) -> str:
    of = [Use(limit, hottest / 2, hottest) for limit, hottest in {**USUAL, **uses}.items()]
    every = {**dict.fromkeys(PARTS, 0.0), "pickup": 0.51, "processing": 0.1, **parts}
    return binding(POLLED, "backlogged", every, of, throttled, refused)[0]


@pytest.mark.parametrize(
    ("parts", "uses", "expected"),
    [
        ({}, {}, "none"),
        ({"queueing": 50.0}, {"function time per lane": 1.0}, "function time per lane"),
        ({"queueing": 50.0}, {"read bytes": 0.99}, "read bytes"),
        ({"queueing": 50.0, "throttled": 0.02}, {}, "function time per lane"),
        ({"queueing": 50.0, "throttled": 0.05}, {"concurrency": 1.0}, "concurrency"),
        ({"queueing": 50.0, "retrying": 0.2}, {}, "retries"),
        ({"throttled": 50.0, "queueing": 20.0}, {"concurrency": 1.0}, "concurrency"),
        ({"retrying": 50.0, "queueing": 20.0}, {}, "retries"),
        ({}, {"concurrency": 0.95}, "concurrency"),
    ],
)
def test_the_limit_behind_the_longest_wait_binds_else_the_most_used(
    parts: dict[str, float], uses: dict[str, float], expected: str
) -> None:
    assert bound(parts, uses) == expected


def test_write_limits_bind_only_if_records_were_throttled() -> None:
    uses = {"write bytes": 0.9, "concurrency": 0.95}
    assert bound({"write_wait": 9.0}, uses, throttled=5) == "write bytes"
    assert bound({"write_wait": 9.0}, uses) == "concurrency"


def test_refused_calls_make_the_read_limits_bind() -> None:
    assert bound({"pickup": 30.0}, {"read calls": 0.99}, refused=100) == "read calls"


def test_the_ordinary_wait_for_a_poll_is_half_an_interval_and_the_latency_and_does_not_count() -> None:
    """0.51 s; beyond it 0.99 s of 1.6 s are waits for refused calls."""
    uses = {"read calls": 0.9, "concurrency": 0.95}
    assert bound({"pickup": 0.51}, uses, refused=100) == "concurrency"
    assert bound({"pickup": 1.5}, uses, refused=100) == "read calls"


def test_a_mapping_whose_records_wait_ever_longer_at_their_producers_is_overloaded() -> None:
    """1,200 records/s for 100 s: a shard has let in 101,000 of them by then; the oldest that waits is the next one."""
    content = small(
        run={"duration": "100s"},
        producer={"rate": "1200/s", "record_size": "100B", "arrivals": "constant"},
        mapping={"batch_size": 10_000, "maximum_retry_attempts": 0},
        function={"timeout": "60s", "duration": {"per_batch": "1ms"}},
    )
    verdict = simulate(scenario(content)).mappings[0].verdict
    assert (verdict.state, verdict.binding) == ("overloaded", "write records")
    assert verdict.why.endswith("% of their latency")
    assert verdict.reason.startswith(f"when the traffic ended it was {100 - 101_000 / 1200:.0f} s behind")
