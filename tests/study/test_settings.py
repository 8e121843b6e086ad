"""Settings: how they are written, named, combined and refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from simulator.scenario.faults import ScenarioError
from simulator.study.settings import (
    AS_IT_IS,
    Dimension,
    Setting,
    SettingsError,
    column_names,
    combinations,
    dimension,
    in_full,
    knobs,
    shard_dimensions,
    shards_of,
    varied,
    varied_by,
)
from simulator.study.source import Source

BATCH = "event_source_mappings.0.batch_size"


@pytest.fixture
def two(small: Path) -> Path:
    """The small scenario with a second mapping of the same stream."""
    text = small.read_text(encoding="utf-8")
    small.write_text(text + "  - {name: second, stream: clicks, function: enrich}\n", encoding="utf-8")
    return small


def values(text: str) -> tuple[str, ...]:
    [one] = shard_dimensions([text], ["clicks"])
    return one.values


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2-5", "2 3 4 5"),
        ("2,4,8", "2 4 8"),
        ("1-3,8,2", "1 2 3 8"),
        (" 2 - 3 ", "2 3"),
        ("7", "7"),
        ("clicks=1-2", "1 2"),
        ("2-8/3", "2 5 8"),
        ("2-7/3,9", "2 5 9"),
        ("8-2/2", "2 4 6 8"),
    ],
)
def test_shards_are_a_range_a_list_or_both_and_each_number_counts_once(text: str, numbers: str) -> None:
    assert values(text) == tuple(numbers.split())


def test_shards_without_a_stream_are_those_of_all_streams_together() -> None:
    [both] = shard_dimensions(["2-3"], ["clicks", "orders"])
    assert both == Dimension(("streams.clicks.shards", "streams.orders.shards"), ("2", "3"))
    assert [setting.label for setting in combinations([both])] == [
        "clicks.shards 2, orders.shards 2",
        "clicks.shards 3, orders.shards 3",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2-x", "'2-x' is no number or range; write 2-8"),
        ("2-8/0", "'2-8/0' has steps of 0; write 2-8, or 100-500/100 for steps of 100"),
        ("2-8:2", "'2-8:2' is no range; write 2-8, or 100-500/100 for steps of 100"),
        ("2..8", "'2..8' is no range"),
        ("", "'' is no number or range"),
        ("2,,3", "'' is no number or range"),
        ("click=2", "there is no stream 'click'; known: clicks"),
        ("1-1000000", "1,000,000 settings, more than 10,000"),
        ("1-999999999", "999,999,999 settings, more than 10,000"),
    ],
)
def test_shards_that_make_no_sense_are_refused_in_a_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        shard_dimensions([text], ["clicks"])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_comma_within_brackets_or_quotes_belongs_to_the_value() -> None:
    text = "functions.f.duration.per_batch=20ms,{uniform: {low: 1ms, high: 2ms}},'a,b',[1, 2]"
    assert varied(text).values == ("20ms", "{uniform: {low: 1ms, high: 2ms}}", "'a,b'", "[1, 2]")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("1-3", "1 2 3"),
        ("100-500/200", "100 300 500"),
        ("50,100-300/100,50", "50 100 200 300"),
        ("'1-3'", "'1-3'"),
        ("-1,0", "-1 0"),
        ("90/m,1/s", "90/m 1/s"),
    ],
)
def test_a_range_of_whole_numbers_stands_for_each_of_them_and_in_quotes_for_itself(values: str, expected: str) -> None:
    assert varied(f"{BATCH}={values}").values == tuple(expected.split())
    assert dimension(BATCH, values) == varied(f"{BATCH}={values}")


@pytest.mark.parametrize("text", ["a=100-500:100", "a=1-5/0", "a=1..5", "a=1-5 by 2"])
def test_what_is_nearly_a_range_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(SettingsError, match="write 2-8, or 100-500/100 for steps of 100"):
        varied(text)


def test_a_range_of_a_billion_is_refused_before_it_is_written_out() -> None:
    with pytest.raises(SettingsError, match="999,999,999 settings"):
        varied("batch_size=1-999999999")


def test_a_short_name_is_one_dimension_with_the_paths_of_all_mappings(two: Path) -> None:
    scenario = Source.of(two).scenario()
    [full] = in_full(scenario, [varied("batch_size=100,500")])
    assert full == Dimension((BATCH, "event_source_mappings.1.batch_size"), ("100", "500"))
    assert varied_by(scenario, {"batch_size": [100, 500]}) == [full]
    sizes = [
        [each.batch_size for each in Source.of(two).scenario(setting).event_source_mappings]
        for setting in combinations([full])
    ]
    assert sizes == [[100, 100], [500, 500]]


def test_a_field_that_is_varied_by_its_short_and_by_its_full_name_is_refused(two: Path) -> None:
    dimensions = in_full(Source.of(two).scenario(), [varied("batch_size=1,2"), varied(f"{BATCH}=3")])
    with pytest.raises(SettingsError, match=r"event_source_mappings\.0\.batch_size is varied twice"):
        combinations(dimensions)


def test_a_short_name_that_is_misspelt_or_of_two_kinds_is_refused_where_it_is_put_in_place(two: Path) -> None:
    dimensions = in_full(Source.of(two).scenario(), [varied("batch_sise=1"), varied("stream=clicks")])
    with pytest.raises(ScenarioError) as caught:
        Source.of(two).resolve(combinations(dimensions))
    assert [str(fault) for fault in caught.value.faults] == [
        "--vary batch_sise=1: error: unknown field; did you mean 'batch_size'?",
        "--vary stream=clicks: error: there are 2 kinds of it; "
        "write producers.0.stream or event_source_mappings.0.stream",
    ]


@pytest.mark.parametrize("text", ["batch_size", "=1", "path=", "path=1,,2", "path=1,"])
def test_vary_without_path_or_values_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"--vary"):
        varied(text)


def test_every_combination_comes_once_the_last_dimension_changing_fastest() -> None:
    settings = combinations([varied("a.shards=1,2"), varied(f"{BATCH}=5,6")])
    assert [each.label for each in settings] == [
        "shards 1, batch_size 5",
        "shards 1, batch_size 6",
        "shards 2, batch_size 5",
        "shards 2, batch_size 6",
    ]


def test_a_path_that_is_varied_twice_is_refused_however_it_is_written() -> None:
    with pytest.raises(SettingsError, match=r"event_source_mappings\.0\.batch_size is varied twice"):
        combinations([varied(f"{BATCH}=1"), varied("event_source_mappings[0].batch_size=2")])


def test_a_million_settings_are_refused_with_their_number() -> None:
    thousand = ",".join(map(str, range(1000)))
    with pytest.raises(SettingsError, match="1,000,000 settings"):
        combinations([varied(f"a={thousand}"), varied(f"b={thousand}")])


def test_columns_are_named_by_the_shortest_ends_of_paths_that_differ() -> None:
    paths = ("streams.clicks.shards", "streams.orders.shards", BATCH, "functions.f.duration.per_batch")
    assert column_names(paths) == ("clicks.shards", "orders.shards", "batch_size", "per_batch")


def test_plain_numbers_are_numbers_in_tables() -> None:
    setting = Setting((("a.x", "4"), ("a.y", "0.5"), ("a.z", "10ms"), ("a.w", "-1")))
    assert setting.columns == {"x": 4, "y": 0.5, "z": "10ms", "w": -1}


def test_the_scenario_as_it_is_has_a_label() -> None:
    assert str(AS_IT_IS) == "as in the file"


def test_python_gives_ranges_lists_and_values_of_its_own() -> None:
    assert shards_of(range(2, 4), ["clicks"]) == shards_of("2-3", ["clicks"]) == shards_of([2, 3], ["clicks"])
    by_stream: Mapping[str, str | list[int]] = {"clicks": [2], "orders": "3-4"}
    assert shards_of(by_stream, ["clicks", "orders"]) == [
        Dimension(("streams.clicks.shards",), ("2",)),
        Dimension(("streams.orders.shards",), ("3", "4")),
    ]
    assert dimension("m[0].flag", [True, 3, 0.5, "push", 3]) == Dimension(("m.0.flag",), ("true", "3", "0.5", "push"))


def test_all_faults_of_all_settings_are_told_once_with_value_and_nearest_name(small: Path) -> None:
    settings = combinations(
        [varied("streams.clicks.shards=0,2"), varied("event_source_mappings.0.batch_sise=5,6"), varied("warmup=1s,1x")]
    )
    with pytest.raises(ScenarioError) as caught:
        Source.of(small).resolve(settings)
    told = [str(fault) for fault in caught.value.faults]
    assert sorted(told) == [
        "--vary event_source_mappings.0.batch_sise=5: error: unknown field; did you mean 'batch_size'?",
        "--vary event_source_mappings.0.batch_sise=6: error: unknown field; did you mean 'batch_size'?",
        "--vary streams.clicks.shards=0: error: 0 is out of range; allowed: a whole number from 1 to 10000",
        next(each for each in told if "warmup=1x" in each),
    ]


def test_a_study_keeps_the_text_that_it_has_read(small: Path) -> None:
    source = Source.of(small)
    before = source.scenario()
    small.write_text("nonsense", encoding="utf-8")
    assert source.scenario() == before


def test_a_scenario_in_memory_is_varied_like_its_file(small: Path) -> None:
    loaded = Source.of(small).scenario()
    setting = Setting(((BATCH, "7"),))
    assert Source.of(loaded).scenario(setting) == Source.of(small).scenario(setting)


def test_a_file_that_is_not_there_is_a_fault_of_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        Source.of(tmp_path / "none.yaml")


def test_warnings_of_single_settings_are_not_told(small: Path) -> None:
    narrow = "functions.enrich.reserved_concurrency"
    warnings = Source.of(small).resolve(combinations([varied(f"{narrow}=1,100")]))[1]
    assert warnings == []
    warnings = Source.of(small, {narrow: "1"}).resolve(combinations([varied("streams.clicks.shards=2,3")]))[1]
    assert len(warnings) in (0, 1)


def test_a_field_that_is_the_same_in_several_things_is_told_once_and_else_of_each() -> None:
    def setting(a: int, b: int) -> Setting:
        paths = ("event_source_mappings.0.batch_size", "event_source_mappings.1.batch_size")
        return Setting(tuple(zip(paths, map(str, (a, b)), strict=True)))

    assert setting(500, 500).label == "batch_size 500"
    assert setting(500, 100).label == "0.batch_size 500, 1.batch_size 100"
    assert knobs([setting(500, 500), setting(100, 100)]) == {"batch_size": ("0.batch_size", "1.batch_size")}
    assert list(knobs([setting(500, 500), setting(100, 500)])) == ["0.batch_size", "1.batch_size"]
    assert Setting((("streams.a.shards", "4"), ("streams.b.shards", "4"))).label == "a.shards 4, b.shards 4"
