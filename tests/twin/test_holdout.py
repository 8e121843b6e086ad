"""What is held out: import makes a scenario of the first part, backtest judges the rest, and says where it saw it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.scenario.loading import load
from simulator.twin.measured.grid import first_held_out

from .conftest import Command
from .examples import FOLDER
from .exports import FUNCTION, START, STREAM, columns, insights_csv, json_log, metric_data, points, queries, tailed_log
from .files import write
from .observed import Minutes, observe, wave

SECOND_HALF_MS = 9000.0


def metrics(minutes: Minutes, folder: str = "in") -> None:
    values = columns(minutes)
    of = {"IncomingRecords": f"StreamName={STREAM}", "IncomingBytes": f"StreamName={STREAM}"}
    ids = {name.lower(): (name, "Sum", of.get(name, f"FunctionName={FUNCTION}")) for name in values}
    write(Path(folder), "queries.json", queries(ids))
    write(Path(folder), "m.json", metric_data({name.lower(): points(column) for name, column in values.items()}))
    write(Path(folder), "template.yaml", (FOLDER / "sam-and-metrics" / "template.yaml").read_text())


def told(shardsim: Command, *options: object) -> dict[str, Any]:
    result = shardsim("import", "in", "-o", "out.yaml", "--json", "--force", *options)
    assert result.exit_code == 4, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_nothing_of_what_is_held_out_is_looked_at(shardsim: Command) -> None:
    first, other = observe(1, wave(20, 240, 120)), observe(2, wave(200, 100, 120), per_record_ms=9.0, failing=0.3)
    both = {name: getattr(first, name).copy() for name in ("records", "bytes", "invocations", "duration_ms", "errors")}
    for name, column in both.items():
        column[60:] = getattr(other, name)[60:]
    found = []
    for minutes in (first, Minutes(**both, single_ms=np.zeros(0), single_minute=np.zeros(0), age_ms=np.zeros(120))):
        metrics(minutes)
        found.append(told(shardsim, "--holdout", "0.5"))
    assert found[0] == found[1]
    assert found[0]["scenario"]["duration"] == "1h"
    rows = Path("out-meter-traffic.csv").read_text().splitlines()
    assert len(rows) == 61


@pytest.mark.parametrize("form", ["tail", "json", "insights"])
def test_lines_of_a_log_count_if_they_tell_that_they_are_from_before(form: str, shardsim: Command) -> None:
    metrics(observe(1, wave(20, 240, 120)))
    times = [20, 40, 70, 110] * 10
    durations = [100.0 if minute < 60 else SECOND_HALF_MS for minute in times]
    inits = [250.0 if minute < 60 else SECOND_HALF_MS for minute in times]
    log = tailed_log(durations, inits, times)
    if form == "json":
        lines = json_log(durations, inits).splitlines()
        stamps = [f"{START + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}" for minute in times for _ in range(2)]
        log = "\n".join(line.replace("2026-03-01T22:00:00", at) for line, at in zip(lines, stamps, strict=True))
    elif form == "insights":
        heading, *lines = insights_csv(durations, inits).splitlines()
        stamps = [f"{START + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S}" for minute in times]
        log = "\n".join(
            [heading, *(line.replace("2026-03-01 22:00:00", at) for line, at in zip(lines, stamps, strict=True))]
        )
    write(Path("in"), "sum.log", log)
    found = told(shardsim, "--holdout", "0.5")
    cold = next(each for each in found["fields"] if each["path"].endswith("cold_start"))
    assert cold["value"] == "250ms"
    assert ": 20 times Init Duration" in cold["source"]
    assert found["warnings"] == []


def test_lines_without_a_time_are_held_out_and_that_is_told(shardsim: Command) -> None:
    metrics(observe(1, wave(20, 240, 120)))
    plain = [line.partition("REPORT ")[2] for line in tailed_log([100.0] * 30, [250.0] * 30, [1] * 30).splitlines()]
    write(Path("in"), "sum.log", "".join(f"REPORT {each}\n" for each in plain))
    found = told(shardsim, "--holdout", "0.5")
    assert any(
        each.endswith("30 of its lines do not tell when they were written, and are held out")
        for each in found["warnings"]
    )
    assert {"cold_start"} <= {each["path"].rpartition(".")[2] for each in found["fields"] if each["how"] == "missing"}


@pytest.mark.parametrize(("holdout", "first"), [(0.5, 5), (0.999, 1), (0.001, 9), (0.34, 7)])
def test_one_interval_at_least_is_on_each_side(holdout: float, first: int) -> None:
    assert first_held_out(10, holdout) == first


def test_without_metrics_nothing_can_be_held_out(shardsim: Command) -> None:
    write(Path("in"), "template.yaml", (FOLDER / "sam-and-metrics" / "template.yaml").read_text())
    assert "there are no metrics, which tell from when to when it is; nothing is held out" in told(
        shardsim, "--holdout", "0.5"
    )["warnings"]  # fmt: skip


@pytest.mark.parametrize(("holdout", "saw"), [("0.5", False), ("0.4", True), ("", True)])
@pytest.mark.usefixtures("no_plots")
def test_backtest_knows_whether_the_scenario_was_made_from_what_is_judged(
    holdout: str, saw: bool, shardsim: Command
) -> None:
    metrics(observe(1, wave(20, 240, 120), failing=0.02))
    told(shardsim, *(("--holdout", holdout) if holdout else ()))
    result = shardsim("backtest", "out.yaml", "--observed", "in", "-n", 3, "-j", 1, "-o", "test", "--json")
    study = json.loads(result.stdout)
    assert study["saw_judged"] is saw
    given = {each["metric"] for each in study["metrics"] if each["given"]}
    assert given == ({"Errors"} if saw else set())
    assert any("the scenario was made from what is judged" in each for each in study["says"]) is saw


@pytest.mark.usefixtures("no_plots")
def test_a_scenario_without_a_time_does_not_say_what_it_has_seen(shardsim: Command) -> None:
    metrics(observe(1, wave(20, 240, 120)))
    told(shardsim)
    text = "".join(line for line in Path("out.yaml").read_text().splitlines(True) if not line.startswith("start_time"))
    write(Path(), "bare.yaml", text)
    assert load("bare.yaml").start_time is None
    result = shardsim("backtest", "bare.yaml", "--observed", "in", "-n", 3, "-j", 1, "-o", "test", "--json")
    study = json.loads(result.stdout)
    assert study["saw_judged"] is None
    assert any("does not say from which time it was made (start_time)" in each for each in study["says"])
