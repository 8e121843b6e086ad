"""The defaults that depend on other fields (docs/model.md, section 1)."""

import math
from dataclasses import replace

from simulator.scenario.place import UNREADABLE
from simulator.scenario.spec import EventSourceMapping, Producer, Reader, Scenario, Stream

ON_DEMAND_SHARDS = 4


def completed(scenario: Scenario, name: str) -> Scenario:
    """The scenario with its name, its producers' and mappings' names, and its producers' stops filled in."""
    return replace(
        scenario,
        name=name if scenario.name == "" else scenario.name,
        streams={each: _stream(stream) for each, stream in scenario.streams.items()},
        producers=tuple(_producer(each, i, scenario.duration) for i, each in enumerate(scenario.producers, 1)),
        event_source_mappings=tuple(_mapping(each) for each in scenario.event_source_mappings),
        readers=tuple(_reader(each, i) for i, each in enumerate(scenario.readers, 1)),
    )


def _stream(stream: Stream) -> Stream:
    if stream is UNREADABLE or stream.shards != 0 or stream.hash_ranges is UNREADABLE:
        return stream
    return replace(stream, shards=len(stream.hash_ranges) or ON_DEMAND_SHARDS)


def _producer(producer: Producer, number: int, duration: float) -> Producer:
    name = f"producer-{number}" if producer.name == "" else producer.name
    stop = duration if producer.stop == math.inf else producer.stop
    return producer if producer is UNREADABLE else replace(producer, name=name, stop=stop)


def _reader(reader: Reader, number: int) -> Reader:
    return reader if reader is UNREADABLE or reader.name != "" else replace(reader, name=f"reader-{number}")


def _mapping(mapping: EventSourceMapping) -> EventSourceMapping:
    if mapping is UNREADABLE or mapping.name != "":
        return mapping
    known = mapping.function is not UNREADABLE and mapping.stream is not UNREADABLE
    return replace(mapping, name=f"{mapping.function}-{mapping.stream}" if known else UNREADABLE)
