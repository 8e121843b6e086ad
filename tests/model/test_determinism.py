"""One seed, one run; the traffic is the traffic: invariants I5, I6 and I8."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator.model import windows
from simulator.model.facts import Attempt
from simulator.scenario.spec import Poison, Scenario
from tests.kernel.recording import record
from tests.model.rows import Section, scenario, small

SHARD, PLACES, STARTED, COLD, FINISHED, FAILURE = (
    Attempt._fields.index(name) for name in ("shard", "places", "started_ns", "cold_ns", "finished_ns", "failure")
)
RANDOM: Section = {
    "run": {"duration": "40s", "seed": 7},
    "stream": {"shards": 2},
    "producer": {
        "rate": "60/s",
        "arrivals": "poisson",
        "record_size": {"lognormal": {"median": "700B", "p99": "90KiB"}},
    },
    "function": {
        "duration": {
            "per_batch": {"gamma": {"mean": "60ms", "cv": 0.8}},
            "per_record": {"exponential": {"mean": "2ms"}},
        },
        "failures": [{"kind": "random", "probability": 0.1}],
    },
    "mapping": {"batch_size": 20, "polling": {"jitter": 0.3, "missed": 0.1}, "retry_backoff": {"jitter": 0.5}},
}


def made(**changes: Any) -> Scenario:
    return replace(scenario(small(**{name: dict(section) for name, section in RANDOM.items()})), **changes)


def with_shards(shards: int) -> Scenario:
    of = made()
    return replace(of, streams={name: replace(stream, shards=shards) for name, stream in of.streams.items()})


def traffic(of: Scenario) -> list[tuple[int, int]]:
    """When each record is produced, and its size."""
    return sorted((record_[0], record_[2]) for record_ in record(of, "simpy")["offered"]["s"])


def elsewhere(attempt: list[Any]) -> tuple[Any, ...]:
    """An attempt's records, and how long it runs."""
    shard, places, started, cold, finished = (attempt[i] for i in (SHARD, PLACES, STARTED, COLD, FINISHED))
    return shard, places, finished - started - cold


def test_i5_one_seed_gives_the_same_run() -> None:
    assert record(made(), "simpy") == record(made(), "simpy")


@pytest.mark.parametrize("records", [7, 100])
def test_i5_windows_of_the_traffic_change_nothing(records: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = record(made(), "simpy")
    monkeypatch.setattr(windows, "WINDOW_RECORDS", records)
    assert record(made(), "simpy") == whole


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_i6_more_shards_leave_the_traffic_as_it_was_record_by_record(shards: int) -> None:
    assert traffic(with_shards(shards)) == traffic(made())


def test_i6_another_batch_size_leaves_the_traffic_as_it_was() -> None:
    (mapping,) = made().event_source_mappings
    assert traffic(made(event_source_mappings=(replace(mapping, batch_size=3),))) == traffic(made())


def test_i6_a_lane_that_fails_leaves_every_duration_elsewhere_as_it_was() -> None:
    failing = replace(made().functions["f"], failures=(Poison(probability=0.0, at=(10.0,)),))
    well = replace(failing, failures=(Poison(probability=0.0, at=(1e6,)),))  # the stream has no record by then
    runs = [record(made(functions={"f": function}), "simpy")["attempts"] for function in (well, failing)]
    struck = {attempt[SHARD] for attempt in runs[1] if attempt[FAILURE]}
    assert len(struck) == 1
    first, second = ([elsewhere(a) for a in attempts if a[SHARD] not in struck] for attempts in runs)
    assert first == second
    assert len(first) > 20


def test_i8_another_seed_gives_another_run() -> None:
    assert record(made(), "simpy", 1)["attempts"] != record(made(), "simpy", 2)["attempts"]
