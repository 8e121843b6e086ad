"""A system with known rules: one of its runs as metrics of each minute, made from the run's own invocations.csv."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from .conftest import Command
from .exports import queries
from .files import write

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
MINUTES = 40
NAMES = ("IncomingRecords", "Invocations", "Duration", "Errors", "IteratorAge", "Throttles")
SCENARIO = """\
name: meter
duration: 40m
drain: 0s
streams: {meter: {shards: 2}}
producers:
  - {stream: meter, rate: {sine: {mean: 60/s, amplitude: 40/s, period: 40m}}, record_size: 700B}
functions:
  sum: {timeout: 60s, duration: {per_batch: {lognormal: {median: 30ms, p99: 60ms}}, per_record: 2ms}}
event_source_mappings:
  - {stream: meter, function: sum, batch_size: 100}
"""


def observe(shardsim: Command, *changes: str, seed: int = 7) -> None:
    """A run with another seed, and with some fields changed, as metrics of each minute: made from its invocations."""
    write(Path(), "truth.yaml", SCENARIO)
    sets = [word for each in changes for word in ("--set", each)]
    done = shardsim("run", "truth.yaml", "--seed", seed, "--invocations", "-q", "-o", "truth", "--force", *sets)
    assert done.exit_code in (0, 4), done.output
    with Path("truth/invocations.csv").open() as file:
        rows = list(csv.DictReader(file))
    sums = {name: np.zeros(MINUTES) for name in NAMES}
    for row in rows:
        at = int(float(row["started_at"]) // 60)
        if at < MINUTES:
            sums["Invocations"][at] += 1
            sums["Errors"][at] += row["outcome"] in ("error", "timeout")
            sums["Duration"][at] += 1000 * (float(row["finished_at"]) - float(row["started_at"]))
            age = 1000 * float(row["iterator_age_at_send"])
            sums["IteratorAge"][at] = max(sums["IteratorAge"][at], age)
    with Path("truth/timeseries.csv").open() as file:
        for line in csv.DictReader(file):
            at = int(float(line["time_s"]) // 60)
            sums["IncomingRecords"][min(at, MINUTES - 1)] += float(line["accepted_records"])
            sums["Throttles"][min(at, MINUTES - 1)] += float(line["throttles"])
    write_metrics(sums, Path("seen"))


def write_metrics(sums: dict[str, Any], folder: Path) -> None:
    """The metrics as get-metric-data has them, with their file of queries."""
    times = [(START + timedelta(minutes=i)).isoformat() for i in range(MINUTES)]
    ids = {}
    for name in sums:
        of = "StreamName=meter" if name.startswith("Incoming") else "FunctionName=sum"
        ids[name.lower()] = (name, "Maximum" if name == "IteratorAge" else "Sum", of)
    results = [
        {"Id": name.lower(), "Label": "x", "Timestamps": times, "Values": [float(each) for each in values]}
        for name, values in sums.items()
    ]
    write(folder, "metrics.json", {"MetricDataResults": results})
    write(folder, "queries.json", queries(ids))


def backtest(shardsim: Command, *options: object, scenario: str = SCENARIO) -> tuple[int, dict[str, Any]]:
    """What the back-test of a scenario says of what was observed, and its exit code."""
    write(Path(), "twin.yaml", scenario)
    result = shardsim("backtest", "twin.yaml", "--observed", "seen", "-j", 1, "-o", "out", "--json", *options)
    assert result.exit_code in (0, 4), result.output
    return result.exit_code, json.loads(result.stdout)


def inside(told: dict[str, Any]) -> dict[str, float]:
    """The part of the intervals inside, by metric."""
    return {each["metric"]: each["inside"] for each in told["metrics"]}
