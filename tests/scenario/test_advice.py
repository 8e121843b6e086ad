"""Warnings: allowed but unwise."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.advice import advice
from simulator.scenario.loading import check, load

from .conftest import Told

WORK = "{per_batch: 20ms}"
BATCH = "batch_size: 100"
RATE = "rate: 2000/s"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            WORK,
            WORK + "\n    reserved_concurrency: 3",
            "12: functions.enrich.reserved_concurrency: 3 is below the 4 batches that may be in flight: shards x parallelization_factor; expect throttles",
        ),
        (
            "duration: 10m",
            "duration: 10m\naccount: {concurrency: 3}",
            "11: functions.enrich: the account leaves it 3, below the 4 batches that may be in flight; expect throttles",
        ),
        (
            WORK,
            WORK + "\n    reserved_concurrency: 901",
            "12: functions.enrich.reserved_concurrency: the reserves leave 99 of the account's concurrency; AWS keeps 100 from being reserved",
        ),
        (
            "20ms",
            "2s, per_record: 20ms",
            "15: event_source_mappings[0].batch_size: a full batch takes 4 s in the mean, more than the timeout of 3s",
        ),
        (
            BATCH,
            "disabled: [{from: 1h, to: 26h}]",
            "15: event_source_mappings[0].disabled[0]: is disabled longer than the retention of 1d of 'clicks'; records will expire",
        ),
        (
            WORK,
            WORK + "\n    failures: [{kind: outage, from: 0s, to: 24h}]",
            "12: functions.enrich.failures[0]: outlasts the retention of 1d of 'clicks'; records will expire",
        ),
        (
            BATCH,
            "starts_after: 30s",
            "13: event_source_mappings[0].starting_position: skips what 'web' writes from 0s until the mapping starts at 30s; trim_horizon skips nothing",
        ),
        (
            RATE,
            "rate: 5000/s",
            "4: streams.clicks.shards: together accept 4000/s, less than the producers' mean of 5000/s",
        ),
        (
            RATE,
            RATE + "\n    record_size: 4KiB",
            "4: streams.clicks.shards: together accept 4MiB/s, less than the producers' mean of 7.81 MiB/s",
        ),
        (
            RATE,
            RATE + "\n    partition_keys: {count: 1}",
            "9: producers[0].partition_keys: the most popular key gets 2000 records/s, more than one shard accepts; more shards do not help it",
        ),
        (
            BATCH,
            "polling: {interval: 100ms}",
            "4: streams.clicks.shards: its mappings poll each shard 10 times a second; a shard answers 5; consumer: push has limits of its own",
        ),
        (BATCH, "push: {propagation: 1s}", "15: event_source_mappings[0].push: is of no effect with consumer: polling"),
        (
            BATCH,
            "consumer: push\n    polling: {interval: 2s}",
            "16: event_source_mappings[0].polling: is of no effect with consumer: push",
        ),
        (
            "duration: 10m",
            "duration: 10m\nwarmup: 10m",
            "2: warmup: is not shorter than the duration: the statistics are left with no records",
        ),
        ("    shards: 4", "    shards: 4\n  idle: {shards: 1}", "5: streams.idle: nothing writes to it"),
        ("    shards: 4", "    shards: 4\n  idle: {shards: 1}", "5: streams.idle: no event source mapping reads it"),
        (WORK, WORK + "\n  idle: {duration: {}}", "12: functions.idle: no event source mapping invokes it"),
    ],
)
def test_what_is_unwise_is_told(told: Told, old: str, new: str, expected: str) -> None:
    assert expected in told({old: new})


def test_a_warning_does_not_stop_the_loading(scenario_file: Callable[[str], Path], valid: str) -> None:
    path = scenario_file(valid.replace("shards: 4", "shards: 1"))
    assert {fault.severity for fault in check(path)} == {"warning"}
    assert load(path).streams["clicks"].shards == 1


def test_warnings_are_told_only_when_there_are_no_errors(told: Told) -> None:
    assert told({"shards: 4": "shards: 1", "batch_size: 100": "batch_size: 0"}) == [
        "15: event_source_mappings[0].batch_size: 0 is out of range; allowed: a whole number from 1 to 10000"
    ]


@pytest.mark.parametrize(("size", "told"), [("100B", False), ("66B", True), ("151B", True)])
def test_a_record_size_that_is_far_from_the_lines_of_the_data_is_told(size: str, told: bool, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("é" * 40 + "x" * 20 + "\n", encoding="utf-8")  # 100 B
    path = tmp_path / "s.yaml"
    path.write_text(
        f"""\
duration: 1m
streams: {{s: {{shards: 1}}}}
producers: [{{stream: s, rate: 1/s, record_size: {size}, data: {{text_lines: lines.txt}}}}]
functions: {{f: {{duration: {{per_batch: 1ms}}}}}}
event_source_mappings: [{{stream: s, function: f}}]
""",
        encoding="utf-8",
    )
    words = f"is {size[:-1]} B on average, while the lines of its data have 100 B, without keys"
    assert [each.message for each in advice(load(path)) if each.field == "producers[0].record_size"] == [words] * told
