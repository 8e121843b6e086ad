"""Random scenarios with real randomness, and their runs in windows of a few records."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from simulator.scenario.faults import ScenarioError
from tests.model.runs import Run, Section, run, scenario
from tests.reference.scenarios import random_scenario

WINDOWS = ((50, 100), (500, 1000), (5000, 10_000))  # records, facts


@cache
def random_run(seed: int) -> Run:
    """The run of a random scenario."""
    records, facts = WINDOWS[seed % len(WINDOWS)]
    return run(scenario(random_content(seed)), window_records=records, window_facts=facts)


def random_content(seed: int) -> Section:
    """A random scenario with real randomness, as a parsed file."""
    random = Random(seed)
    for attempt in range(seed * 100, seed * 100 + 100):
        content = with_randomness(random_scenario(attempt), random)
        try:
            scenario(content)
        except ScenarioError:  # more concurrency provisioned than there is
            continue
        return content
    raise AssertionError(f"no valid scenario for seed {seed}")


def with_randomness(content: Section, random: Random) -> Section:
    """Poisson arrivals, random keys, sizes, durations, phases, jitter, missed polls and failures."""
    for producer in content["producers"]:
        _randomize_producer(producer, random)
    for function in content["functions"].values():
        _randomize_function(function, random)
    for mapping in content["event_source_mappings"]:
        for backoff in ("retry_backoff", "throttle_backoff"):
            mapping[backoff]["jitter"] = random.choice([0, 0.3, 1])
        if "polling" in mapping:
            missed, jitter = random.choice([0, 0, 0.2]), random.choice([0, 0.05, 0.5])
            mapping["polling"] |= {"phase": "random", "missed": missed, "jitter": jitter}
    return content


def _randomize_producer(producer: Section, random: Random) -> None:
    producer["arrivals"] = random.choice(["poisson", "poisson", "constant"])
    count = random.randint(1, 60)
    producer["partition_keys"] = random.choice(
        ["unique", {"count": count}, {"count": count, "popularity": {"zipf": random.uniform(0.5, 2)}}]
    )
    if random.random() < 0.4:
        producer["record_size"] = random.choice(
            [
                {"lognormal": {"median": "900B", "p99": "30KiB"}},
                {"uniform": {"low": "1B", "high": "300KiB"}},
                {"exponential": {"mean": "2KiB"}},
            ]
        )


def _randomize_function(function: Section, random: Random) -> None:
    if random.random() < 0.6:
        function["duration"]["per_batch"] = {"gamma": {"mean": "90ms", "cv": random.uniform(0.2, 2)}}
        function["cold_start"] = {"lognormal": {"median": "150ms", "p99": "1s"}}
    failures: list[dict[str, Any]] = function.setdefault("failures", [])
    if random.random() < 0.5:
        failures.append({"kind": "random", "probability": random.choice([0.05, 0.5]), "fails_after": random.random()})
    if random.random() < 0.3:
        failures.append({"kind": "poison", "probability": 0.02})
