"""`--set PATH=VALUE` is checked exactly like the file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.loading import check, load
from simulator.scenario.spec import ConstantRate, Lognormal, Polling, Steps

Write = Callable[[str], Path]


@pytest.mark.parametrize(
    "path",
    [
        "event_source_mappings.0.batch_size",
        "event_source_mappings[0].batch_size",
        "event_source_mappings.enrich-clicks.batch_size",
    ],
)
def test_a_mapping_is_found_by_its_number_and_by_its_default_name(scenario_file: Write, valid: str, path: str) -> None:
    assert load(scenario_file(valid), {path: "500"}).event_source_mappings[0].batch_size == 500


def test_a_group_that_the_file_leaves_out_is_made(scenario_file: Write, valid: str) -> None:
    scenario = load(scenario_file(valid), [("event_source_mappings.0.polling.interval", "2s")])
    assert scenario.event_source_mappings[0].polling == Polling(interval=2.0)


def test_a_value_may_become_another_form(scenario_file: Write, valid: str) -> None:
    scenario = load(
        scenario_file(valid),
        {
            "producers.web.rate.steps": "[{at: 1s, rate: 5/s}]",
            "functions.enrich.duration.per_batch.lognormal": "{median: 1s, p99: 2s}",
        },
    )
    assert isinstance(scenario.producers[0].rate, Steps)
    assert scenario.functions["enrich"].duration.per_batch == Lognormal(median=1.0, p99=2.0)


def test_the_last_of_several_overrides_wins(scenario_file: Write, valid: str) -> None:
    scenario = load(scenario_file(valid), [("producers.web.rate", "1/s"), ("producers.web.rate", "2/s")])
    assert scenario.producers[0].rate == ConstantRate(rate=2.0)


def test_names_with_dots_are_found(scenario_file: Write, valid: str) -> None:
    path = scenario_file(valid.replace("clicks", "shop.clicks.v2"))
    assert load(path, {"streams.shop.clicks.v2.shards": "9"}).streams["shop.clicks.v2"].shards == 9


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("event_source_mappings.0.batch_sise", "5", "error: unknown field; did you mean 'batch_size'?"),
        ("event_source_mapping.0.batch_size", "5", "error: unknown field; did you mean 'event_source_mappings'?"),
        ("event_source_mappings.1.batch_size", "5", "error: there is no number 1; allowed: 0 to 0"),
        ("event_source_mappings.enrich.batch_size", "5", "error: there is no 'enrich'; did you mean 'enrich-clicks'?"),
        ("functions.enrih.memory", "1GiB", "error: there is no 'enrih'; did you mean 'enrich'?"),
        ("streams.clickz.shards", "4", "error: there is no 'clickz'; did you mean 'clicks'?"),
        ("seed.x", "4", "error: there is nothing below: 'x' is too much"),
        ("streams.clicks.shards", "yes", "error: yes is not a whole number; allowed: a whole number from 1 to 10000"),
        ("streams.clicks.shards", "", "error: the value is empty"),
        ("streams.clicks.shards", "[", "error: the value is not YAML: "),
        ("event_source_mappings.0.polling.phase", "3s", "error: 3s is not below the interval of 1s"),
    ],
)
def test_a_faulty_override_is_told_by_its_path(
    scenario_file: Write, valid: str, path: str, value: str, expected: str
) -> None:
    (fault,) = check(scenario_file(valid), {path: value})
    assert str(fault).startswith(f"--set {path}: {expected}")


def test_faults_of_overrides_come_after_those_of_the_file(scenario_file: Write, valid: str) -> None:
    found = check(scenario_file(valid.replace("batch_size: 100", "batch_size: 0")), {"seed": "x"})
    assert [fault.path.startswith("--set") for fault in found] == [False, True]
