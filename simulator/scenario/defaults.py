"""The defaults that depend on other fields (docs/model.md, section 1)."""

import math
from dataclasses import replace

from simulator.scenario.place import UNREADABLE
from simulator.scenario.spec import EventSourceMapping, Producer, Scenario


def completed(scenario: Scenario, name: str) -> Scenario:
    """The scenario with its name, its producers' and mappings' names, and its producers' stops filled in."""
    return replace(
        scenario,
        name=name if scenario.name == "" else scenario.name,
        producers=tuple(_producer(each, i, scenario.duration) for i, each in enumerate(scenario.producers, 1)),
        event_source_mappings=tuple(_mapping(each) for each in scenario.event_source_mappings),
    )


def _producer(producer: Producer, number: int, duration: float) -> Producer:
    name = f"producer-{number}" if producer.name == "" else producer.name
    stop = duration if producer.stop == math.inf else producer.stop
    return producer if producer is UNREADABLE else replace(producer, name=name, stop=stop)


def _mapping(mapping: EventSourceMapping) -> EventSourceMapping:
    if mapping is UNREADABLE or mapping.name != "":
        return mapping
    known = mapping.function is not UNREADABLE and mapping.stream is not UNREADABLE
    return replace(mapping, name=f"{mapping.function}-{mapping.stream}" if known else UNREADABLE)
