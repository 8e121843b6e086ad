"""What a mapping sends to its destination of failures: SQS gets a message, SNS one in its envelope, S3 an object."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

from simulator.events.events import Events
from simulator.events.names import ACCOUNT, shard_id
from simulator.events.records import Batch, StreamRecord
from simulator.model.facts import Loss
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.twin.events.seen import GivenUp

Service = Literal["sqs", "sns", "s3"]
SERVICES: Final = ("sqs", "sns", "s3")


def message(scenario: Scenario, events: Events, given_up: GivenUp, service: Service) -> dict[str, Any]:
    """The message of a batch that was given up, as it arrives.

    To SQS and SNS goes what tells where the records are; to S3 the records as well, as `payload`.
    """
    loss, shard = given_up.loss, given_up.shard
    mapping = scenario.event_source_mappings[loss.mapping]
    batch = Batch.of(shard, loss.places)
    records = events.records.of(mapping.stream, batch)
    body = _body(mapping, events, given_up, records)
    if service == "sns":
        return _envelope(mapping, events, loss, body)
    return body | {"payload": events.event(mapping, batch)} if service == "s3" else body


def object_key(scenario: Scenario, events: Events, given_up: GivenUp) -> str:
    """The key of the object that S3 gets."""
    loss, names = given_up.loss, events.names
    mapping = scenario.event_source_mappings[loss.mapping]
    day, _, time = names.clock(loss.at_ns).removesuffix("Z").partition("T")
    stamp = f"{day}T{time.partition('.')[0].replace(':', '.')}"
    of = names.uuid("object", *_request(mapping, loss))
    return (
        f"aws/lambda/{names.uuid('mapping', mapping.name)}/{shard_id(loss.shard)}/{day.replace('-', '/')}/{stamp}-{of}"
    )


def _body(
    mapping: EventSourceMapping, events: Events, given_up: GivenUp, records: list[StreamRecord]
) -> dict[str, Any]:
    loss, attempt = given_up.loss, given_up.attempt
    names = events.names
    tried = {
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": None if _by_response(mapping, given_up) else "Unhandled",
        }
    }
    return {
        "requestContext": {
            "requestId": names.uuid("request", *_request(mapping, loss)),
            "functionArn": f"{names.function(mapping.function)}:$LATEST",
            "condition": "RetryAttemptsExhausted" if loss.failure else "RecordAgeExceeded",
            "approximateInvokeCount": attempt.attempt if attempt else 1,  # AWS tells 1 where there was none
        },
        **(tried if loss.failure else {}),
        "version": "1.0",
        "timestamp": names.clock(loss.at_ns),
        "KinesisBatchInfo": {
            "shardId": shard_id(loss.shard),
            "startSequenceNumber": records[0].sequence_number,
            "endSequenceNumber": records[-1].sequence_number,
            "approximateArrivalOfFirstRecord": names.clock(records[0].accepted_ns),
            "approximateArrivalOfLastRecord": names.clock(records[-1].accepted_ns),
            "batchSize": len(records),
            "streamArn": names.stream(mapping.stream),
        },
    }


def _by_response(mapping: EventSourceMapping, given_up: GivenUp) -> bool:
    """Whether the function said by its response that the batch failed: that is no error of the function."""
    if given_up.answered:
        return not given_up.answered.kind
    return given_up.loss.failure == "poison" and mapping.report_batch_item_failures


def _envelope(mapping: EventSourceMapping, events: Events, loss: Loss, body: dict[str, Any]) -> dict[str, Any]:
    """As a subscriber of the topic gets it by HTTP, or by SQS without raw delivery; unsigned."""
    names = events.names
    return {
        "Type": "Notification",
        "MessageId": names.uuid("notification", *_request(mapping, loss)),
        "TopicArn": f"arn:aws:sns:{names.region}:{ACCOUNT}:{mapping.function}-failures",
        "Message": json.dumps(body, separators=(",", ":")),
        "Timestamp": names.clock(loss.at_ns),
    }


def _request(mapping: EventSourceMapping, loss: Loss) -> tuple[str | int, ...]:
    return mapping.name, loss.shard, int(loss.places[0]), loss.at_ns
