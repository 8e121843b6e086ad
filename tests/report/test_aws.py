"""The command lines for AWS: options as `aws help` names them, and names that no shell takes for its own."""

from __future__ import annotations

import shlex
import subprocess
from typing import Any

import pytest

from simulator.report.page.aws import commands
from simulator.report.page.fields import changes, located, setting_words, value_at

RESOLVED: dict[str, Any] = {
    "account": {"concurrency": 1000},
    "streams": {"clicks": {"shards": 4, "retention": "1d"}, "a.b": {"shards": 1, "retention": "7d"}},
    "functions": {"enrich": {"memory": "512MiB", "reserved_concurrency": "none"}},
    "event_source_mappings": [
        {
            "name": name, "stream": "clicks", "function": "enrich", "consumer": consumer, "batch_size": 100,
            "maximum_batching_window": "2s", "parallelization_factor": 4, "maximum_retry_attempts": 0,
            "maximum_record_age": -1, "bisect_batch_on_function_error": True, "report_batch_item_failures": False,
            "on_failure_destination": False, "filter": "none",
        }
        for name, consumer in (("enrich-clicks", "polling"), ("pushed", "push"))
    ],
}  # fmt: skip


def command(path: str, value: str) -> str:
    return "".join(commands({path: value}, RESOLVED))


FIND = (
    "UUID=$(aws lambda list-event-source-mappings --function-name enrich --query "
    "'EventSourceMappings[?ends_with(EventSourceArn, `\":stream/clicks\"`)].UUID' --output text)\n"
)
UPDATE = 'aws lambda update-event-source-mapping --uuid "$UUID" '


RETENTION = "stream-retention-period --stream-name"
BISECT = "event_source_mappings.0.bisect_batch_on_function_error"
CONFIGURE = "aws lambda update-function-configuration --function-name enrich"
RESERVE = "functions.enrich.reserved_concurrency"
QUOTA = "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384"
COMMANDS = [
    ("streams.a.b.retention", "2d", f"aws kinesis decrease-{RETENTION} a.b --retention-period-hours 48"),
    ("streams.clicks.retention", "7d", f"aws kinesis increase-{RETENTION} clicks --retention-period-hours 168"),
    ("functions.enrich.memory", "1GiB", f"{CONFIGURE} --memory-size 1024"),
    ("functions.enrich.timeout", "90s", f"{CONFIGURE} --timeout 90"),
    (
        RESERVE, "8",
        "aws lambda put-function-concurrency --function-name enrich --reserved-concurrent-executions 8",
    ),
    (RESERVE, "none", "aws lambda delete-function-concurrency --function-name enrich"),
    (
        "functions.enrich.provisioned_concurrency", "5",
        "aws lambda put-provisioned-concurrency-config --function-name enrich --qualifier ALIAS "
        "--provisioned-concurrent-executions 5",
    ),
    ("event_source_mappings.0.batch_size", "500", f"{FIND}{UPDATE}--batch-size 500"),
    (
        "event_source_mappings.enrich-clicks.maximum_batching_window", "2s",
        f"{FIND}{UPDATE}--maximum-batching-window-in-seconds 2",
    ),
    (BISECT, "true", f"{FIND}{UPDATE}--bisect-batch-on-function-error"),
    (BISECT, "false", f"{FIND}{UPDATE}--no-bisect-batch-on-function-error"),
    (
        "event_source_mappings.0.report_batch_item_failures", "true",
        f"{FIND}{UPDATE}--function-response-types ReportBatchItemFailures",
    ),
    ("account.concurrency", "2000", f"{QUOTA} --desired-value 2000"),
    ("producers.0.rate", "5/s", ""),  # not AWS's to change
    ("functions.enrich.duration.per_batch", "5ms", ""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "text"), COMMANDS)
def test_a_field_has_its_command(path: str, value: str, text: str) -> None:
    assert command(path, value) == text


def test_shards_are_doubled_or_halved_at_most_with_each_call_and_the_next_waits_for_it() -> None:
    def calls(wanted: int) -> list[str]:
        lines = command("streams.clicks.shards", str(wanted)).split("\n")
        return [line.rpartition(" ")[2] if "update" in line else " ".join(line.split()[2:4]) for line in lines]

    assert calls(6) == ["6"]
    assert calls(20) == ["8", "wait stream-exists", "16", "wait stream-exists", "20"]
    assert calls(1) == ["2", "wait stream-exists", "1"]


def test_more_shards_from_a_moment_on_are_the_same_calls_then() -> None:
    text = command("streams.clicks.resharding", '[{"at": "10m", "shards": 8}]')
    assert text == command("streams.clicks.shards", "8")


def test_a_hot_shard_is_split_at_the_hash_at_which_the_upper_half_begins() -> None:
    """The second of four shards begins at 2^126; its range is as wide."""
    text = command("streams.clicks.resharding", '[{"at": "0s", "split": 1, "point": 0.25}]')
    shard, split = text.splitlines()
    assert split == (
        f'aws kinesis split-shard --stream-name clicks --shard-to-split "$SHARD" '
        f"--new-starting-hash-key {2**126 + 2**124}"
    )
    query = shlex.split(shard.removeprefix("SHARD=$(").removesuffix(")"))
    assert query[:5] == ["aws", "kinesis", "list-shards", "--stream-name", "clicks"]
    assert query[query.index("--query") + 1] == (
        f'Shards[?HashKeyRange.StartingHashKey==`"{2**126}"` && HashKeyRange.EndingHashKey==`"{2**127 - 1}"`'
        " && !(SequenceNumberRange.EndingSequenceNumber)].ShardId"
    )


def test_a_hot_shard_of_unequal_ranges_is_found_by_its_own() -> None:
    ranges = {"shards": 2, "hash_ranges": [[0, 2**100 - 1], [2**100, 2**128 - 1]]}
    (text,) = commands(
        {"streams.clicks.resharding": '[{"at": "0s", "split": 0, "point": 0.5}]'},
        {**RESOLVED, "streams": {"clicks": {**RESOLVED["streams"]["clicks"], **ranges}}},
    )
    assert f'`"{2**100 - 1}"`' in text
    assert f"--new-starting-hash-key {2**99}" in text


def test_the_split_of_a_shard_that_opens_later_is_left_to_the_user() -> None:
    text = command("streams.clicks.resharding", '[{"at": "0s", "split": 7, "point": 0.5}]')
    assert text == "# Shard 7 of the scenario opens later: it is to be split by hand."


def test_a_mode_is_changed_by_the_streams_arn_and_shards_after_that() -> None:
    changed = {"streams.clicks.mode": "provisioned", "streams.clicks.shards": "6"}
    on_demand = {**RESOLVED, "streams": {"clicks": {**RESOLVED["streams"]["clicks"], "mode": "on_demand"}}}
    (text,) = commands(changed, on_demand)
    lines = text.splitlines()
    assert lines[0].startswith("STREAM=$(aws kinesis describe-stream-summary --stream-name clicks --query")
    assert lines[1].endswith('--stream-arn "$STREAM" --stream-mode-details StreamMode=PROVISIONED')
    assert lines[2] == "aws kinesis wait stream-exists --stream-name clicks"
    assert lines[3].endswith("--target-shard-count 6")
    (text,) = commands({"streams.clicks.mode": "on_demand", "streams.clicks.shards": "6"}, RESOLVED)
    assert "shard-count" not in text  # there they are no field of AWS's


def test_all_that_changes_in_a_mapping_or_a_function_is_one_call_as_aws_refuses_a_second_while_it_works() -> None:
    own = "event_source_mappings"
    asked = {f"{own}.0.batch_size": "500", "functions.enrich.memory": "1GiB", f"{own}.0.parallelization_factor": "2",
             "functions.enrich.timeout": "9s"}  # fmt: skip
    assert commands(asked, RESOLVED) == [
        f"{FIND}{UPDATE}--batch-size 500 --parallelization-factor 2",
        f"{CONFIGURE} --memory-size 1024 --timeout 9",
    ]


def test_a_mapping_that_is_pushed_to_is_found_by_its_consumer() -> None:
    assert '`":stream/clicks/consumer/"`' in command("event_source_mappings.pushed.batch_size", "500")


@pytest.mark.parametrize(("mapping", "to"), [("enrich-clicks", "push"), ("pushed", "polling")])
def test_another_consumer_is_a_migration_with_all_settings_from_where_the_old_mapping_is(mapping: str, to: str) -> None:
    text = command(f"event_source_mappings.{mapping}.consumer", to)
    create = next(line for line in text.split("\n") if "create-event-source-mapping" in line)
    assert "records around it come twice" in text
    assert ("register-stream-consumer" in text) == (to == "push")
    assert '--starting-position AT_TIMESTAMP --starting-position-timestamp "$SINCE"' in create
    assert (
        "--batch-size 100 --parallelization-factor 4 --maximum-batching-window-in-seconds 2 --maximum-retry-attempts 0 "
        "--maximum-record-age-in-seconds -1 --bisect-batch-on-function-error && "
        'aws lambda delete-event-source-mapping --uuid "$OLD"'
    ) in create
    assert "--filter-criteria" not in text


def test_what_changes_with_the_consumer_is_a_setting_of_the_new_mapping() -> None:
    own = "event_source_mappings.enrich-clicks"
    (text,) = commands({f"{own}.consumer": "push", f"{own}.batch_size": "500"}, RESOLVED)
    assert "--batch-size 500 " in text
    assert "update-event-source-mapping" not in text


@pytest.mark.parametrize("path", ["event_source_mappings.0.consumer", "event_source_mappings.0.batch_size", RESERVE])
def test_a_shell_reads_what_is_to_be_pasted(path: str) -> None:
    text = command(path, "push" if path.endswith("consumer") else "7")
    assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0


def test_a_name_is_quoted_so_that_no_shell_runs_it() -> None:
    name = "a'b $(rm -rf ~); `x`"
    resolved = {**RESOLVED, "streams": {name: {"shards": 1, "retention": "1d"}}}
    (text,) = commands({f"streams.{name}.shards": "2"}, resolved)
    assert shlex.split(text)[4] == name


# --- fields and settings ------------------------------------------------------------------------------------------


def test_a_path_leads_to_a_thing_by_its_name_or_number_also_when_the_name_has_dots() -> None:
    assert located("streams.a.b.shards", RESOLVED) == ("streams", "a.b", "shards")
    assert located("event_source_mappings.1.polling.interval", RESOLVED) == (
        "event_source_mappings", "pushed", "polling.interval",
    )  # fmt: skip
    assert value_at("streams.a.b.shards", RESOLVED) == "1"
    assert value_at("event_source_mappings.pushed.consumer", RESOLVED) == "push"
    assert value_at("account.concurrency", RESOLVED) == "1000"
    assert value_at("nowhere.at.all", RESOLVED) == ""


def test_a_setting_is_told_by_what_it_changes() -> None:
    overrides = {"streams.clicks.shards": "8", "event_source_mappings.0.batch_size": "100"}
    assert changes(overrides, RESOLVED) == {"streams.clicks.shards": ("4", "8")}
    assert setting_words(overrides) == "8 shards, batch size 100"
    assert (
        setting_words({"streams.clicks.shards": "1", "streams.a.b.shards": "2"}) == "1 shard of clicks, 2 shards of b"
    )
    assert setting_words({}) == "as it is"
