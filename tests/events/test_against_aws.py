"""What is printed is held against botocore's models of the services, and parsed by aws-lambda-powertools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.model
import botocore.validate
import pytest
from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent
from aws_lambda_powertools.utilities.parser.models import KinesisDataStreamModel
from click.testing import CliRunner

from simulator.cli_events import events
from simulator.events.sequence_numbers import decoded
from tests.events.scenarios import MAPPING, written

POISONED = "{duration: {per_batch: 20ms}, cold_start: 0s, failures: [{kind: poison, at: [2s]}]}"
GIVES_UP = MAPPING.replace("}", ", maximum_retry_attempts: 2, on_failure_destination: true}")


def printed(path: Path, *options: str) -> Any:
    """What the command prints: a document, or a list of several."""
    result = CliRunner().invoke(events, [str(path), *options, "--as", "json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def wrong(service: str, operation: str, answer: dict[str, Any]) -> str:
    """What botocore has against the answer of an operation; nothing if it fits, and all of its members are known."""
    loaded = botocore.loaders.Loader().load_service_model(service, "service-2")
    shape = botocore.model.ServiceModel(loaded).operation_model(operation).output_shape
    report = botocore.validate.ParamValidator().validate(answer, shape)
    return str(report.generate_report())


def test_an_event_is_parsed_by_powertools(tmp_path: Path) -> None:
    event = printed(written(tmp_path), "--first", "1")
    parsed = KinesisDataStreamModel.model_validate(event)
    records = list(KinesisStreamEvent(event).records)
    assert len(parsed.Records) == len(records) > 0
    for mine, model, record in zip(event["Records"], parsed.Records, records, strict=True):
        assert record.kinesis.data_as_bytes() == model.kinesis.data
        assert record.event_source_arn == "arn:aws:kinesis:us-east-1:123456789012:stream/orders"
        assert model.kinesis.approximateArrivalTimestamp == mine["kinesis"]["approximateArrivalTimestamp"]
        assert model.kinesis.sequenceNumber == mine["kinesis"]["sequenceNumber"]


def test_mappings_at_each_change_of_state_are_an_answer_of_the_service(tmp_path: Path) -> None:
    spec = GIVES_UP.replace(
        "}", ", starts_after: 1s, disabled: [{from: 5s, to: 8s}], report_batch_item_failures: true}"
    )
    answers = printed(written(tmp_path, function=POISONED, mapping=spec), "--states")
    course = [(each["time_s"], each["EventSourceMappings"][0]["State"]) for each in answers]
    states = [state for i, (_, state) in enumerate(course) if not i or course[i - 1][1] != state]
    assert states == ["Creating", "Enabled", "Disabled", "Enabled"]
    assert next(time for time, state in course if state == "Disabled") == 5
    results = [each["EventSourceMappings"][0]["LastProcessingResult"] for each in answers]
    assert {"No records processed", "OK", "PROBLEM: Function call failed"} == set(results)
    for each in answers:
        listed = {"EventSourceMappings": each["EventSourceMappings"]}
        assert wrong("lambda", "ListEventSourceMappings", listed) == ""


def test_at_a_time_all_mappings_are_listed_as_they_are_then(tmp_path: Path) -> None:
    path = written(tmp_path, mapping=MAPPING.replace("}", ", disabled: [{from: 5s, to: 8s}]}"))
    for at, state in (("4s", "Enabled"), ("5s", "Disabled"), ("7.9s", "Disabled"), ("8s", "Enabled")):
        assert printed(path, "--states", "--at", at)["EventSourceMappings"][0]["State"] == state


def test_a_registered_consumer_is_an_answer_of_the_service_and_its_arn_is_that_of_the_events(tmp_path: Path) -> None:
    path = written(tmp_path, mapping=MAPPING.replace("}", ", consumer: push}"))
    answer = printed(path, "--consumer")
    assert wrong("kinesis", "RegisterStreamConsumer", answer) == ""
    event = printed(path)
    assert event["Records"][0]["eventSourceARN"] == answer["Consumer"]["ConsumerARN"]


@pytest.mark.parametrize(("bisect", "size"), [("false", "more"), ("true", "one")])
def test_the_message_of_a_batch_given_up_tells_its_records_and_attempts(bisect: str, size: str, tmp_path: Path) -> None:
    path = written(
        tmp_path, function=POISONED, mapping=GIVES_UP.replace("}", f", bisect_batch_on_function_error: {bisect}}}")
    )
    sqs, sns, s3 = (printed(path, "--destination", "--to", to) for to in ("sqs", "sns", "s3"))
    assert sqs["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert sqs["requestContext"]["approximateInvokeCount"] == 3
    assert sqs["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    batch = sqs["KinesisBatchInfo"]
    assert (batch["batchSize"] == 1) == (size == "one")
    assert (
        decoded(batch["startSequenceNumber"]).number + batch["batchSize"] - 1
        == decoded(batch["endSequenceNumber"]).number
    )
    assert json.loads(sns["Message"]) == sqs
    assert {name: part for name, part in s3.items() if name != "payload"} == sqs
    assert len(KinesisDataStreamModel.model_validate(s3["payload"]).Records) == batch["batchSize"]


def test_records_that_are_too_old_are_told_without_a_response(tmp_path: Path) -> None:
    slow = "{duration: {per_batch: 40s}, timeout: 60s, cold_start: 0s}"
    old = MAPPING.replace("}", ", maximum_record_age: 60s, batch_size: 10, on_failure_destination: true}")
    message = printed(written(tmp_path, function=slow, mapping=old), "--destination", "--first", "1")
    assert message["requestContext"]["condition"] == "RecordAgeExceeded"
    assert "responseContext" not in message


def test_a_partial_response_names_the_record_that_failed(tmp_path: Path) -> None:
    path = written(tmp_path, function=POISONED, mapping=GIVES_UP.replace("}", ", report_batch_item_failures: true}"))
    responses, got = printed(path, "--response", "--first", "99"), printed(path, "--first", "99")
    partial = [
        (response, event) for response, event in zip(responses, got, strict=True) if response["batchItemFailures"]
    ]
    numbers = {response["batchItemFailures"][0]["itemIdentifier"] for response, _ in partial}
    assert len(numbers) == 1
    assert all(numbers <= {each["kinesis"]["sequenceNumber"] for each in event["Records"]} for _, event in partial)


def test_the_policy_lets_a_function_read_what_it_reads_and_send_what_it_gives_up(tmp_path: Path) -> None:
    path = written(tmp_path, mapping=GIVES_UP.replace("}", ", consumer: push}"))
    statements = {each["Sid"]: each for each in printed(path, "--policy", "--to", "s3")["Statement"]}
    assert "kinesis:GetRecords" in statements["ReadStreams"]["Action"]
    assert statements["ReadConsumers"]["Resource"] == [printed(path, "--consumer")["Consumer"]["ConsumerARN"]]
    assert statements["SendFailures"] == {
        "Sid": "SendFailures", "Effect": "Allow", "Action": ["s3:PutObject"],
        "Resource": ["arn:aws:s3:::bill-failures/*"],
    }  # fmt: skip
    known = {service: operations(service) for service in ("kinesis", "logs", "s3")}
    for action in (action for each in statements.values() for action in each["Action"]):
        service, _, name = action.partition(":")
        assert name in known[service] or name == "ListBucket"  # what ListObjects needs


def operations(service: str) -> set[str]:
    """The names of a service's operations."""
    loaded = botocore.loaders.Loader().load_service_model(service, "service-2")
    return set(botocore.model.ServiceModel(loaded).operation_names)
