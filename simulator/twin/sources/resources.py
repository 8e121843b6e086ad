"""Resources of a CloudFormation template, and what each is called where other parts of the template refer to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.twin.arns import function_name, stream_arn
from simulator.twin.said import Unknown

STREAM: Final = "AWS::Kinesis::Stream"
CONSUMER: Final = "AWS::Kinesis::StreamConsumer"
FUNCTION: Final = "AWS::Lambda::Function"
SAM_FUNCTION: Final = "AWS::Serverless::Function"
VERSION: Final = "AWS::Lambda::Version"
ALIAS: Final = "AWS::Lambda::Alias"
MAPPING: Final = "AWS::Lambda::EventSourceMapping"
FIREHOSE: Final = "AWS::KinesisFirehose::DeliveryStream"
PIPE: Final = "AWS::Pipes::Pipe"
NESTED: Final = "AWS::CloudFormation::Stack"
NAMED_BY: Final = {
    STREAM: "Name",
    FUNCTION: "FunctionName",
    SAM_FUNCTION: "FunctionName",
    FIREHOSE: "DeliveryStreamName",
}
ACCOUNT: Final = "arn:aws:%s:us-east-1:123456789012:%s"

Resolve = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; path: where its properties stand in the template."""

    id: str
    type: str
    properties: Mapping[str, Any]
    path: str


def own_name(resource: Resource, resolve: Resolve) -> str:
    """The real name where the template gives one, else the id."""
    named = resolve(resource.properties.get(NAMED_BY.get(resource.type, "Name")))
    return named if isinstance(named, str) and named else resource.id


def reference(resource: Resource, resolve: Resolve) -> Any:
    """What `Ref` gives: a name of streams and functions, an ARN of the others that are known here."""
    match resource.type:
        case "AWS::Kinesis::Stream" | "AWS::Lambda::Function" | "AWS::Serverless::Function":
            return own_name(resource, resolve)
        case "AWS::Kinesis::StreamConsumer" | "AWS::Lambda::Version" | "AWS::Lambda::Alias":
            return arn(resource, resolve)
        case _:
            return resource.id


def attribute(resource: Resource, name: str, resolve: Resolve) -> Any:
    """What `Fn::GetAtt` gives; of what is not known here an ARN that tells its service."""
    if resource.type == NESTED:
        return Unknown(f"comes from the nested stack '{resource.id}'", name.removeprefix("Outputs."))
    if resource.type == VERSION and name == "Version":
        return resource.id
    return arn(resource, resolve)


def arn(resource: Resource, resolve: Resolve) -> Any:
    """The ARN of a resource, with its name in it, or why it is unknown."""
    match resource.type:
        case "AWS::Kinesis::Stream":
            return ACCOUNT % ("kinesis", f"stream/{own_name(resource, resolve)}")
        case "AWS::Lambda::Function" | "AWS::Serverless::Function":
            return ACCOUNT % ("lambda", f"function:{own_name(resource, resolve)}")
        case "AWS::Kinesis::StreamConsumer":
            return _consumer(resource, resolve)
        case "AWS::Lambda::Version":
            return _qualified(resource, resource.id, resolve)
        case "AWS::Lambda::Alias":
            return _qualified(resource, own_name(resource, resolve), resolve)
        case _:
            service = resource.type.split("::")[1:2] or ["unknown"]
            return ACCOUNT % (service[0].lower(), resource.id)


def _consumer(resource: Resource, resolve: Resolve) -> Any:
    source = resolve(resource.properties.get("StreamARN"))
    stream = stream_arn(source) if isinstance(source, str) else None
    if stream is None and isinstance(source, Unknown):
        return source
    name = resolve(resource.properties.get("ConsumerName"))
    name = name if isinstance(name, str) and name else resource.id
    of = stream.stream if stream else "unknown"
    return ACCOUNT % ("kinesis", f"stream/{of}/consumer/{name}:0")


def _qualified(resource: Resource, qualifier: str, resolve: Resolve) -> Any:
    named = resolve(resource.properties.get("FunctionName"))
    name = function_name(named) if isinstance(named, str) else None
    if name is None:
        return named if isinstance(named, Unknown) else Unknown(f"'{resource.id}' names no function")
    return ACCOUNT % ("lambda", f"function:{name.function}:{qualifier}")
