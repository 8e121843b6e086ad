"""What a function's role has to be allowed, and the answer to RegisterStreamConsumer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from simulator.events.names import ACCOUNT, Names, consumer_name
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.twin.events.messages import Service
from simulator.twin.events.states import destination

STREAM: Final = ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
LOGS: Final = ("CreateLogStream", "PutLogEvents")
SEND: Final = {"sqs": ["sqs:SendMessage"], "sns": ["sns:Publish"], "s3": ["s3:PutObject"]}


def policy(scenario: Scenario, names: Names, function: str, service: Service) -> dict[str, Any]:
    """The policy of a function's role: to read its streams, to write its log, and to send what it gives up."""
    mine = [each for each in scenario.event_source_mappings if each.function == function]
    statements = [*_reading(names, mine), *_logs(names, function), *_sending(names, mine, service)]
    return {"Version": "2012-10-17", "Statement": statements}


def registered(names: Names, mapping: EventSourceMapping) -> dict[str, Any]:
    """What RegisterStreamConsumer answers for the consumer of a mapping with `consumer: push`."""
    return {
        "Consumer": {
            "ConsumerName": consumer_name(mapping),
            "ConsumerARN": names.consumer(mapping),
            "ConsumerStatus": "CREATING",
            "ConsumerCreationTimestamp": names.clock(names.made_ns),
        }
    }


def _reading(names: Names, mappings: Sequence[EventSourceMapping]) -> Iterator[dict[str, Any]]:
    streams = list(dict.fromkeys(names.stream(each.stream) for each in mappings))
    if streams:
        yield _allowed("ReadStreams", [f"kinesis:{action}" for action in STREAM], streams)
        yield _allowed("ListStreams", ["kinesis:ListStreams"], ["*"])
    consumers = [names.consumer(each) for each in mappings if each.consumer == "push"]
    if consumers:
        actions = ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"]
        yield _allowed("ReadConsumers", actions, consumers)


def _logs(names: Names, function: str) -> Iterator[dict[str, Any]]:
    group = f"arn:aws:logs:{names.region}:{ACCOUNT}"
    yield _allowed("CreateLog", ["logs:CreateLogGroup"], [f"{group}:*"])
    yield _allowed("WriteLog", [f"logs:{each}" for each in LOGS], [f"{group}:log-group:/aws/lambda/{function}:*"])


def _sending(names: Names, mappings: Sequence[EventSourceMapping], service: Service) -> Iterator[dict[str, Any]]:
    to = dict.fromkeys(destination(names, each, service).get("Destination", "") for each in mappings)
    targets = [arn for arn in to if arn]
    if not targets:
        return
    yield _allowed("SendFailures", SEND[service], [f"{arn}/*" if service == "s3" else arn for arn in targets])
    if service == "s3":
        yield _allowed("ListFailures", ["s3:ListBucket"], targets)


def _allowed(name: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Sid": name, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
