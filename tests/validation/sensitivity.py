"""What the assumptions that AWS does not document do to P99: each one halved and doubled."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator.measures.run import simulate
from simulator.scenario.loading import load
from simulator.study.statistics import Interval, interval

FOLDER: Final = Path(__file__).parent / "scenarios"
FUNCTIONS: Final = {"steady": "enrich", "troubled": "book", "scaled": "enrich", "on_demand": "enrich"}
REPLICATIONS: Final = 10


@dataclass(frozen=True)
class Assumption:
    """Something that AWS does not document; the field of a scenario that holds it, and two other values of it."""

    what: str
    path: str
    value: str
    lower: str
    higher: str


MAPPING: Final = "event_source_mappings.0."
FUNCTION: Final = "functions.{function}."
STREAM: Final = "streams.clicks."
ASSUMPTIONS: Final = (
    Assumption("time of a GetRecords call", MAPPING + "polling.latency", "10ms", "5ms", "20ms"),
    Assumption("polls that slip to the next interval", MAPPING + "polling.missed", "0.02", "0.01", "0.04"),
    Assumption("random part of the interval of polls", MAPPING + "polling.jitter", "0.05", "0.025", "0.1"),
    Assumption("records that a mapping asks for", MAPPING + "polling.get_records_limit", "10000", "5000", "2500"),
    Assumption("poll again after a full batch", MAPPING + "polling.repoll", "full_batch", "base_rate", "base_rate"),
    Assumption("time from mapping to function", MAPPING + "invoke_overhead", "10ms", "5ms", "20ms"),
    Assumption("first wait after an error", MAPPING + "retry_backoff.initial", "0.5s", "0.25s", "1s"),
    Assumption("growth of the waits after errors", MAPPING + "retry_backoff.factor", "2", "1", "4"),
    Assumption("longest wait after an error", MAPPING + "retry_backoff.maximum", "60s", "30s", "120s"),
    Assumption("random part of the waits after errors", MAPPING + "retry_backoff.jitter", "0.5", "0.25", "1"),
    Assumption("first wait after a throttle", MAPPING + "throttle_backoff.initial", "0.5s", "0.25s", "1s"),
    Assumption("growth of the waits after throttles", MAPPING + "throttle_backoff.factor", "2", "1", "4"),
    Assumption("longest wait after a throttle", MAPPING + "throttle_backoff.maximum", "60s", "30s", "120s"),
    Assumption("random part of the waits after throttles", MAPPING + "throttle_backoff.jitter", "0.5", "0.25", "1"),
    Assumption("life of an unused environment", FUNCTION + "idle_timeout", "20s", "10s", "40s"),
)
CHANGES: Final = (
    Assumption("before the first operation of a request", STREAM + "resharding_time.begin", "10s", "5s", "20s"),
    Assumption("each split or merge", STREAM + "resharding_time.each", "6s", "3s", "12s"),
    Assumption("until a period's figures can be used", STREAM + "scaling.delay", "2m", "1m", "4m"),
    Assumption("until a new shard is first read", MAPPING + "shard_discovery", "2s", "1s", "4s"),
)
GROWTH: Final = (
    Assumption(
        "a split in on-demand mode, after its minute", STREAM + "on_demand.delay",
        "{uniform: {low: 2m, high: 15m}}", "{uniform: {low: 1m, high: 450s}}", "{uniform: {low: 4m, high: 30m}}",
    ),
    Assumption("until a new shard is first read", MAPPING + "shard_discovery", "2s", "1s", "4s"),
)  # fmt: skip
TRIED: Final = {"steady": ASSUMPTIONS, "troubled": ASSUMPTIONS, "scaled": CHANGES, "on_demand": GROWTH}

RULES: Final = """\
Rules without a number, which cannot be halved:

| rule | section | known |
|---|---|---|
| lanes of a shard are equal ranges of hashes | 6 | secondhand; with many keys any even split gives the same |
| a batching window begins with the oldest available record, or when the batch before ends | 6 | the latter: yes |
| halves of a bisected batch have fresh counts, are tried at once, the older first | 7 | that they use no retry: yes |
| the rest of a partial response has fresh counts and is tried at once | 7 | fresh counts: recorded on AWS |
| a retry reads its records again and never waits for it | 7 | that it reads: documented |
| a throttled attempt uses no retry, and records can leave before each attempt | 6 | documented; recorded |
| a record's age counts from its acceptance | 3, 6 | not documented |
| the environment used last is used first | 6 | not documented |
| a poll is skipped while as many records are held as one answer may have | 4 | not documented |
| the limits of writing are buckets of one second | 3 | the rates: documented |
| the payload of a record is 532 bytes and its data in base64 | 6 | counted in the documentation's example |
| a retried record is not read again through the subscription | 5 | not documented |
| no subscription loses time when it is renewed | 5 | not documented |
| the operations of a request are done one after the other | 14 | their order: by two observations |
| a child is read once every record of its parents has ended | 14 | that parents are first: documented |
| what waits at its producer for a shard that closes is put again to the child | 14 | not documented |
| a shard is split in on-demand mode by its own minute, and never merged | 15 | by a post of AWS's; a way back: no |
| the invocation rate is a bucket of one second | 18 | the rate: documented |
"""


def measure(scenario: str, path: str, value: str, replication: int) -> float:
    """P99 of the first mapping's latency with one field set."""
    content = load(FOLDER / f"{scenario}.yaml", {_filled(path, scenario): value} if path else {})
    return simulate(content, None, replication).mappings[0].measures.latency.percentile_s(99)


def _filled(path: str, scenario: str) -> str:
    return path.replace("{function}", FUNCTIONS[scenario])


def section(pool: Executor) -> str:
    """Tables: fields with the effect of other values on P99, by scenarios; and rules."""
    p99 = _measured(pool)
    means = {name: f"{interval(p99[name, '', '']).mean:.3g} s" for name in TRIED}
    lines = [
        "What AWS does not document is a field of the scenario where it is a number. Each is halved and doubled "
        "here (or",
        "set to the values given) in scenarios of tests/validation/scenarios, with the same random numbers: the change",
        f"of the mapping's P99 in percent, mean and 95 % interval of {REPLICATIONS} replications. `steady` keeps "
        "up; `troubled` has an",
        "outage, errors, bad records, hardly enough concurrency, and bursts beyond what a shard accepts. Their P99: "
        f"{means['steady']}, {means['troubled']}.",
        "",
        "| assumption | field | value | steady, lower | steady, higher | troubled, lower | troubled, higher |",
        "|---|---|---:|---:|---:|---:|---:|",
        *_rows(p99, ASSUMPTIONS, ("steady", "troubled")),
        "",
        "Of streams that change, where the traffic is suddenly five times (`scaled`, a rule) or seven times as much "
        "(`on_demand`). Their P99:",
        f"{means['scaled']}, {means['on_demand']}.",
        "",
        "| assumption | field | value | scenario | lower | higher |",
        "|---|---|---:|---|---:|---:|",
        *_rows(p99, CHANGES, ("scaled",), "scaled"),
        *_rows(p99, GROWTH, ("on_demand",), "on_demand"),
        "",
        RULES,
    ]
    return "\n".join(lines)


P99 = dict[tuple[str, str, str], list[float]]


def _measured(pool: Executor) -> P99:
    keys = {(name, "", "") for name in TRIED}
    keys |= {(name, a.path, v) for name, tried in TRIED.items() for a in tried for v in (a.lower, a.higher)}
    jobs = {key: [pool.submit(measure, *key, r) for r in range(REPLICATIONS)] for key in sorted(keys)}
    return {key: [job.result() for job in of] for key, of in jobs.items()}


def _rows(p99: P99, assumptions: tuple[Assumption, ...], scenarios: tuple[str, ...], *named: str) -> Iterator[str]:
    for a in assumptions:
        changes = [_change(p99, name, a.path, value) for name in scenarios for value in (a.lower, a.higher)]
        value = f"{a.value} ({a.lower}, {a.higher})" if a.lower != a.higher else f"{a.value} ({a.lower})"
        field = a.path.replace(MAPPING, "").replace(FUNCTION, "").replace(STREAM, "")
        yield "| " + " | ".join([a.what, f"`{field}`", value, *named, *map(_percent, changes)]) + " |"


def _change(p99: P99, scenario: str, path: str, value: str) -> Interval:
    pairs = zip(p99[scenario, path, value], p99[scenario, "", ""], strict=True)
    return interval([100 * (other / base - 1) for other, base in pairs])


def _percent(of: Interval) -> str:
    if math.isnan(of.mean):
        raise ValueError("a scenario of the sensitivity study processed nothing")
    return f"{of.mean:+.1f} ± {of.half_width:.1f}" if of.half_width >= 0.05 or abs(of.mean) >= 0.05 else "0"
