"""The command backtest: it explains what the twin's own rules gave, and notices rules that the twin has not."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.measures.run import simulate
from simulator.scenario.loading import load
from simulator.twin.backtest.minutes import Axis, simulated

from .conftest import Command
from .exports import queries
from .files import write

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
MINUTES = 40
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


def observe(shardsim: Command, *changes: str, folder: str = "seen") -> None:
    """A run with another seed, and with some fields changed, as metrics of each minute: made from its invocations."""
    write(Path(), "truth.yaml", SCENARIO)
    sets = [word for each in changes for word in ("--set", each)]
    done = shardsim("run", "truth.yaml", "--seed", "7", "--invocations", "-q", "-o", "truth", "--force", *sets)
    assert done.exit_code in (0, 4), done.output
    with Path("truth/invocations.csv").open() as file:
        rows = list(csv.DictReader(file))
    sums = {name: np.zeros(MINUTES) for name in ("IncomingRecords", "Invocations", "Duration", "Errors", "IteratorAge")}
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
    write_metrics(sums, Path(folder))


def write_metrics(sums: dict[str, Any], folder: Path) -> None:
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


def backtest(shardsim: Command, *options: object) -> tuple[int, dict[str, Any]]:
    write(Path(), "twin.yaml", SCENARIO)
    result = shardsim("backtest", "twin.yaml", "--observed", "seen", "--json", *options)
    assert result.exit_code in (0, 4), result.output
    return result.exit_code, json.loads(result.stdout)


def inside(told: dict[str, Any]) -> dict[str, float]:
    return {each["metric"]: each["inside"] for each in told["metrics"]}


@pytest.mark.usefixtures("no_plots")
def test_the_twin_explains_what_its_own_rules_gave(shardsim: Command) -> None:
    observe(shardsim)
    code, told = backtest(shardsim, "-n", 39)
    assert (code, told["verdict"], told["warnings"]) == (0, "explains", []), told["metrics"]
    assert told["judged_from_s"] == 20 * 60
    assert told["start_time"] == START.isoformat()
    assert min(inside(told)[name] for name in ("IteratorAge", "Invocations", "Duration")) >= 0.9
    assert {each["metric"] for each in told["metrics"] if each["given"]} == {"Errors"}


@pytest.mark.parametrize(
    ("change", "metric"),
    [
        ("functions.sum.duration.per_record=3ms", "Duration"),
        ("polling.interval=3s", "IteratorAge"),
        ("batch_size=20", "Invocations"),
        ("streams.meter.shards=6", "Invocations"),
    ],
)
@pytest.mark.usefixtures("no_plots")
def test_a_rule_that_the_twin_has_not_is_noticed(change: str, metric: str, shardsim: Command) -> None:
    observe(shardsim, change)
    code, told = backtest(shardsim, "-n", 39)
    assert (code, told["verdict"]) == (4, "does not explain")
    assert inside(told)[metric] < 0.5
    miss = next(each for each in told["misses"] if each["metric"] == metric)
    assert miss["to_s"] > miss["from_s"] >= told["judged_from_s"]
    assert miss["observed"] != pytest.approx(miss["simulated"], rel=0.05)


@pytest.mark.usefixtures("no_plots")
def test_the_terminal_tells_verdict_figures_and_misses(shardsim: Command) -> None:
    observe(shardsim, "functions.sum.duration.per_record=4ms")
    write(Path(), "twin.yaml", SCENARIO)
    result = shardsim("backtest", "twin.yaml", "--observed", "seen", "-n", 5, "--holdout", "0", "-o", "all.csv")
    assert result.exit_code == 4
    lines = result.stdout.splitlines()
    assert lines[0].startswith("does not explain: minutes inside the interval of 5 replications: ")
    assert any(line.startswith("Duration") and line.endswith("does not explain") for line in lines)
    assert any(line.startswith("Errors") and line.endswith("given") for line in lines)
    assert any("2026-05-04 09:" in line and "Duration of sum: observed" in line for line in lines)
    assert "all of it is judged (--holdout 0): what the scenario was fitted to is no evidence" in lines
    assert "5 replications give an interval of 67%; 39 give 95%" in lines
    rows = list(csv.DictReader(Path("all.csv").read_text().splitlines()))
    assert len([row for row in rows if row["metric"] == "Duration"]) == MINUTES
    assert all(float(row["low"]) <= float(row["median"]) <= float(row["high"]) for row in rows if row["low"])


def test_both_engines_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(write(Path(), "twin.yaml", SCENARIO))
    found = []
    for engine in ("kernel", "simpy"):
        by = partial(simulate, engine=engine)
        monkeypatch.setattr("simulator.twin.backtest.minutes.simulate", by)
        found.append(simulated(scenario, 0, None, Axis(60, MINUTES, reads=True)))
    assert found[0].keys() == found[1].keys()
    assert all(np.array_equal(found[0][key], found[1][key], equal_nan=True) for key in found[0])


NOTHING = {
    "no metric of a stream or function of the scenario is found": {},
    "neither Invocations nor Duration of a function": {"IncomingRecords": np.ones(MINUTES)},
    "IncomingRecords of the stream meter is not found": {"Invocations": np.ones(MINUTES)},
}


@pytest.mark.parametrize("words", NOTHING)
def test_where_nothing_can_be_compared_it_is_exit_3(words: str, shardsim: Command) -> None:
    write(Path(), "twin.yaml", SCENARIO)
    write_metrics(NOTHING[words], Path("seen"))
    result = shardsim("backtest", "twin.yaml", "--observed", "seen")
    assert (result.exit_code, result.stdout) == (3, "")
    assert words in result.stderr.splitlines()[-1]


def test_a_scenario_that_is_not_valid_is_exit_3_and_a_folder_that_is_not_there_wrong_use(shardsim: Command) -> None:
    write(Path(), "twin.yaml", SCENARIO)
    result = shardsim("backtest", "twin.yaml", "--observed", "seen")
    assert result.exit_code == 2
    assert "seen: there is no such file or folder" in result.stderr
    Path("seen").mkdir()
    assert shardsim("backtest", "missing.yaml", "--observed", "seen").exit_code == 3
