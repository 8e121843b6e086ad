"""From properties by the names of AWS's API to things: what templates, states and outputs have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulator.scenario.nodes import shortened
from simulator.twin.arns import FunctionName, StreamArn, function_name, service, stream_arn
from simulator.twin.found import Finding, Kind, Thing, not_modelled, warning
from simulator.twin.said import Said, Unknown
from simulator.twin.sources.settings import FUNCTION, MAPPING, STREAM, PlaceOf, settings
from simulator.twin.values import whole

NONE: Final[frozenset[str]] = frozenset()
READS_A_STREAM: Final = "StartingPosition"  # a mapping has one for streams of Kinesis and DynamoDB, and for Kafka


def thing(
    kind: Kind, key: tuple[str, ...], properties: Mapping[str, Any], place_of: PlaceOf, made_up: frozenset[str] = NONE
) -> Iterator[Finding]:
    """A stream, a function or a mapping, and warnings about settings that could not be read."""
    readers = {"stream": STREAM, "function": FUNCTION, "mapping": MAPPING}[kind]
    found, remarks = settings(properties, readers, place_of)
    yield from remarks
    yield Thing(kind, key, place_of(""), found, made_up & set(key))


def mapping(properties: Mapping[str, Any], place_of: PlaceOf, made_up: frozenset[str] = NONE) -> Iterator[Finding]:
    """A mapping by `EventSourceArn` and `FunctionName` or `FunctionArn`; of another source than Kinesis a remark."""
    source = properties.get("EventSourceArn")
    stream = _stream(source)
    if stream is None:
        yield not_modelled(f"{place_of('')}: a mapping of {_other(source, properties)}")
        return
    named = properties.get("FunctionArn") or properties.get("FunctionName")
    function = _function(named)
    if function is None:
        yield warning(f"{place_of('FunctionName')}: names no function; the mapping is left out")
        return
    if isinstance(source, Unknown):
        what = f"{source.why}; it is taken for a stream of Kinesis named '{shortened(stream.stream)}'"
        yield warning(f"{place_of('EventSourceArn')}: {what}")
    key = (stream.stream, stream.consumer, function.function, function.qualifier)
    yield from thing("mapping", key, properties, place_of, made_up)


def _stream(source: Any) -> StreamArn | None:
    if isinstance(source, Unknown) and source.name and "dynamo" not in source.name.lower():
        return StreamArn(source.name)
    return stream_arn(source) if isinstance(source, str) else None


def _other(source: Any, properties: Mapping[str, Any]) -> str:
    if isinstance(source, str):
        return service(source) or f"'{shortened(source)}', which is no ARN of a stream"
    if isinstance(source, Unknown):
        return f"an unknown source: {source.why}"
    return "Kafka" if "SelfManagedEventSource" in properties else "a source that it does not name"


def _function(named: Any) -> FunctionName | None:
    if isinstance(named, Unknown):
        return FunctionName(named.name) if named.name else None
    return function_name(named) if isinstance(named, str) else None


def provisioned(name: FunctionName, units: Any, place_of: PlaceOf, made_up: frozenset[str] = NONE) -> Iterator[Finding]:
    """Provisioned concurrency of a version or alias."""
    place = place_of("ProvisionedConcurrentExecutions")
    try:
        value = units if isinstance(units, Unknown) else whole(units)
    except (ValueError, OverflowError):
        yield warning(f"{place}: is no number of environments; it is left out")
        return
    key = (name.function, name.qualifier)
    yield Thing("provisioned", key, place, {"ProvisionedConcurrentExecutions": Said(value, place)}, made_up & set(key))


def consumer(stream: StreamArn, place_of: PlaceOf, made_up: frozenset[str] = NONE) -> Thing:
    """A stream consumer (enhanced fan-out)."""
    key = (stream.stream, stream.consumer)
    return Thing("consumer", key, place_of(""), {}, made_up & set(key))


def other_reader(stream: str, name: str, place_of: PlaceOf, made_up: frozenset[str] = NONE) -> Thing:
    """Somebody else who reads a stream by GetRecords."""
    return Thing("reader", (stream, name), place_of(""), {}, made_up & {stream})
