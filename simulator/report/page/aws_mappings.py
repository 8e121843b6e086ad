"""The `aws` command lines that change an event source mapping, or put another in its place."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.scenario.units import parse_duration

Fields = Mapping[str, Any]  # of a mapping of a resolved scenario
MARGIN_S: Final = 300  # by which a new mapping begins before the oldest record that the old one may not have done
LOOKED_AT_S: Final = 3600  # of CloudWatch's metric


def commands(mapping: Fields, changes: Fields) -> str:
    """The commands that set fields of a mapping; empty where there are none."""
    if "consumer" in changes:
        return _migration({**mapping, **changes}, mapping)
    options = [word for field, value in changes.items() if field in OPTIONS for word in OPTIONS[field](value)]
    if not options:
        return ""
    update = shlex.join(options)
    return f'{_found("UUID", mapping)}\naws lambda update-event-source-mapping --uuid "$UUID" {update}'


def _found(variable: str, mapping: Fields) -> str:
    """What puts a mapping's identity into a variable."""
    query = f"EventSourceMappings[?{_reads(mapping)}].UUID"
    function = shlex.quote(mapping["function"])
    find = f"aws lambda list-event-source-mappings --function-name {function} --query {shlex.quote(query)}"
    return f"{variable}=$({find} --output text)"


def _reads(mapping: Fields) -> str:
    """The part of a query that finds a mapping by what it reads: the stream, or a consumer of it."""
    test, end = ("contains", "/consumer/") if mapping["consumer"] == "push" else ("ends_with", "")
    arn = json.dumps(f":stream/{mapping['stream']}{end}").replace("`", "\\`")
    return f"{test}(EventSourceArn, `{arn}`)"


def _migration(new: Fields, old: Fields) -> str:
    """Who reads by other means is a new mapping: it begins where the old one is, has all of its settings, and ends it.

    How far the old one is only CloudWatch knows: by the greatest age of what it was given lately.
    """
    stream, function, name = (shlex.quote(str(new[field])) for field in ("stream", "function", "name"))
    age = (
        f"aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name IteratorAge --statistics Maximum "
        f"--dimensions {shlex.quote('Name=FunctionName,Value=' + str(new['function']))} "
        f"--start-time $(($(date +%s) - {LOOKED_AT_S})) --end-time $(date +%s) --period {LOOKED_AT_S} "
        "--query 'max(Datapoints[].Maximum)' --output text"
    )
    options = [word for field, option in OPTIONS.items() if _is_set(field, new) for word in option(new[field])]
    lines = [
        "# A migration to another mapping: records around it come twice. Set SINCE by hand, to before the oldest",
        "# record that is not done, if nothing was invoked in the last hour (then AGE_MS is None).",
        *(["# Give the new mapping the --filter-criteria of the old one, too."] if new["filter"] != "none" else []),
        _found("OLD", old),
        f"STREAM=$(aws kinesis describe-stream-summary --stream-name {stream} "
        "--query StreamDescriptionSummary.StreamARN --output text)",
        "SOURCE=$STREAM",
        *(_consumer(name) if new["consumer"] == "push" else []),
        f"AGE_MS=$({age})",
        f'[ "$AGE_MS" = None ] || SINCE=$(($(date +%s) - ${{AGE_MS%.*}} / 1000 - {MARGIN_S}))',
        f'aws lambda create-event-source-mapping --function-name {function} --event-source-arn "$SOURCE" '
        f'--starting-position AT_TIMESTAMP --starting-position-timestamp "$SINCE" {shlex.join(options)} '
        '&& aws lambda delete-event-source-mapping --uuid "$OLD"',
    ]
    return "\n".join(lines)


def _consumer(name: str) -> list[str]:
    """A consumer of the stream, which takes some seconds to come up."""
    state = (
        'aws kinesis describe-stream-consumer --consumer-arn "$SOURCE" --query ConsumerDescription.ConsumerStatus '
        "--output text"
    )
    return [
        f'SOURCE=$(aws kinesis register-stream-consumer --stream-arn "$STREAM" --consumer-name {name} '
        "--query Consumer.ConsumerARN --output text)",
        f'for _ in $(seq 30); do [ "$({state})" = ACTIVE ] && break; sleep 2; done',
    ]


def _is_set(field: str, mapping: Fields) -> bool:
    """Whether a field is to be carried over: a switch that is off, or no destination, is what AWS begins with."""
    return field in mapping and str(mapping[field]).lower() != "false"


def _number(option: str) -> Callable[[Any], list[str]]:
    return lambda value: [option, str(value)]


def _flag(option: str) -> Callable[[Any], list[str]]:
    return lambda value: [f"--{option}" if _is_true(value) else f"--no-{option}"]


OPTIONS: Final[dict[str, Callable[[Any], list[str]]]] = {
    "batch_size": _number("--batch-size"),
    "parallelization_factor": _number("--parallelization-factor"),
    "maximum_batching_window": lambda value: ["--maximum-batching-window-in-seconds", _whole_seconds(value)],
    "maximum_retry_attempts": _number("--maximum-retry-attempts"),
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


def _whole_seconds(value: Any) -> str:
    """Whole seconds; -1, for no limit, stays."""
    return str(round(parse_duration(value))) if isinstance(value, str) and value != "-1" else str(round(float(value)))
