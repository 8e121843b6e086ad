"""The `aws` command line that makes a change of the scenario on AWS."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any, Final

from simulator.report.page.fields import located
from simulator.scenario.units import parse_duration, parse_size

Resolved = dict[str, Any]
ACCOUNT_CONCURRENCY: Final = "L-B99A9384"  # the quota's code


def command(path: str, value: Any, resolved: Resolved) -> str:
    """The commands that set a field, such as `streams.clicks.shards`, to a value; empty where there is none."""
    if path == "account.concurrency":
        quota = ["service-quotas request-service-quota-increase --service-code lambda", "--quota-code"]
        return _line(*quota, ACCOUNT_CONCURRENCY, "--desired-value", value)
    room, name, field = located(path, resolved)
    rooms = {"streams": _stream, "functions": _function, "event_source_mappings": _mapping}
    return rooms[room](name, field, value, resolved) if name and room in rooms else ""


def _line(command: object, *words: object) -> str:
    return " ".join(["aws", str(command), *(shlex.quote(str(word)) for word in words)])


# --- streams ------------------------------------------------------------------------------------------------------


def _stream(name: str, field: str, value: Any, resolved: Resolved) -> str:
    now = resolved["streams"][name]
    if field == "shards" and now.get("mode") != "on_demand":  # there it is no field of AWS's
        change = ["kinesis update-shard-count --stream-name", name, "--scaling-type", "UNIFORM_SCALING"]
        steps = _reshardings(int(now["shards"]), int(value))
        return "\n".join(_line(*change, "--target-shard-count", step) for step in steps)
    if field == "retention":
        hours, before = (round(_seconds(each) / 3600) for each in (value, now["retention"]))
        verb = "increase" if hours > before else "decrease"
        return _line(f"kinesis {verb}-stream-retention-period --stream-name", name, "--retention-period-hours", hours)
    return ""


def _reshardings(now: int, wanted: int) -> list[int]:
    """One call can double the shards or halve them, no more."""
    steps = []
    while now != wanted:
        now = max(min(wanted, 2 * now), -(-now // 2))
        steps.append(now)
    return steps


# --- functions ----------------------------------------------------------------------------------------------------


def _function(name: str, field: str, value: Any, _: Resolved) -> str:
    if field == "reserved_concurrency":
        if value in (None, "none"):
            return _line("lambda delete-function-concurrency --function-name", name)
        return _line("lambda put-function-concurrency --function-name", name, "--reserved-concurrent-executions", value)
    if field == "provisioned_concurrency":
        return _line("lambda put-provisioned-concurrency-config --function-name", name, "--qualifier", "ALIAS",
                     "--provisioned-concurrent-executions", value)  # fmt: skip
    configured = {"memory": ("--memory-size", _mib), "timeout": ("--timeout", _whole_seconds)}
    if field in configured:
        option, told = configured[field]
        return _line("lambda update-function-configuration --function-name", name, option, told(value))
    return ""


# --- event source mappings ----------------------------------------------------------------------------------------


def _mapping(name: str, field: str, value: Any, resolved: Resolved) -> str:
    mapping = next(each for each in resolved["event_source_mappings"] if each["name"] == name)
    if field == "consumer":
        return _consumer(mapping) if value == "push" else ""
    options = OPTIONS.get(field)
    if options is None:
        return ""
    query = f"EventSourceMappings[?{_reads(mapping)}].UUID"
    find = _line(
        "lambda list-event-source-mappings --function-name", mapping["function"], "--query", query, "--output", "text"
    )
    return f'UUID=$({find})\naws lambda update-event-source-mapping --uuid "$UUID" {shlex.join(options(value))}'


def _reads(mapping: dict[str, Any]) -> str:
    """The part of a query that finds a mapping by what it reads: the stream, or a consumer of it."""
    test, end = ("contains", "/consumer/") if mapping["consumer"] == "push" else ("ends_with", "")
    arn = json.dumps(f":stream/{mapping['stream']}{end}").replace("`", "\\`")
    return f"{test}(EventSourceArn, `{arn}`)"


def _consumer(mapping: dict[str, Any]) -> str:
    """A consumer cannot be changed: a new mapping reads through it, and the old one is deleted."""
    stream, function = mapping["stream"], mapping["function"]
    find = _line("kinesis describe-stream-summary --stream-name", stream, "--query",
                 "StreamDescriptionSummary.StreamARN", "--output", "text")  # fmt: skip
    register = _line("kinesis register-stream-consumer --consumer-name", mapping["name"])
    create = _line("lambda create-event-source-mapping --function-name", function, "--starting-position", "LATEST",
                   "--batch-size", mapping["batch_size"])  # fmt: skip
    return (
        f"STREAM=$({find})\n"
        f'CONSUMER=$({register} --stream-arn "$STREAM" --query Consumer.ConsumerARN --output text)\n'
        f'{create} --event-source-arn "$CONSUMER"'
    )


def _number(option: str) -> Callable[[Any], list[str]]:
    return lambda value: [option, str(value)]


def _flag(option: str) -> Callable[[Any], list[str]]:
    return lambda value: [f"--{option}" if _is_true(value) else f"--no-{option}"]


OPTIONS: Final[dict[str, Callable[[Any], list[str]]]] = {
    "batch_size": _number("--batch-size"),
    "parallelization_factor": _number("--parallelization-factor"),
    "maximum_retry_attempts": _number("--maximum-retry-attempts"),
    "maximum_batching_window": lambda value: ["--maximum-batching-window-in-seconds", _whole_seconds(value)],
    "maximum_record_age": lambda value: ["--maximum-record-age-in-seconds", _whole_seconds(value)],
    "bisect_batch_on_function_error": _flag("bisect-batch-on-function-error"),
    "report_batch_item_failures": lambda value: (
        ["--function-response-types", *(["ReportBatchItemFailures"] if _is_true(value) else [])]
    ),
    "on_failure_destination": lambda value: (
        ["--destination-config", json.dumps({"OnFailure": {"Destination": "QUEUE_ARN"} if _is_true(value) else {}})]
    ),
}


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _seconds(value: Any) -> float:
    return parse_duration(value) if isinstance(value, str) else float(value)


def _whole_seconds(value: Any) -> str:
    return str(round(_seconds(value)))


def _mib(value: Any) -> str:
    return str(round((parse_size(value) if isinstance(value, str) else float(value)) / 2**20))
