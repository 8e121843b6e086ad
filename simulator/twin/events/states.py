"""A mapping as `aws lambda list-event-source-mappings` prints it, and its state over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from simulator.events.names import ACCOUNT, Names
from simulator.model.facts import Attempt
from simulator.model.switch import disabled_periods
from simulator.scenario.spec import AtTimestamp, EventSourceMapping, Scenario
from simulator.traffic.nanoseconds import ns
from simulator.twin.export.settings import mapping_settings

NOTHING: Final = "No records processed"
OK: Final = "OK"
FAILED: Final = "PROBLEM: Function call failed"


@dataclass(frozen=True)
class State:
    """What a mapping's State and LastProcessingResult are from a time on."""

    at_ns: int
    state: str
    result: str


def result_of(attempt: Attempt) -> str:
    """The LastProcessingResult after an attempt."""
    return FAILED if attempt.outcome in ("error", "timeout") else OK


def states(mapping: EventSourceMapping, begin_ns: int, end_ns: int, results: Iterable[tuple[int, str]]) -> list[State]:
    """The states of a mapping from when it was made to a time; `results`: when its attempts ended, and how.

    It is Creating until starts_after. AWS takes a while to disable and to enable; the simulation does it at once, so
    Disabling and Enabling are of no length, and are left out.
    """
    ended = ((at_ns, 2, "", result) for at_ns, result in results)
    changes = sorted([*_switches(mapping, begin_ns), *ended], key=lambda each: each[:2])
    found = [State(begin_ns, "Enabled" if ns(mapping.starts_after) <= begin_ns else "Creating", NOTHING)]
    for at_ns, _, state, result in changes:
        if at_ns > end_ns:
            break
        last = found[-1]
        now = State(at_ns, state or last.state, result or last.result)
        if at_ns == last.at_ns:
            found.pop()
        if not found or (now.state, now.result) != (found[-1].state, found[-1].result):
            found.append(now)
    return found


def _switches(mapping: EventSourceMapping, begin_ns: int) -> Iterator[tuple[int, int, str, str]]:
    starts_ns = max(ns(mapping.starts_after), begin_ns)
    yield starts_ns, 0, "Enabled", ""
    for since_ns, to_ns in disabled_periods(mapping.disabled):
        if to_ns > starts_ns:
            yield max(since_ns, starts_ns), 1, "Disabled", ""
            yield to_ns, 0, "Enabled", ""


def listed(scenario: Scenario, names: Names, mapping: EventSourceMapping, state: State) -> dict[str, Any]:
    """The mapping as it is listed in a state."""
    settings = mapping_settings(scenario, mapping)
    if isinstance(mapping.starting_position, AtTimestamp):
        position_ns = ns(mapping.starting_position.at_timestamp)
        settings |= {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": names.clock(position_ns)}
    return {
        "UUID": names.uuid("mapping", mapping.name),
        **settings,
        "EventSourceArn": names.source(mapping),
        "FunctionArn": names.function(mapping.function),
        "LastModified": names.clock(names.made_ns),
        "LastProcessingResult": state.result,
        "State": state.state,
        "StateTransitionReason": "User action",
        "DestinationConfig": {"OnFailure": destination(names, mapping, "sqs")},
        "TumblingWindowInSeconds": 0,
        "FunctionResponseTypes": settings.get("FunctionResponseTypes", []),
        "EventSourceMappingArn": names.mapping(mapping.name),
    }


def destination(names: Names, mapping: EventSourceMapping, service: str) -> dict[str, str]:
    """What a mapping sends its failures to; a scenario says only that there is something, so it gets a name here."""
    if not mapping.on_failure_destination:
        return {}
    if service == "s3":
        return {"Destination": f"arn:aws:s3:::{mapping.function}-failures"}
    return {"Destination": f"arn:aws:{service}:{names.region}:{ACCOUNT}:{mapping.function}-failures"}
