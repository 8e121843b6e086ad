"""Which source is believed, what is left out and named, and what stays missing."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.twin.imported import Imported, import_files

from .files import as_cli, as_template, as_terraform_show, as_tfstate, cli_function, cli_mapping, cli_shards, write
from .systems import FunctionSpec, MappingSpec, StreamSpec, SystemSpec

STREAM = StreamSpec("meter", 2, 48)
FUNCTION = FunctionSpec("sum", 256, 20)
SYSTEM = SystemSpec((STREAM,), (FUNCTION,), (MappingSpec(STREAM, FUNCTION, "", {"BatchSize": 50}),))


def files(*contents: Any, **named: Any) -> Imported:
    """What is made of files with these contents, in a folder."""
    for i, content in enumerate(contents):
        write(Path("in"), f"file-{i}.json", content)
    for name, content in named.items():
        write(Path("in"), f"{name}.json", content)
    return import_files([Path("in")])


def value(of: Imported, name: str) -> Any:
    return next(each.value for each in of.fields if each.name == name)


def how(of: Imported, name: str) -> str:
    return next(each.how for each in of.fields if each.name == name)


def with_batch(size: int) -> SystemSpec:
    mapping = replace(SYSTEM.mappings[0], settings={"BatchSize": size})
    return replace(SYSTEM, mappings=(mapping,))


def mapping(**settings: Any) -> dict[str, Any]:
    return {"EventSourceMappings": [cli_mapping(SYSTEM.mappings[0]) | settings]}


def test_the_running_system_goes_before_the_state_and_the_state_before_the_template() -> None:
    as_template(with_batch(10), Path("in/z"))
    as_terraform_show(with_batch(20), Path("in/y"))
    of = import_files([Path("in")])
    assert value(of, "event_source_mappings.0.batch_size") == 20
    assert of.told("warning")[0].endswith("the state goes before the template")
    as_cli(with_batch(30), Path("in/x"))
    of = import_files([Path("in")])
    assert value(of, "event_source_mappings.0.batch_size") == 30
    assert len([each for each in of.told("warning") if "BatchSize is 30 (in/x/" in each]) == 2


def test_the_order_in_which_files_are_named_changes_no_value() -> None:
    paths = [as_template(with_batch(10), Path("a")), as_tfstate(with_batch(20), Path("b")), as_cli(SYSTEM, Path("c"))]
    of = [import_files(each) for each in (paths, paths[::-1])]
    assert [(each.name, each.value, each.source) for each in of[0].fields] == [
        (each.name, each.value, each.source) for each in of[1].fields
    ]


def test_disabled_mappings_and_functions_without_one_are_named_and_left_out() -> None:
    other = cli_mapping(replace(SYSTEM.mappings[0], function=FunctionSpec("other")), 2) | {"State": "Disabled"}
    of = files({"EventSourceMappings": [cli_mapping(SYSTEM.mappings[0]), other]}, cli_function(FunctionSpec("other")))
    told = of.told("not modelled")
    assert any("the mapping of meter to other: it is disabled" in each for each in told)
    assert any("function other: no mapping here invokes it" in each for each in told)
    assert not any("other" in each.name and "functions" in each.name for each in of.fields)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TumblingWindowInSeconds": 60}, "a tumbling window of 60 s"),
        ({"EventSourceArn": "arn:aws:sqs:eu-west-1:1:q"}, "a mapping of sqs"),
    ],
)
def test_what_of_a_mapping_is_not_modelled_is_named(settings: dict[str, Any], words: str) -> None:
    of = files(mapping(**settings), {"StreamDescriptionSummary": {"StreamName": "meter"}})
    assert any(words in each for each in of.told("not modelled"))


def test_functions_on_managed_instances_are_left_out_with_their_mappings() -> None:
    of = files(
        mapping(),
        cli_function(FUNCTION) | {"CapacityProviderConfig": {"a": 1}},
        {"StreamDescription": {"StreamName": "meter"}},
    )
    assert any("runs on managed instances" in each for each in of.told("not modelled"))
    assert not any(each.path[0] in ("functions", "event_source_mappings") for each in of.fields)


def test_what_of_a_stream_is_not_modelled_is_named() -> None:
    summary = {"StreamName": "meter", "RecordDistributionStrategy": "AUTO", "QueueCount": 2}
    summary["WarmThroughput"] = {"TargetMiBps": 20}
    told = files({"StreamDescriptionSummary": summary}).told("not modelled")
    assert [word for word in ("AUTO", "queues", "warm throughput of 20") if any(word in each for each in told)] == [
        "AUTO", "queues", "warm throughput of 20",
    ]  # fmt: skip


def test_a_filter_is_there_but_the_part_that_passes_is_missing() -> None:
    of = files(mapping(FilterCriteria={"Filters": [{"Pattern": '{"data": {"kind": ["sale"]}}'}]}))
    assert (value(of, "event_source_mappings.0.filter.passes"), how(of, "event_source_mappings.0.filter.passes")) == (
        1.0,
        "missing",
    )
    assert not any("filter" in each.name for each in files(mapping(FilterCriteria={"Filters": []})).fields)


def test_equal_filters_are_no_conflict_however_they_are_written() -> None:
    patterns = [[{"Pattern": text}] for text in ('{"data":{"a":[1],"b":[2]}}', '{ "data": {"b": [2], "a": [1]} }')]
    told = files(*(mapping(FilterCriteria={"Filters": each}) for each in patterns)).told("warning")
    assert told == []
    other = mapping(FilterCriteria={"Filters": [{"Pattern": "{}"}]})
    assert len(files(mapping(FilterCriteria={"Filters": patterns[0]}), other).told("warning")) == 1


def test_a_starting_position_in_the_past_is_the_oldest_record() -> None:
    for stamp in (1761991200.0, "2025-11-01T10:00:00+01:00", "2025-11-01T10:00:00"):
        of = files(mapping(StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=stamp))
        assert value(of, "event_source_mappings.0.starting_position") == "trim_horizon"
        assert how(of, "event_source_mappings.0.starting_position") == "data"


def test_old_defaults_are_taken_as_they_are_written() -> None:
    of = files(mapping(MaximumRetryAttempts=10_000, MaximumRecordAgeInSeconds=604_800))
    assert value(of, "event_source_mappings.0.maximum_retry_attempts") == 10_000
    assert value(of, "event_source_mappings.0.maximum_record_age") == "7d"


def test_a_value_that_no_scenario_may_have_is_told_and_the_usual_one_taken() -> None:
    of = files(mapping(BatchSize=20_000, MaximumRecordAgeInSeconds=30))
    assert value(of, "event_source_mappings.0.batch_size") == 100
    assert how(of, "event_source_mappings.0.batch_size") == "missing"
    assert len([each for each in of.told("warning") if "is out of range" in each]) == 2


def test_reservations_of_others_are_what_is_reserved_less_our_own() -> None:
    account = {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}}
    of = files(
        mapping(),
        {"Configuration": cli_function(FUNCTION), "Concurrency": {"ReservedConcurrentExecutions": 30}},
        account,
    )
    assert (value(of, "account.concurrency"), value(of, "account.other_concurrency")) == (1000, 70)
    assert value(of, "functions.sum.reserved_concurrency") == 30


def test_an_output_without_a_name_belongs_to_what_its_file_is_named_after() -> None:
    two = cli_mapping(replace(SYSTEM.mappings[0], function=FunctionSpec("sum-all")), 2)
    page = {"EventSourceMappings": [cli_mapping(SYSTEM.mappings[0]), two]}
    write(Path("in"), "concurrency.sum-all.json", {"ReservedConcurrentExecutions": 3})
    write(Path("in"), "concurrency.sum.json", "")
    of = files(page, cli_function(FUNCTION), cli_function(FunctionSpec("sum-all")))
    assert value(of, "functions.sum-all.reserved_concurrency") == 3
    assert (value(of, "functions.sum.reserved_concurrency"), how(of, "functions.sum.reserved_concurrency")) == (
        "none",
        "data",
    )
    write(Path("in"), "concurrency.json", {"ReservedConcurrentExecutions": 8})
    told = import_files([Path("in")]).told("warning")
    assert any("concurrency.json: does not say of which function it is" in each for each in told)


def test_only_open_shards_count_and_pages_are_put_together() -> None:
    every = cli_shards(6)
    of = files(mapping(), {"Shards": every[:3], "NextToken": "x"}, {"Shards": every[3:]})
    assert value(of, "streams.meter.shards") == 6
    assert of.told("warning") == []


def test_a_page_that_is_not_given_is_told() -> None:
    told = files(mapping(), {"Shards": cli_shards(6)[:3], "NextToken": "x"}).told("warning")
    assert any("Shards: there is a further page" in each for each in told)
    assert any("have 33% of the hash keys" in each for each in told)


def test_several_documents_in_one_file_are_read() -> None:
    one, two = mapping(), {"Shards": cli_shards(2)}
    import json

    text = json.dumps(one) + "\n" + json.dumps(two)
    assert value(files(text), "streams.meter.shards") == 2


def test_a_second_mapping_of_function_and_stream_has_a_name_of_its_own() -> None:
    fast = copy.deepcopy(cli_mapping(replace(SYSTEM.mappings[0], consumer="quick"), 2))
    of = files({"EventSourceMappings": [cli_mapping(SYSTEM.mappings[0]), fast]})
    assert value(of, "event_source_mappings.1.name") == "sum-meter-quick-1"
    assert [value(of, f"event_source_mappings.{i}.consumer") for i in (0, 1)] == ["polling", "push"]


def test_a_consumer_that_no_mapping_reads_is_somebody_elses() -> None:
    arn = f"{STREAM.arn}/consumer/lake:1700000000"
    consumers = {"Consumers": [{"ConsumerName": "lake", "ConsumerARN": arn, "ConsumerStatus": "ACTIVE"}]}
    assert "consumer lake of meter" in files(mapping(), consumers).told("not modelled")[0]
