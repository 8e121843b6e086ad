"""The command lines for AWS: options as `aws help` names them, and names that no shell takes for its own."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from simulator.report.page.aws import command
from simulator.report.page.fields import changes, located, setting_words, value_at

RESOLVED: dict[str, Any] = {
    "account": {"concurrency": 1000},
    "streams": {"clicks": {"shards": 4, "retention": "1d"}, "a.b": {"shards": 1, "retention": "7d"}},
    "functions": {"enrich": {"memory": "512MiB", "reserved_concurrency": "none"}},
    "event_source_mappings": [
        {"name": "enrich-clicks", "stream": "clicks", "function": "enrich", "consumer": "polling", "batch_size": 100},
        {"name": "pushed", "stream": "clicks", "function": "enrich", "consumer": "push", "batch_size": 100},
    ],
}
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
    assert command(path, value, RESOLVED) == text


def test_shards_are_doubled_or_halved_at_most_with_each_call() -> None:
    def targets(wanted: int) -> list[str]:
        return [line.rpartition(" ")[2] for line in command("streams.clicks.shards", wanted, RESOLVED).split("\n")]

    assert targets(6) == ["6"]
    assert targets(20) == ["8", "16", "20"]
    assert targets(1) == ["2", "1"]


def test_a_mapping_that_is_pushed_to_is_found_by_its_consumer() -> None:
    assert '`":stream/clicks/consumer/"`' in command("event_source_mappings.pushed.batch_size", 500, RESOLVED)


def test_push_takes_a_consumer_and_a_new_mapping() -> None:
    lines = command("event_source_mappings.0.consumer", "push", RESOLVED).split("\n")
    assert [line.split("aws ")[1].split()[1] for line in lines] == [
        "describe-stream-summary", "register-stream-consumer", "create-event-source-mapping",
    ]  # fmt: skip


def test_a_name_is_quoted_so_that_no_shell_runs_it() -> None:
    name = "a'b $(rm -rf ~); `x`"
    resolved = {**RESOLVED, "streams": {name: {"shards": 1, "retention": "1d"}}}
    assert shlex.split(command(f"streams.{name}.shards", 2, resolved))[4] == name


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
