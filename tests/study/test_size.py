"""The right size of real, small scenarios: against trying all, and as a user calls it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from simulator import size
from simulator.report import sizing_words as words
from simulator.study.evaluate import Evaluator
from simulator.study.racing import trial
from simulator.study.settings import Dimension, Setting, SettingsError
from simulator.study.size import Sizing
from simulator.study.source import Source
from simulator.study.space import asked, columns, wide_enough
from tests.study.scenarios import content, loaded, written

BATCH, LANES = "event_source_mappings.0.batch_size", "event_source_mappings.0.parallelization_factor"
SHARDS = "streams.s.shards"
FIELDS: dict[str, Any] = {
    "rate": "500/s", "batch": "30ms", "record": "4ms", "producer": {"arrivals": "poisson"}, "duration": "60s",
    "objectives": {"latency_p99": "1700ms"},
    "search": {"shards": "1-5", "vary": {BATCH: [20, 100], LANES: [1, 2]}},
}  # fmt: skip


def sized(folder: Path, replications: int = 4, **fields: Any) -> Sizing:
    return size(written(folder, content(**{**FIELDS, **fields})), replications=replications)


def test_the_answer_is_that_of_trying_all(tmp_path: Path) -> None:
    found = sized(tmp_path)
    evaluator = Evaluator(Source.of(tmp_path / "scenario.yaml"))
    every = [
        Setting(((SHARDS, str(n)), (BATCH, batch), (LANES, lanes)))
        for n, batch, lanes in itertools.product(range(1, 6), ("20", "100"), ("1", "2"))
    ]
    runs = evaluator(every, 4)
    trials = [trial(each, runs[each], found.objectives) for each in every]
    best = min((each for each in trials if each.state == "met"), key=lambda each: each.usd_per_month)
    assert found.answer is not None
    assert found.answer.setting == best.setting
    assert found.search.settings == len(every)
    assert len(found.search.trials) < len(every) / 2


def test_one_step_cheaper_breaks_and_more_traffic_than_the_headroom_too(tmp_path: Path) -> None:
    found = sized(tmp_path)
    assert found.search.cheaper is not None
    assert found.search.cheaper.state != "met"
    assert found.headroom is not None
    assert 1.0 <= found.headroom.holds < found.headroom.breaks <= found.headroom.holds * 1.05
    assert found.headroom.trials[found.headroom.breaks].state != "met"
    assert found.state == "met"
    assert "cheapest setting that meets the objectives" in words.headline(found)
    assert "one step cheaper, with 1 shard for USD" in words.below(found)
    assert "times this traffic" in words.headroom(found)


def test_the_cost_is_judged_of_the_cheapest_setting_that_serves(tmp_path: Path) -> None:
    found = sized(tmp_path, objectives={"latency_p99": "1700ms", "cost_per_month": 1})
    assert found.answer is not None
    assert found.state == "missed"
    assert "cost per month is" in words.headline(found)


def test_objectives_that_nothing_meets_have_no_answer(tmp_path: Path) -> None:
    found = sized(tmp_path, objectives={"latency_p99": "1ms"})
    assert found.answer is None
    assert found.state == "missed"
    assert found.headroom is None
    assert "no setting meets the objectives; the nearest is" in words.headline(found)


def test_an_overloaded_setting_is_no_answer_however_lax_the_objectives(tmp_path: Path) -> None:
    """One shard has time for 233 records/s; a minute's backlog is worked off within an hour."""
    found = sized(tmp_path, objectives={"latency_p99": "1h"}, search={"shards": "1-4"}, duration="120s")
    assert found.answer is not None
    assert found.shards(found.answer) == 3
    assert "does not keep up" in words.below(found)


def test_the_search_asks_for_more_where_the_estimate_knows_no_waiting(tmp_path: Path) -> None:
    """By the estimate 3 shards have time for 500 records/s: 100 in 0.43 s. At 95 % of it records queue, though."""
    objectives = {"latency_p99": "1500ms", "headroom": 1}
    found = sized(tmp_path, objectives=objectives, rate="670/s", search={"shards": "1-8"})
    assert found.answer is not None
    assert found.shards(found.answer) > 3
    said = words.estimate(found)[-1]
    assert "asks for 3 shards (the function time per lane of m" in said
    assert "knows limits, and nothing of waiting" in said


def test_the_estimate_is_for_as_much_traffic_as_the_objectives_are_to_hold_at(tmp_path: Path) -> None:
    """950 records/s fit into a shard, 1.2 times as many do not."""
    light: dict[str, Any] = {"batch": "10ms", "record": "0s", "rate": "950/s", "search": {"shards": "1-4"}}
    found = sized(tmp_path, objectives={"latency_p99": "5s"}, **light)
    assert "asks for 2 shards at 1.2 times the traffic (the write records of m" in words.estimate(found)[-1]
    assert (
        "asks for 1 shard ("
        in words.estimate(sized(tmp_path, objectives={"latency_p99": "5s", "headroom": 1}, **light))[-1]
    )


def test_it_says_what_an_objective_of_the_iterator_age_does_not_see(tmp_path: Path) -> None:
    """1,100 records/s on one shard of 1,000: after a minute they wait 5.5 s to be written, 2.7 s on average."""
    few: dict[str, Any] = {"rate": "1100/s", "batch": "1ms", "record": "0s", "search": {"shards": "1-2"}}
    found = sized(tmp_path, objectives={"iterator_age_p99": "5s", "headroom": 1}, **few)
    assert found.answer is not None
    assert found.shards(found.answer) == 1
    assert "on average to be written, which the iterator age does not see" in words.unseen(found)
    assert words.unseen(sized(tmp_path, objectives={"latency_p99": "5s", "headroom": 1}, **few)) == ""


def test_the_runs_are_tidy(tmp_path: Path) -> None:
    table = sized(tmp_path, replications=2).runs
    assert list(table.columns) == [
        "shards", "batch_size", "parallelization_factor", "replication", "mapping", "measure", "value",
    ]  # fmt: skip
    assert set(table["replication"]) == {0, 1}


def test_without_objectives_it_says_which_to_add(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="add to the scenario, for example") as caught:
        sized(tmp_path, objectives={})
    assert "iterator_age_p99: 2s" in str(caught.value)


# what is searched


def test_the_command_line_goes_before_the_scenarios_own_search(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, **FIELDS)
    assert asked(scenario, ["2,4"], []) == [
        Dimension((SHARDS,), ("2", "4")),
        Dimension((BATCH,), ("20", "100")),
        Dimension((LANES,), ("1", "2")),
    ]
    assert asked(scenario, [], [f"{BATCH}=50"]) == [Dimension((SHARDS,), tuple("12345")), Dimension((BATCH,), ("50",))]


def test_when_nobody_says_which_shards_four_times_the_estimate_is_searched(tmp_path: Path) -> None:
    """3,000 records/s are 3 shards."""
    assert wide_enough(loaded(tmp_path, rate="3000/s")).values == tuple(str(n) for n in range(1, 13))


def test_columns_begin_at_the_estimate_and_are_ascending(tmp_path: Path) -> None:
    """At the estimate for 1.2 times the traffic: 3,600 records/s are 4 shards."""
    evaluator = Evaluator(Source.of(written(tmp_path, content(rate="3000/s"))))
    made = columns(evaluator, [Dimension((SHARDS,), ("9", "4", "3", "1")), Dimension((LANES,), ("1", "2"))])
    assert [[dict(each.overrides)[SHARDS] for each in column.settings] for column in made] == [["1", "3", "4", "9"]] * 2
    assert [column.guess for column in made] == [2, 2]
