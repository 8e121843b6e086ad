"""The fields that a study reads: objectives, search, warm-up and prices."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.dumping import dump
from simulator.scenario.loading import load
from simulator.scenario.spec import Objectives, Prices, Search

from .conftest import Told

Write = Callable[[str], Path]
END = "    batch_size: 100\n"


def test_a_scenario_without_them_has_no_objectives_and_nothing_to_search(scenario_file: Write, valid: str) -> None:
    scenario = load(scenario_file(valid))
    assert scenario.objectives == Objectives()
    assert set(Objectives.__slots__) == {
        *(f"latency_{statistic}" for statistic in ("p50", "p95", "p99", "max")),
        *("iterator_age_p99", "iterator_age_max", "iterator_age_at_send_p99", "iterator_age_at_send_max"),
        *("recovery_time", "records_lost", "records_to_destination", "cost_per_month", "headroom", "keeps_up"),
    }
    bounds = set(Objectives.__slots__) - {"keeps_up"}
    assert all(getattr(scenario.objectives, name) is None for name in bounds)
    assert scenario.objectives.keeps_up
    assert (scenario.search, scenario.prices) == (Search(shards=(), vary={}), Prices(sheet="us-east-1"))


def test_objectives_are_in_seconds_records_and_dollars(scenario_file: Write, valid: str) -> None:
    text = valid + "objectives: {latency_p99: 1500ms, iterator_age_max: 2m, records_lost: 0, cost_per_month: 99.5}\n"
    expected = Objectives(latency_p99=1.5, iterator_age_max=120.0, records_lost=0, cost_per_month=99.5)
    assert load(scenario_file(text)).objectives == expected


@pytest.mark.parametrize(
    ("shards", "expected"),
    [
        ("2-5", (2, 3, 4, 5)),
        ("2 - 3", (2, 3)),
        ("5-2", (2, 3, 4, 5)),
        ("7.0", (7,)),
        ("7", (7,)),
        ("2-8/3", (2, 5, 8)),
        ("[8, 2, 8]", (2, 8)),
        ("[]", ()),
    ],
)
def test_shards_to_try_are_a_range_or_a_list(
    scenario_file: Write, valid: str, shards: str, expected: tuple[int, ...]
) -> None:
    assert load(scenario_file(f"{valid}search: {{shards: {shards}}}\n")).search.shards == expected


def test_values_to_try_are_kept_as_texts_for_set(scenario_file: Write, valid: str) -> None:
    text = valid + "search: {vary: {'event_source_mappings[0].batch_size': [100, '500']}}\n"
    search = load(scenario_file(text)).search
    assert search.vary == {"event_source_mappings[0].batch_size": ("100", "500")}
    for path, values in search.vary.items():
        sizes = [load(scenario_file(text), {path: value}).event_source_mappings[0].batch_size for value in values]
        assert sizes == [100, 500]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("objectives: {latency_p98: 1s}", "16: objectives.latency_p98: unknown field; did you mean 'latency_p99'?"),
        ("objectives: {latency_p99: 2}", "16: objectives.latency_p99: 2 has no unit; allowed: none or a duration from 0s to 3650d; did you mean '2s'?"),
        ("objectives: {cost_per_month: 9 USD}", "16: objectives.cost_per_month: 9 USD is not a number; allowed: none or US dollars from 0 to 1000000000000"),
        ("search: {shards: 0-2}", "16: search.shards: 0-2 is out of range; allowed: a range such as 1-16 or 2-16/2, or a list, of a whole number from 1 to 10000"),
        ("search: {shards: '2-8:2'}", "16: search.shards: '2-8:2' is no range; allowed: a range such as 1-16 or 2-16/2, or a list, of a whole number from 1 to 10000; write 2-8, or 100-500/100 for steps of 100"),
        ("search: {vary: {batch_sise: [1]}}", "16: search.vary.batch_sise: unknown field; did you mean 'batch_size'?"),
        ("search: {vary: {batch_size: [1, 9900-10100/100]}}", "16: search.vary.batch_size[1]: 10100 is out of range; allowed: a whole number from 1 to 10000"),
        ("search: {vary: {batch_size: ['1-9:2']}}", "16: search.vary.batch_size[0]: '1-9:2' is no range; write 2-8, or 100-500/100 for steps of 100"),
        ("search: {vary: {batch_size: 1-20000}}", "16: search.vary: has 20,000 values in all; allowed: 10,000"),
        ("search: {vary: {stream: [clicks]}}", "16: search.vary.stream: there are 2 kinds of it; write producers.0.stream or event_source_mappings.0.stream"),
        ("search: {shards: few}", "16: search.shards: few is no range; allowed: a range such as 1-16 or 2-16/2, or a list, of a whole number from 1 to 10000"),
        ("search: {shards: [1, 0]}", "16: search.shards[1]: 0 is out of range; allowed: a whole number from 1 to 10000"),
        ("search:\n  vary:\n    streams.click.shards: [1]", "18: search.vary.streams.click.shards: there is no 'click'; did you mean 'clicks'?"),
        ("search:\n  vary:\n    functions.enrich.memory: [128MiB, 64MiB]", "18: search.vary.functions.enrich.memory[1]: 64MiB is out of range; allowed: a size from 128MiB to 10GiB in whole MiB"),
        (f"search: {{vary: {{seed: {[1] * 10_001}}}}}", "16: search.vary: has 10,001 values in all; allowed: 10,000"),
        ("search:\n  vary:\n    functions.enrich.memory: 128MiB", "18: search.vary.functions.enrich.memory: 128MiB is given; allowed: a list, or a range of whole numbers such as 100-500/100"),
        ("search:\n  vary:\n    event_source_mappings.0.consumer:\n      - polling\n      - pushed", "20: search.vary.event_source_mappings.0.consumer[1]: pushed is not known; allowed: polling or push; did you mean 'push'?"),
        ("search: {vary: {functions.enrich.duration.per_batch: ['{uniform: {low: 1ms}}']}}", "16: search.vary.functions.enrich.duration.per_batch[0].uniform.high: is missing; it is required: a duration from 0s to 3650d"),
        ("search: {vary: {functions.enrich.memory: ['[1']}}", "16: search.vary.functions.enrich.memory[0]: is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("warmup: auot", "16: warmup: auot is not a number with a unit; allowed: auto or a duration from 0s to 3650d; did you mean 'auto'?"),
        ("prices: {sheet: eu-west-1}", "16: prices.sheet: eu-west-1 is not known; allowed: us-east-1; did you mean 'us-east-1'?"),
        ("prices: {kinesis_shard_hours: 1}", "16: prices.kinesis_shard_hours: unknown field; did you mean 'kinesis_shard_hour'?"),
        ("prices: {kinesis_shard_hour: -1}", "16: prices.kinesis_shard_hour: -1 is out of range; allowed: sheet or US dollars from 0 to 1000000"),
    ],
)  # fmt: skip
def test_a_fault_in_them_is_told_where_it_is(told: Told, new: str, expected: str) -> None:
    assert told({END: f"{END}{new}\n"}) == [expected]


def test_ranges_to_try_are_kept_as_they_are_written(scenario_file: Write, valid: str, tmp_path: Path) -> None:
    scenario = load(scenario_file(valid + "search: {vary: {batch_size: 100-500/100, memory: [1GiB]}}\n"))
    assert scenario.search.vary == {"batch_size": ("100-500/100",), "memory": ("1GiB",)}
    again = tmp_path / "again.yaml"
    again.write_text(dump(scenario, tmp_path), encoding="utf-8")
    assert load(again).search == scenario.search


def test_an_automatic_warmup_leaves_nothing_out_until_it_is_settled(scenario_file: Write, valid: str) -> None:
    automatic, given = load(scenario_file(f"{valid}warmup: auto\n")), load(scenario_file(f"{valid}warmup: 2m\n"))
    assert (automatic.warmup, automatic.warmup_s) == ("auto", 0.0)
    assert (given.warmup, given.warmup_s) == (120.0, 120.0)


def test_a_price_of_ones_own_stands_beside_those_of_the_sheet(scenario_file: Write, valid: str, tmp_path: Path) -> None:
    scenario = load(scenario_file(f"{valid}prices: {{kinesis_shard_hour: 0.02}}\n"))
    assert scenario.prices == Prices(kinesis_shard_hour=0.02)
    assert "  kinesis_shard_hour: 0.02\n  kinesis_million_put_units: sheet\n" in dump(scenario, tmp_path)
