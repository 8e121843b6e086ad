"""One seed, one run; the traffic is the traffic: invariants I5, I6 and I8."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.model import simulation as simulations
from simulator.scenario.spec import Scenario
from tests.model.observed import Run, observed
from tests.model.rows import Section, invocations, scenario

CONTENT: Section = {
    "name": "all-random",
    "duration": "60s",
    "seed": 7,
    "streams": {"s": {"shards": 3}, "t": {"shards": 1}},
    "producers": [
        {
            "name": "zipf",
            "stream": "s",
            "rate": {"sine": {"mean": "40/s", "amplitude": "60/s", "period": "47s"}},
            "record_size": {"lognormal": {"median": "700B", "p99": "90KiB"}},
            "partition_keys": {"count": 100, "popularity": {"zipf": 1.2}},
        },
        {"name": "unique", "stream": "s", "rate": "21/s", "start": "-10s", "record_size": "3KiB"},
        {"name": "other", "stream": "t", "rate": "9/s"},
    ],
    "functions": {
        "f": {
            "duration": {
                "per_batch": {"gamma": {"mean": "60ms", "cv": 0.8}},
                "per_record": {"exponential": {"mean": "2ms"}},
            },
            "cold_start": {"lognormal": {"median": "100ms", "p99": "900ms"}},
            "failures": [{"kind": "random", "probability": 0.1}, {"kind": "poison", "probability": 0.001}],
        }
    },
    "event_source_mappings": [
        {
            "name": "m",
            "stream": "s",
            "function": "f",
            "starting_position": "trim_horizon",
            "maximum_retry_attempts": 3,
            "retry_backoff": {"jitter": 0.5},
            "polling": {"missed": 0.1},
        },
        {"name": "n", "stream": "t", "function": "f", "consumer": "push", "maximum_retry_attempts": 1},
    ],
}


def changed(change: Callable[[Section], object]) -> Scenario:
    """The scenario with a change made to it."""
    content: Section = json.loads(json.dumps(CONTENT))
    change(content)
    return scenario(content)


BASE = changed(lambda content: None)


def traffic(of: Run, stream: str) -> list[tuple[float, int]]:
    """When each record was produced, and how large it is."""
    shards = [written for (name, _), written in of.shards.items() if name == stream]
    return sorted((p, b) for written in shards for p, b in zip(written.produced_s, written.bytes, strict=True))


def test_i5_one_seed_gives_the_same_rows_every_time() -> None:
    assert invocations(BASE)[1] == invocations(BASE)[1]
    assert len(invocations(BASE)[1].splitlines()) > 150


def test_i5_one_seed_gives_the_same_rows_in_another_process() -> None:
    code = (
        "import sys, json; from tests.model.rows import invocations, scenario;"
        "sys.stdout.write(invocations(scenario(json.load(sys.stdin)))[1])"
    )
    root = Path(__file__).parents[2]
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(CONTENT), capture_output=True, text=True, check=True, cwd=root, env=environment,
        )  # fmt: skip
        assert done.stdout == invocations(BASE)[1]


@pytest.mark.parametrize("window_records", [20, 333, 4000])
def test_i5_the_rows_do_not_depend_on_the_windows_a_run_is_cut_into(window_records: int) -> None:
    whole = invocations(BASE)[1].splitlines()
    assert observed(BASE, window_records=window_records).text.splitlines() == whole
    assert simulations.WINDOW_RECORDS > 10_000


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["streams"]["s"].update(shards=7),
        lambda c: c["event_source_mappings"][0].update(batch_size=7),
        lambda c: c["event_source_mappings"][0].update(parallelization_factor=4),
        lambda c: c["event_source_mappings"][0].update(consumer="push"),
        lambda c: c["event_source_mappings"].pop(0),
        lambda c: c["event_source_mappings"][0].update(name="renamed"),
        lambda c: c["functions"]["f"].update(timeout="1s", failures=[]),
        lambda c: c["producers"].pop(2),
        lambda c: c["producers"].reverse(),
        lambda c: c.update(drain="5s"),
    ],
)
def test_i6_changing_anything_but_its_producers_leaves_the_traffic_of_a_stream_as_it_was(
    change: Callable[[Section], object],
) -> None:
    before, after = observed(BASE), observed(changed(change))
    assert traffic(after, "s") == traffic(before, "s")
    assert len(traffic(before, "s")) > 3000


def test_i6_changing_the_keys_leaves_production_times_and_sizes_as_they_were() -> None:
    after = observed(changed(lambda c: c["producers"][0].update(partition_keys="unique")))
    assert traffic(after, "s") == traffic(observed(BASE), "s")


def test_i6_more_shards_split_the_records_by_the_same_keys() -> None:
    three, six = observed(BASE), observed(changed(lambda c: c["streams"]["s"].update(shards=6)))
    for shard in range(3):
        halves = six.shards["s", 2 * shard].produced_s + six.shards["s", 2 * shard + 1].produced_s
        assert sorted(halves) == sorted(three.shards["s", shard].produced_s)


def test_i6_another_mapping_leaves_the_rows_of_the_first_as_they_were() -> None:
    """It has its own function, so that it takes nothing from the others."""

    def add(content: Section) -> None:
        content["functions"]["g"] = {"duration": {"per_batch": {"exponential": {"mean": "1s"}}}}
        extra = {"name": "extra", "stream": "t", "function": "g", "consumer": "push"}
        content["event_source_mappings"].append(extra)

    after = [row for row in observed(changed(add)).text.splitlines() if not row.startswith("extra,")]
    assert after == invocations(BASE)[1].splitlines()


def test_i8_replications_and_seeds_differ() -> None:
    texts = [invocations(BASE, seed, replication)[1] for seed, replication in ((7, 0), (7, 1), (7, 2), (8, 0), (8, 1))]
    assert len(set(texts)) == len(texts)


def test_i8_replications_differ_in_their_traffic_too() -> None:
    first, second = (traffic(observed(BASE, replication=r), "s") for r in (0, 1))
    assert not set(first) & set(second)


def test_i8_a_replication_does_not_depend_on_those_before_it() -> None:
    alone = invocations(BASE, None, 2)[1]
    for replication in (0, 1):
        invocations(BASE, None, replication)
    assert invocations(BASE, None, 2)[1] == alone


def test_the_seed_of_the_scenario_is_the_default() -> None:
    assert invocations(BASE, 7)[1] == invocations(BASE)[1]
