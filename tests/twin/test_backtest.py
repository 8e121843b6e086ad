"""The command backtest: what it says and writes, what it refuses, and that it is the same however it is simulated."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from simulator.measures.run import simulate
from simulator.scenario.loading import load
from simulator.twin.backtest.minutes import READS_REFUSED, Axis, simulated

from .conftest import Command
from .files import write
from .truths import MINUTES, SCENARIO, START, backtest, inside, observe, write_metrics

JUDGED = ("IteratorAge", "Invocations", "Duration")


@pytest.mark.usefixtures("no_plots")
def test_the_twin_explains_what_its_own_rules_gave(shardsim: Command) -> None:
    observe(shardsim)
    code, told = backtest(shardsim)
    assert (code, told["verdict"], told["warnings"]) == (0, "explains", []), told["metrics"]
    assert told["judged_from_s"] == 20 * 60
    assert told["start_time"] == START.isoformat()
    assert min(inside(told)[name] for name in JUDGED) >= 0.9
    assert told["says"][0].startswith("explains 9")


@pytest.mark.usefixtures("no_plots")
def test_the_terminal_tells_verdict_figures_and_misses(shardsim: Command) -> None:
    observe(shardsim, "functions.sum.duration.per_record=4ms")
    write(Path(), "twin.yaml", SCENARIO)
    result = shardsim("backtest", "twin.yaml", "--observed", "seen", "-n", 5, "--holdout", "0", "-o", "all", "-j", 1)
    assert result.exit_code == 4
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines[0].startswith("does not explain: 0% of the minutes are inside (duration 0%, ")
    assert "misses 09:00 to 09:40 UTC: duration observed " in lines[0]
    assert lines[0].endswith("as many invocations of as many records: the function itself took longer")
    assert any(line.startswith("duration ") and line.endswith("does not explain") for line in lines)
    assert any(line.startswith("errors ") and line.endswith("given") for line in lines)
    assert any(line.startswith("  09:00 to 09:40 UTC: duration of sum observed") for line in lines)
    assert "all of it is judged (--holdout 0): what the scenario was fitted to is no evidence" in lines
    assert "5 replications give an interval of 67%; 39 give 95%" in lines


@pytest.mark.usefixtures("no_plots")
def test_the_folder_has_all_intervals_and_what_json_says(shardsim: Command) -> None:
    observe(shardsim)
    _, told = backtest(shardsim, "-n", 5)
    rows = list(csv.DictReader(Path("out/intervals.csv").read_text().splitlines()))
    assert len([row for row in rows if row["metric"] == "Duration"]) == MINUTES
    assert all(float(row["low"]) <= float(row["median"]) <= float(row["high"]) for row in rows if row["low"])
    study = json.loads(Path("out/study.json").read_text())
    assert {**study, "output": "out"} == told
    assert load("out/scenario.yaml").streams.keys() == {"meter"}


@pytest.mark.usefixtures("no_plots")
def test_one_process_and_two_give_the_same_bytes(shardsim: Command) -> None:
    observe(shardsim)
    write(Path(), "twin.yaml", SCENARIO)
    for jobs in (1, 2):
        shardsim("backtest", "twin.yaml", "--observed", "seen", "-n", 5, "-j", jobs, "-o", f"by-{jobs}")
    for name in ("study.json", "intervals.csv", "scenario.yaml"):
        assert Path("by-1", name).read_bytes() == Path("by-2", name).read_bytes()


def test_a_dry_run_says_what_there_is_to_simulate_and_writes_nothing(shardsim: Command) -> None:
    write(Path(), "twin.yaml", SCENARIO)
    write_metrics({"IncomingRecords": np.ones(MINUTES), "Invocations": np.ones(MINUTES)}, Path("seen"))
    result = shardsim("backtest", "twin.yaml", "--observed", "seen", "--dry-run", "--fit", "polling.missed", "-j", 1)
    assert result.exit_code == 0
    assert result.stdout.startswith("about 25 trials x 12 runs of the fit, and then 39 runs of 40 intervals; about ")
    assert not Path("reports").exists()


def test_refused_reads_are_counted_in_the_interval_in_which_they_are_refused() -> None:
    readers = "".join(f"  - {{name: r{i}, stream: meter, interval: 200ms}}\n" for i in range(2))
    scenario = load(write(Path(), "twin.yaml", f"{SCENARIO}readers:\n{readers}"))
    refused = simulated(scenario, 0, None, Axis(60, MINUTES, reads=True))[READS_REFUSED, "meter"]
    assert refused.min() > 0
    assert (READS_REFUSED, "meter") not in simulated(scenario, 0, None, Axis(60, MINUTES))


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
