"""Mappings that keep step: the warning, and a simulation that shows that it is true."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.measures.run import simulate
from simulator.scenario.in_step import in_step
from tests.model.rows import scenario

Mapping = dict[str, Any]


def two_mappings(first: Mapping, second: Mapping, shards: int = 1, batch_size: int = 1000) -> dict[str, Any]:
    """200 KiB/s a shard, so that an answer of a second shuts it for 0.2 s."""
    mapping = {"stream": "s", "function": "f", "batch_size": batch_size, "starting_position": "trim_horizon"}
    return {
        "duration": "60s",
        "drain": "0s",
        "streams": {"s": {"shards": shards}},
        "producers": [{"stream": "s", "rate": f"{400 * shards}/s"}],
        "functions": {"f": {"duration": {"per_batch": "20ms"}}},
        "event_source_mappings": [
            mapping | {"name": "one", "polling": first},
            mapping | {"name": "two", "polling": second},
        ],
    }


def warnings(content: dict[str, Any]) -> list[str]:
    return [f"{each.field}: {each.message}; {each.hint}" for each in in_step(scenario(content))]


def starved(content: dict[str, Any]) -> int:
    """How many pollers of shards were refused for more than half of the run."""
    table = simulate(scenario(content)).shards
    return int((table["get_records_refused"] > 30).sum())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"phase": "0s"}, {"phase": "0s"}),
        ({"phase": "0s"}, {"phase": "150ms"}),
        ({"phase": "900ms"}, {"phase": "50ms"}),
        ({"phase": "spread"}, {"phase": "spread"}),
        ({"phase": "spread"}, {"phase": "600ms"}),
    ],
)
def test_pollers_at_a_short_distance_starve_one_another_and_are_told(first: Mapping, second: Mapping) -> None:
    content = two_mappings(first, second)
    assert starved(content) == 1
    assert warnings(content) == [
        "event_source_mappings[1].polling.interval: is exactly that of 'one': where they poll a shard soon after each "
        "other, one of them is refused for ever; certain here; let the intervals differ by a few per cent"
    ]


@pytest.mark.parametrize(
    ("first", "second", "batch_size"),
    [
        ({"phase": "0s"}, {"phase": "300ms"}, 1000),
        ({"phase": "0s"}, {"phase": "100ms", "interval": "1.03s"}, 1000),
        ({"phase": "0s"}, {"phase": "100ms"}, 100),  # full batches make extra polls, which move the clocks
    ],
)
def test_pollers_that_do_not_starve_are_not_told(first: Mapping, second: Mapping, batch_size: int) -> None:
    content = two_mappings(first, second, batch_size=batch_size)
    table = simulate(scenario(content)).shards
    assert (table["get_records_calls"] >= 15).all()
    assert warnings(content) == []


def test_with_random_phases_the_chance_is_told() -> None:
    """Two fifths of the shards, give or take four standard deviations."""
    content = two_mappings({"phase": "random"}, {"phase": "random"}, shards=100)
    assert starved(content) == pytest.approx(40, abs=4 * (100 * 0.4 * 0.6) ** 0.5)
    (told,) = warnings(two_mappings({"phase": "random"}, {"phase": "random"}))
    assert "one of them is refused for ever; a chance of 39% here" in told


def test_a_quiet_stream_and_mappings_of_different_streams_or_by_push_are_left_alone() -> None:
    quiet = two_mappings({"phase": "random"}, {"phase": "random"})
    quiet["producers"][0]["rate"] = "10/s"
    assert warnings(quiet) == []
    pushed = two_mappings({}, {})
    pushed["event_source_mappings"][1]["consumer"] = "push"
    assert warnings(pushed) == []
    apart = two_mappings({"phase": "0s"}, {"phase": "0s"})
    apart["streams"]["other"] = {"shards": 1}
    apart["event_source_mappings"][1]["stream"] = "other"
    assert warnings(apart) == []
