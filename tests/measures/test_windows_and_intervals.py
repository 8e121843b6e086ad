"""Nothing that is measured depends on the windows that a run comes in, and only the time series on its interval."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

import pytest

from simulator.measures import tables
from simulator.measures.result import Result
from simulator.scenario.faults import ScenarioError
from simulator.scenario.spec import Scenario
from simulator.study.figures import figures
from tests.measures.seen import WHOLE, seen
from tests.model.random_scenarios import random_scenario
from tests.model.rows import Section, scenario

RUNS = range(12)
EXACT_ANYHOW = ("iterator_age_max_s", "latency_max_s", "lag_max_s", "backlog_max_records", "function_concurrency_max")


@cache
def made(seed: int) -> Scenario:
    """A random scenario with random arrivals, sizes, durations and failures."""
    random = Random(seed)
    for attempt in range(100 * seed, 100 * seed + 100):
        content: Section = random_scenario(attempt)
        for producer in content["producers"]:
            producer |= {"arrivals": "poisson", "record_size": {"uniform": {"low": "1B", "high": "300KiB"}}}
            producer["on_throttle"] = random.choice(["retry", "retry", "drop"])
        for function in content["functions"].values():
            function["duration"]["per_batch"] = {"gamma": {"mean": "90ms", "cv": 1}}
            function["failures"] = [
                {"kind": "outage", "from": "3s", "to": "7s"},
                {"kind": "poison", "probability": 0.01},
                {"kind": "random", "probability": 0.1},
            ]
        try:
            return scenario(content)
        except ScenarioError:  # more concurrency provisioned than there is
            continue
    raise AssertionError(f"no valid scenario for {seed}")


def told(result: Result, interval_too: bool = True) -> dict[str, Any]:
    """All that is said of a run; without what has a row for each interval unless asked for."""
    summary, of_studies = result.summary(), figures(result).as_dict()
    if not interval_too:
        del summary["interval_s"], of_studies["curves"]
    named = ("latency", "shards", "incidents", "bill", *(("timeseries",) if interval_too else ()))
    return {
        "summary": json.dumps(summary, indent=1),
        "figures": json.dumps(of_studies),
        **{name: getattr(tables, name)(result).to_csv() for name in named},
        **{f"load of {name}": tables.shard_load(result, name).to_csv() for name in result.scenario.streams},
    }


@pytest.mark.parametrize("seed", RUNS)
def test_windows_of_any_size_give_the_same_numbers(seed: int) -> None:
    whole, pieces = seen(made(seed), WHOLE), seen(made(seed), (7, 13, 29)[seed % 3])
    assert pieces.windows > whole.windows + 2
    assert told(pieces.result) == told(whole.result)
    assert pieces.text == whole.text


@pytest.mark.parametrize("seed", RUNS)
def test_an_interval_changes_rows_of_the_time_series_and_nothing_else(seed: int) -> None:
    content = made(seed)
    usual = seen(content).result
    for interval_s in (content.duration / 7.3, (content.duration + content.drain) / 99_999):
        other = seen(content, interval_s=interval_s).result
        assert other.measures.interval_s == pytest.approx(interval_s)
        assert told(other, interval_too=False) == told(usual, interval_too=False)


@pytest.mark.parametrize("seed", RUNS)
def test_rows_of_any_interval_have_the_same_sums_and_the_same_peaks(seed: int) -> None:
    content = made(seed)
    usual, coarse = (seen(content, interval_s=each).result for each in (None, content.duration / 3.1))
    for name in usual.timeseries["mapping"].unique():
        fine, few = (each.timeseries[each.timeseries["mapping"] == name] for each in (usual, coarse))
        for peak in EXACT_ANYHOW:
            assert fine[peak].max() == few[peak].max() or fine[peak].isna().all()
        for column in fine.columns:
            if column in ("attempts", "errors", "throttles", "processed_records", "produced_records"):
                assert fine[column].sum() == few[column].sum()
            if column.startswith("waiting_"):
                assert fine[column].sum() == pytest.approx(few[column].sum(), abs=1e-6)
