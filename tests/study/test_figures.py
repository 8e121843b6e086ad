"""What a run leaves for a study."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from simulator import load, simulate
from simulator.measures.result import Result
from simulator.scenario.overrides import Overrides
from simulator.study.figures import MOST_POINTS, Figures, figures, intervals, tidy

MAPPING = "enrich-clicks"
PERIODS = "functions.enrich.failures"


def simulated(path: Path, overrides: Overrides = ()) -> tuple[Result, Figures]:
    result = simulate(load(path, overrides))
    return result, figures(result)


def test_the_figures_are_those_of_the_run(small: Path) -> None:
    result, found = simulated(small)
    mine, values = result.mappings[0], found.values[MAPPING]
    assert values["latency_p99_s"] == mine.measures.latency.percentile_s(99.0)
    assert values["iterator_age_max_s"] == mine.measures.age.greatest_s
    assert values["attempts"] == mine.measures.counts["attempts"]
    assert found.verdicts == {MAPPING: mine.verdict.state}
    assert found.whole["usd_per_month"] == result.bill.usd_per_month
    assert math.isnan(values["recovery_s"])


def test_they_come_back_from_json_as_they_were(small: Path) -> None:
    _, found = simulated(small)
    again = Figures.from_dict(json.loads(json.dumps(found.as_dict())))
    assert json.dumps(again.as_dict()) == json.dumps(found.as_dict())
    assert again.curves[MAPPING].records == found.curves[MAPPING].records


def test_the_drain_time_is_the_run_beyond_the_traffic_to_the_microsecond(small: Path) -> None:
    result, found = simulated(small)
    assert found.values[MAPPING]["drain_s"] == pytest.approx(result.end_s - 20.0, abs=1e-6)


def test_the_drain_time_is_what_theory_says_of_an_overload(small: Path) -> None:
    # 1 shard: 100 records take a second, 300/s come for 20 s: 6,000 records need 60 s from the first poll on
    slow = {"streams.clicks.shards": "1", "producers.0.rate": "300/s", "functions.enrich.duration": "{per_batch: 1s}"}
    _, found = simulated(small, slow)
    assert found.values[MAPPING]["drain_s"] == pytest.approx(60 - 20, abs=2.5)
    assert found.verdicts == {MAPPING: "overloaded"}


def test_what_is_not_drained_when_the_run_ends_never_is(small: Path) -> None:
    slow = {"functions.enrich.duration": "{per_batch: 3s}", "drain": "1s", "functions.enrich.timeout": "60s"}
    _, found = simulated(small, slow)
    assert found.values[MAPPING]["records_unprocessed"] > 0
    assert found.values[MAPPING]["drain_s"] == math.inf


def test_the_recovery_time_is_the_longest_of_the_episodes(small: Path) -> None:
    two = "[{kind: outage, from: 2s, to: 12s}, {kind: outage, from: 60s, to: 80s}]"
    result, found = simulated(small, {PERIODS: two, "duration": "2m"})
    times = [episode.recovery_time_s for episode in result.mappings[0].episodes]
    assert len(times) == 2
    assert found.values[MAPPING]["recovery_s"] == max(times)


def test_an_incident_that_outlasts_the_run_is_never_recovered_from(small: Path) -> None:
    _, found = simulated(small, {PERIODS: "[{kind: outage, from: 5s, to: 1h}]", "drain": "5s"})
    assert found.values[MAPPING]["recovery_s"] == math.inf


def test_the_lag_over_time_is_short_and_keeps_its_peak(small: Path) -> None:
    result, found = simulated(small, {"duration": "601s"})
    curve = found.curves[MAPPING]
    assert len(curve.lag_max_s) <= MOST_POINTS
    assert max(curve.lag_max_s) == result.mappings[0].measures.lag.peak_ns / 10**9
    assert len(curve.lag_max_s) * curve.lag_interval_s >= result.end_s


def test_tables_have_a_row_a_replication_mapping_and_measure(small: Path) -> None:
    runs = [figures(simulate(load(small), replication=r)) for r in range(2)]
    table = tidy(runs)
    assert len(table) == sum(len(values) for run in runs for values in [*run.values.values(), run.whole])
    assert not table.duplicated(["replication", "mapping", "measure"]).any()
    assert set(table.query("mapping == ''")["measure"]) == set(runs[0].whole)
    assert intervals(runs)[MAPPING]["attempts"].n == 2
