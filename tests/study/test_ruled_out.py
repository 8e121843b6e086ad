"""What a search leaves out without a run, against runs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from simulator.measures.run import simulate
from simulator.report import sizing_words as words
from simulator.scenario.spec import Scenario
from simulator.study.ruled_out import endless_batches, too_few
from simulator.study.size import size
from tests.study.scenarios import content, loaded, written

LONG: dict[str, Any] = {"duration": "20m"}
BATCH = "event_source_mappings.0.batch_size"
OVERRUN: dict[str, dict[str, Any]] = {
    "records written": {"rate": "4000/s"},
    "bytes written": {"rate": "400/s", "producer": {"record_size": "8KiB"}},
    "the lanes' time": {"rate": "900/s", "batch": "100ms", "record": "3ms", "mapping": {"batch_size": 100}},
    "the lanes' time with a factor": {
        "rate": "900/s", "batch": "1s", "mapping": {"batch_size": 100, "parallelization_factor": 2},
    },
    "a rate that swings": {"rate": {"sine": {"mean": "4000/s", "amplitude": "500/s", "period": "5m"}}},
}  # fmt: skip


def verdict(scenario: Scenario) -> str:
    """Of its only mapping, by a run."""
    return simulate(scenario).mappings[0].verdict.state


@pytest.mark.parametrize("name", OVERRUN)
def test_with_fewer_shards_than_what_is_sure_a_run_does_not_keep_up_and_with_enough_it_may(
    name: str, tmp_path: Path
) -> None:
    fields = {**LONG, **OVERRUN[name]}
    least = too_few(loaded(tmp_path, **fields), {"s"}, 1.0)
    assert least > 1
    below, enough = (loaded(tmp_path, **fields, shards=n) for n in (math.ceil(least) - 1, math.ceil(1.4 * least)))
    assert verdict(below) == "overloaded"
    assert verdict(enough) in ("stable", "backlogged")


def test_with_more_traffic_more_shards_are_too_few(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, **LONG, rate="4000/s")
    assert too_few(scenario, {"s"}, 1.5) == pytest.approx(1.5 * too_few(scenario, {"s"}, 1.0))


@pytest.mark.parametrize(
    "fields",
    [
        {"duration": "10s"},  # too short to fall back by what counts as behind
        {"producer": {"stop": "30s"}},  # the traffic ends before the run does
        {"rate": {"steps": [{"at": "0s", "rate": "9000/s"}, {"at": "10m", "rate": "100/s"}]}},
        {"objectives": {"keeps_up": False, "latency_p99": "1h"}},
    ],
)
def test_nothing_is_sure_of(fields: dict[str, Any], tmp_path: Path) -> None:
    least = too_few(loaded(tmp_path, **{**LONG, "rate": "4000/s", **fields}), {"s"}, 1.0)
    assert least < 1


@pytest.mark.parametrize(
    "mapping", [{"filter": {"passes": 0.1}}, {"starts_after": "10m"}, {"disabled": [{"from": "1m", "to": "2m"}]}]
)
def test_a_mapping_that_does_not_see_all_records_all_the_time_may_keep_up_with_few_lanes(
    mapping: dict[str, Any], tmp_path: Path
) -> None:
    fields: dict[str, Any] = {**LONG, "rate": "900/s", "batch": "1s"}
    assert too_few(loaded(tmp_path, **fields), {"s"}, 1.0) > 5
    assert too_few(loaded(tmp_path, **fields, mapping=mapping), {"s"}, 1.0) < 1


def test_of_another_streams_shards_nothing_is_said(tmp_path: Path) -> None:
    assert too_few(loaded(tmp_path, **LONG, rate="4000/s"), {"other"}, 1.0) == 0


def slow_when_full(folder: Path, batches: list[int]) -> Path:
    """100 records take 1.1 s, 20 take 0.3 s, and the function may take 1 s."""
    fields: dict[str, Any] = {"function": {"timeout": "1s"}, "objectives": {"latency_max": "3s"}}
    search = {"shards": "1-3", "vary": {BATCH: batches}}
    return written(folder, content(rate="30/s", batch="100ms", record="10ms", search=search, **fields))


def test_a_batch_that_exceeds_its_timeout_when_full_is_no_answer_though_it_serves_calm_traffic(tmp_path: Path) -> None:
    found = size(slow_when_full(tmp_path, [20, 100]), replications=2)
    assert found.answer is not None
    assert dict(found.answer.setting.overrides)[BATCH] == "20"
    assert {dict(each.setting.overrides)[BATCH] for each in found.search.trials} == {"20"}
    said = "a full batch of 100 takes 1.1 s, more than the timeout of 1 s"
    assert said in words.left_out(found)
    assert any(said in sentence for sentence in words.sentences(found))


def test_where_no_full_batch_ends_all_is_tried_and_nothing_left_out(tmp_path: Path) -> None:
    found = size(slow_when_full(tmp_path, [100]), replications=2)
    assert found.answer is not None
    assert found.search.left_out == ()


def test_all_full_batches_end_where_the_function_has_time_for_them(tmp_path: Path) -> None:
    assert endless_batches(loaded(tmp_path, batch="800s", record="1s")) == ""
    assert "takes 901 s" in endless_batches(loaded(tmp_path, batch="801s", record="1s"))
