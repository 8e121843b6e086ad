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
        (
            "event_source_mapping.0.batch_size",
            "5",
            "error: unknown field; did you mean 'event_source_mappings.0.batch_size'?",
        ),
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


SECOND = "  - {name: second, stream: clicks, function: enrich}\n"


def test_a_short_name_stands_for_the_field_of_every_thing_that_has_it(scenario_file: Write, valid: str) -> None:
    scenario = load(scenario_file(valid + SECOND), {"batch_size": "500", "polling.interval": "2s", "memory": "1GiB"})
    assert [each.batch_size for each in scenario.event_source_mappings] == [500, 500]
    assert [each.polling.interval for each in scenario.event_source_mappings] == [2.0, 2.0]
    assert scenario.functions["enrich"].memory == 2**30


def test_a_field_of_the_scenario_itself_is_no_short_name(scenario_file: Write, valid: str) -> None:
    """Functions have a duration too, and producers and mappings a name."""
    scenario = load(scenario_file(valid), {"duration": "5m", "name": "mine"})
    assert (scenario.duration, scenario.name) == (300.0, "mine")
    assert scenario.producers[0].name == "web"


def test_the_rate_is_that_of_producers_and_not_that_of_their_steps(scenario_file: Write, valid: str) -> None:
    text = valid.replace("rate: 2000/s", "rate: {steps: [{at: 0s, rate: 1/s}, {at: 1m, rate: 2/s}]}")
    assert load(scenario_file(text), {"rate": "5/s"}).producers[0].rate == ConstantRate(rate=5.0)


def test_shards_are_those_of_streams_and_not_those_of_the_search(scenario_file: Write, valid: str) -> None:
    scenario = load(scenario_file(valid + "search: {shards: 1-3}\n"), {"shards": "7"})
    assert (scenario.streams["clicks"].shards, scenario.search.shards) == (7, (1, 2, 3))


@pytest.mark.parametrize("end", ["clicks.shards", "0.batch_size"])
def test_the_names_of_a_tables_columns_are_found(scenario_file: Write, valid: str, end: str) -> None:
    assert check(scenario_file(valid), {end: "3"}) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("batch_sise", "unknown field; did you mean 'batch_size'?"),
        ("shars", "unknown field; did you mean 'shards'?"),
        ("pollin.interval", "unknown field; did you mean 'polling.interval'?"),
        ("enrich.memry", "unknown field; did you mean 'enrich.memory'?"),
        ("xyz", "unknown field"),
        ("median", "the scenario has nothing with such a field"),
        ("stream", "there are 2 kinds of it; write producers.0.stream or event_source_mappings.0.stream"),
        (
            "jitter",
            "there are 3 kinds of it; write event_source_mappings.0.polling.jitter or "
            "event_source_mappings.0.retry_backoff.jitter or event_source_mappings.0.throttle_backoff.jitter",
        ),
    ],
)
def test_a_short_name_of_nothing_or_of_several_kinds_is_refused(
    scenario_file: Write, valid: str, path: str, said: str
) -> None:
    assert [str(fault) for fault in check(scenario_file(valid), {path: "5"})] == [f"--set {path}: error: {said}"]


def test_a_value_that_does_not_fit_is_told_for_each_field_that_a_short_name_stands_for(
    scenario_file: Write, valid: str
) -> None:
    told = [str(fault).partition(": error")[0] for fault in check(scenario_file(valid + SECOND), {"batch_size": "0"})]
    assert told == [f"--set event_source_mappings.{n}.batch_size" for n in (0, 1)]


def test_a_value_that_is_no_yaml_is_told_once(scenario_file: Write, valid: str) -> None:
    (fault,) = check(scenario_file(valid + SECOND), {"batch_size": "["})
    assert str(fault).startswith("--set batch_size: error: the value is not YAML")


def test_faults_of_overrides_come_after_those_of_the_file(scenario_file: Write, valid: str) -> None:
    found = check(scenario_file(valid.replace("batch_size: 100", "batch_size: 0")), {"seed": "x"})
    assert [fault.path.startswith("--set") for fault in found] == [False, True]
