"""Comparing settings from Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import simulator
from simulator.report.comparison import summary, wide_table
from simulator.report.tables import plain
from simulator.study.compare import Comparison, asked, chosen, compare, named_values
from simulator.study.ranking import best
from simulator.study.settings import Setting, SettingsError, combinations, varied
from simulator.study.source import Source
from tests.study.synthetic import run, setting

BATCH = "event_source_mappings.0.batch_size"
MAPPING = "enrich-clicks"


@pytest.fixture
def three(small: Path) -> Comparison:
    return compare(small, shards="1-3", replications=3)


def test_tables_are_tidy_with_the_settings_in_columns(small: Path) -> None:
    found = simulator.compare(small, shards=range(1, 3), vary={BATCH: [10, 100]}, replications=2)
    assert list(found.replications.columns) == ["shards", "batch_size", "replication", "mapping", "measure", "value"]
    assert not found.replications.duplicated(["shards", "batch_size", "replication", "mapping", "measure"]).any()
    rows = found.table.query(f"shards == 2 and batch_size == 10 and mapping == '{MAPPING}' and measure == 'attempts'")
    values = found.replications.merge(rows[["shards", "batch_size", "mapping", "measure"]])["value"]
    assert rows["mean"].item() == values.mean()
    assert rows["n"].item() == 2


def test_each_setting_sees_the_same_traffic(three: Comparison) -> None:
    records = {tuple(r.curves[MAPPING].records for r in runs) for runs in three.runs.values()}
    [of_each_replication] = records
    assert len(set(of_each_replication)) == 3  # and replications do not


def test_the_baseline_is_the_scenario_as_it_is_if_it_is_compared_else_the_first(small: Path, three: Comparison) -> None:
    assert three.baseline.label == "shards 2"
    assert compare(small, shards="3-4", replications=1).baseline.label == "shards 3"


def test_the_baseline_can_be_chosen(small: Path) -> None:
    found = compare(small, shards="1-3", replications=2, baseline={"shards": 3})
    assert found.baseline.label == "shards 3"
    assert set(found.differences["shards"]) == {1, 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x=1", "'x' is not varied; varied: a, b"),
        ("a=1", "2 settings have that; give b too"),
        ("a=1,b=9", "0 settings have that; it must be one of those that are compared"),
        ("a", "write NAME=VALUE"),
        ("a=", "write NAME=VALUE"),
    ],
)
def test_a_baseline_that_is_none_is_refused(text: str, said: str) -> None:
    settings = combinations([varied("p.a=1,2"), varied("p.b=1,2")])
    with pytest.raises(SettingsError) as caught:
        chosen(settings, named_values(text))
    assert said in str(caught.value)


def test_the_scenarios_own_search_is_compared_when_nothing_else_is_asked(small: Path) -> None:
    search = "{shards: 1-2, vary: {event_source_mappings.0.batch_size: [50, 100]}}"
    scenario = Source.of(small, {"search": search}).scenario()
    assert [each.label for each in asked(scenario, [], [])] == [
        f"shards {shards}, batch_size {size}" for shards in (1, 2) for size in (50, 100)
    ]
    assert [each.label for each in asked(scenario, ["3"], [])] == ["shards 3"]


def test_nothing_to_compare_is_an_error_that_says_what_to_give(small: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing to compare: give --shards 2-8, or --vary"):
        compare(small)


def test_differences_are_told_for_the_measures_that_both_settings_have(small: Path) -> None:
    # a pushed mapping makes no GetRecords calls
    found = compare(small, vary={"event_source_mappings.0.consumer": ["polling", "push"]}, replications=2)
    measures = set(found.differences["measure"])
    assert "latency_p99_s" in measures
    assert "use_read_calls" not in measures
    word = found.differences.set_index("measure").loc["latency_p50_s", "word"]
    assert word == "better"


def test_more_than_half_a_second_of_polling_is_what_push_saves(small: Path) -> None:
    # a record waits half an interval and 10 ms for a poll on average, and 70 ms for push
    quick = {"functions.enrich.duration": "{per_batch: 1ms}"}
    found = compare(
        small, vary={"event_source_mappings.0.consumer": ["polling", "push"]}, replications=5, overrides=quick
    )
    push = next(each for each in found.settings if each.shown["consumer"] == "push")
    saved = found.difference(push, MAPPING, "latency_mean_s").interval
    assert saved.mean == pytest.approx(-(0.5 + 0.010 - 0.070), abs=0.03)
    assert saved.high < 0


def test_what_is_written_can_be_read_as_json_and_has_a_row_a_setting_and_mapping(three: Comparison) -> None:
    table = wide_table(three)
    assert table[["shards", "mapping"]].to_numpy().tolist() == [[n, MAPPING] for n in (1, 2, 3)]
    assert (table["latency_p99_s_low"] < table["latency_p99_s"]).all()
    assert (table["usd_per_month"].diff().dropna() > 0).all()
    told = json.loads(json.dumps(plain(summary(three)), allow_nan=False))
    assert [each["label"] for each in told["settings"]] == ["shards 1", "shards 2", "shards 3"]


def comparison(**usd_and_age: tuple[float, float]) -> Comparison:
    runs = {
        setting(name=name): [run(i, usd=usd, iterator_age_p99_s=age) for i in range(3)]
        for name, (usd, age) in usd_and_age.items()
    }
    return Comparison("made up", next(iter(runs)), runs)


def test_the_best_is_the_cheapest_that_keeps_up() -> None:
    found = comparison(dear=(20.0, 1.0), cheap=(10.0, 2.0), middling=(15.0, 1.0))
    assert best(found.runs, found.objectives) == setting(name="cheap")
    behind = {**found.runs, setting(name="cheap"): [run(verdict="overloaded", usd=1.0)]}
    assert best(behind, found.objectives) == setting(name="middling")
    assert best({setting(name="x"): []}, found.objectives) is None


def test_a_setting_whose_runs_all_failed_is_left_out_and_is_no_baseline() -> None:
    good, bad = setting(shards=1), setting(shards=2)
    found = Comparison("made up", good, {bad: [], good: [run(0), run(1)]})
    assert found.settings == [good]
    assert set(found.table["shards"]) == {1}
    assert found.mappings == ["reader"]


def test_mappings_that_have_other_names_are_not_paired(small: Path) -> None:
    functions = {"functions": "{enrich: {duration: {per_batch: 50ms}}, other: {duration: {per_batch: 10ms}}}"}
    vary = {"event_source_mappings.0.function": ["enrich", "other"]}
    found = compare(small, vary=vary, replications=2, overrides=functions)
    assert found.mappings == [MAPPING, "other-clicks"]
    assert wide_table(found)["mapping"].tolist() == found.mappings
    assert set(found.differences["mapping"]) == {""}


def test_differences_pair_the_replications_that_both_settings_have() -> None:
    base, other = setting(shards=1), setting(shards=2)
    runs = {
        base: [run(i, drain_s=10.0 * i) for i in (0, 1, 2)],
        other: [run(i, drain_s=10.0 * i + 1) for i in (1, 2, 3)],
    }
    found = Comparison("made up", base, runs).difference(other, "reader", "drain_s").interval
    assert (found.mean, found.half_width, found.n) == (1.0, 0.0, 2)


def test_settings_of_text_and_numbers_keep_their_order(three: Comparison) -> None:
    assert [each.label for each in three.settings] == ["shards 1", "shards 2", "shards 3"]
    assert isinstance(three.settings[0], Setting)
