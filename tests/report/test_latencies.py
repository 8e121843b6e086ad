"""Percentiles that are not known to be one number: of lost records, and of those that are left."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from simulator.report.latencies import mean_percentile, percentile
from simulator.report.numbers import INFINITE
from simulator.report.objective_words import amount
from simulator.report.page.build import page_of
from simulator.report.page.markdown import markdown
from simulator.report.page.wide import cell
from simulator.study.statistics import Interval
from tests.page.folders import RESULTS, study


@pytest.mark.parametrize(
    ("least_s", "most_s", "told"),
    [
        (2.0, 2.0, "2 s"), (2.0, 2.01, "2 s"), (480.0, 900.0, "> 8 min"), (480.0, math.inf, "> 8 min"),
        (math.inf, math.inf, INFINITE), (math.nan, math.nan, "-"), (2.0, math.nan, "2 s"),
    ],
)  # fmt: skip
def test_a_percentile_is_told_with_what_it_may_yet_be(least_s: float, most_s: float, told: str) -> None:
    assert percentile(least_s, most_s) == told
    assert mean_percentile(Interval(least_s, math.nan, 1), Interval(most_s, math.nan, 1)) == told


def test_a_mean_of_percentiles_keeps_its_interval() -> None:
    assert mean_percentile(Interval(41.0, 3.0, 5), Interval(math.inf, math.nan, 5)) == "> 41 s (38 to 44)"


def test_tables_of_studies_tell_an_infinite_latency_and_an_endless_recovery_each_by_its_name() -> None:
    row = {"latency_p99_s": math.inf, "latency_p99_most_s": math.inf, "drain_s": math.inf, "replications": 3}
    assert cell(row, "latency_p99_s") == INFINITE == amount("latency_p99", math.inf)
    assert cell(row, "drain_s") == "not in the run" == amount("recovery_time", math.inf)


def test_the_page_of_a_run_whose_records_are_lost_has_an_infinite_latency(tmp_path: Path) -> None:
    text = markdown(page_of(RESULTS["everything was lost"](tmp_path)))
    [row] = [line for line in text.splitlines() if line.startswith("| reader | loses records")]
    assert row.count(INFINITE) == 3


def test_advice_tells_an_infinite_latency_as_one_and_not_as_unknown(tmp_path: Path) -> None:
    folder = study("advise", "-n", "2", rate="2500/s", on_throttle="drop", readers=("reader",), more="")(tmp_path / "a")
    effects = [each["effects"]["latency_p99_s"] for each in json.loads((folder / "study.json").read_text())["changes"]]
    assert {each["today"] for each in effects} == {"infinite"}
    assert INFINITE in markdown(page_of(folder))
