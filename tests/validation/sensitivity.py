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
SCENARIOS: Final = ("steady", "troubled")
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
"""


def measure(scenario: str, path: str, value: str, replication: int) -> float:
    """P99 of the first mapping's latency with one field set."""
    content = load(FOLDER / f"{scenario}.yaml", {_filled(path, scenario): value} if path else {})
    return simulate(content, None, replication).mappings[0].measures.latency.percentile_s(99)


def _filled(path: str, scenario: str) -> str:
    return path.replace("{function}", {"steady": "enrich", "troubled": "book"}[scenario])


def section(pool: Executor) -> str:
    """Two tables: fields with the effect of other values on P99, and rules."""
    p99 = _measured(pool)
    lines = [
        "What AWS does not document is a field of the scenario where it is a number. Each is halved and doubled "
        "here (or",
        "set to the values given) in two scenarios (tests/validation/scenarios), with the same random numbers: the "
        "change",
        f"of the mapping's P99 in percent, mean and 95 % interval of {REPLICATIONS} replications. `steady` keeps "
        "up; `troubled` has an",
        "outage, errors, bad records, hardly enough concurrency, and bursts beyond what a shard accepts. Their P99: "
        + ", ".join(f"{interval(p99[name, '', '']).mean:.3g} s" for name in SCENARIOS) + ".",
        "",
        "| assumption | field | value | steady, lower | steady, higher | troubled, lower | troubled, higher |",
        "|---|---|---:|---:|---:|---:|---:|",
        *_rows(p99),
        "",
        RULES,
    ]  # fmt: skip
    return "\n".join(lines)


P99 = dict[tuple[str, str, str], list[float]]


def _measured(pool: Executor) -> P99:
    keys = {(name, "", "") for name in SCENARIOS}
    keys |= {(name, a.path, v) for name in SCENARIOS for a in ASSUMPTIONS for v in (a.lower, a.higher)}
    jobs = {key: [pool.submit(measure, *key, r) for r in range(REPLICATIONS)] for key in sorted(keys)}
    return {key: [job.result() for job in of] for key, of in jobs.items()}


def _rows(p99: P99) -> Iterator[str]:
    for a in ASSUMPTIONS:
        changes = [_change(p99, name, a.path, value) for name in SCENARIOS for value in (a.lower, a.higher)]
        value = f"{a.value} ({a.lower}, {a.higher})" if a.lower != a.higher else f"{a.value} ({a.lower})"
        field = a.path.replace(MAPPING, "").replace(FUNCTION, "")
        yield f"| {a.what} | `{field}` | {value} | " + " | ".join(map(_percent, changes)) + " |"


def _change(p99: P99, scenario: str, path: str, value: str) -> Interval:
    pairs = zip(p99[scenario, path, value], p99[scenario, "", ""], strict=True)
    return interval([100 * (other / base - 1) for other, base in pairs])


def _percent(of: Interval) -> str:
    if math.isnan(of.mean):
        raise ValueError("a scenario of the sensitivity study processed nothing")
    return f"{of.mean:+.1f} ± {of.half_width:.1f}" if of.half_width >= 0.05 or abs(of.mean) >= 0.05 else "0"
