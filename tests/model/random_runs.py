"""Random scenarios with real randomness, and their runs in windows of a few records."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from simulator.scenario.faults import ScenarioError
from simulator.scenario.units import parse_duration
from tests.model.random_scenarios import random_scenario
from tests.model.runs import Run, Section, run, scenario

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
    for name, stream in content["streams"].items():
        _change(content, name, stream, random)
    content["readers"] = [_reader(name, random) for name in content["streams"] if random.random() < 0.3]
    account = content.setdefault("account", {})
    account["requests_per_concurrency"] = random.choice([0, 0, "1/s", "2.5/s", "10/s"])
    for mapping in content["event_source_mappings"]:
        mapping["shard_discovery"] = random.choice(["0s", "0.7s", "2s"])
        if random.random() < 0.4:
            mapping["filter"] = {"passes": random.choice([0, 0.2, 0.7, 1]), "by": random.choice(["record", "key"])}
        for backoff in ("retry_backoff", "throttle_backoff"):
            mapping[backoff]["jitter"] = random.choice([0, 0.3, 1])
        if "polling" in mapping:
            missed, jitter = random.choice([0, 0, 0.2]), random.choice([0, 0.05, 0.5])
            mapping["polling"] |= {"phase": "random", "missed": missed, "jitter": jitter}
    return content


def _change(content: Section, name: str, stream: Section, random: Random) -> None:
    """Have the shards of a stream change, perhaps: by requests, by a rule, on demand; within minutes, or hours."""
    kind = random.choice(["no", "requests", "requests", "rule", "both", "on demand"])
    lasts_s = parse_duration(content["duration"])
    if kind in ("rule", "both", "on demand") and lasts_s < 150:
        content["duration"] = f"{(lasts_s := 150)}s"
    stream["resharding_time"] = {
        "begin": random.choice(["0s", "1s", {"exponential": {"mean": "3s"}}]),
        "each": random.choice(["0s", "0.8s", {"uniform": {"low": "0.1s", "high": "5s"}}]),
    }
    if kind in ("requests", "both"):
        at = sorted(random.uniform(0, 1.2 * lasts_s) for _ in range(random.randint(1, 6)))
        stream["resharding"] = [{"at": f"{each:.3f}s", **_request(random)} for each in at]
    if kind in ("rule", "both"):
        above = random.choice([1e-5, 3e-4, 3e-3])
        up = {"above": above, "period": "1m", "points": 1, "of": 2, "add": random.randint(1, 4)}
        down = {"below": above, "period": "1m", "points": 2, "of": 2, "cooldown": "20s"}
        limits = {"minimum": random.randint(1, 2), "maximum": 9, "delay": random.choice(["0s", "7s"])}
        stream["scaling"] = {**limits, "up": up, "down": down}
    if kind == "on demand":
        delay = random.choice(["0s", "1m", {"uniform": {"low": "5s", "high": "50s"}}])
        stream |= {"mode": "on_demand", "on_demand": {"split_above": 0.0003, "delay": delay, "maximum": 7}}


def _request(random: Random) -> Section:
    """One that is carried out, or refused, as the shards will be."""
    first = random.randint(0, 6)
    return random.choice(
        [
            {"shards": random.randint(1, 6)},
            {"split": first, "point": random.choice([0.5, 0.1, 0.8])},
            {"merge": [first, first + 1]},
        ]
    )


def _reader(stream: str, random: Random) -> Section:
    """Another reader, which takes much of what may be read."""
    disabled = random.choice([[], [{"from": "4s", "to": "9s"}]])
    interval, starts_after = random.choice(["0.3s", "1s", "4s"]), random.choice(["0s", "3s"])
    return {"name": f"{stream} too", "stream": stream, "interval": interval, "starts_after": starts_after,
            "get_records_limit": random.choice([7, 10_000]), "disabled": disabled}  # fmt: skip


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
