"""A scenario as commands of the aws command line that bring a system that is there to its settings."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any, Final

from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.twin.export.settings import ALIAS, function_settings, mapping_settings, stream_settings

HEAD: Final = """\
# Made by shardsim export: look at each before you run it. They change what is there, and make nothing new.
"""
FIXED: Final = ("StartingPosition", "StartingPositionTimestamp")  # of a mapping that is there


def commands(scenario: Scenario) -> str:
    """Commands, one a line."""
    lines = [*_streams(scenario), *_functions(scenario)]
    for mapping in scenario.event_source_mappings:
        lines += _mapping(scenario, mapping)
    return HEAD + "\n".join(lines) + "\n"


def _command(service: str, action: str, **options: Any) -> str:
    words = ["aws", service, action]
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{flag[2:]}")
        else:
            words += [flag, shlex.quote(str(value))]
    return " ".join(words)


def _streams(scenario: Scenario) -> Iterator[str]:
    for name, stream in scenario.streams.items():
        settings = stream_settings(stream)
        if "ShardCount" in settings:
            options = {"target_shard_count": settings["ShardCount"], "scaling_type": "UNIFORM_SCALING"}
            yield _command("kinesis", "update-shard-count", stream_name=name, **options)
        hours = settings["RetentionPeriodHours"]
        which = "increase- or decrease-stream-retention-period"
        yield f"# {name} keeps its records for {hours} hours: {which}, by what it is now"


def _functions(scenario: Scenario) -> Iterator[str]:
    for name, function in scenario.functions.items():
        settings = function_settings(function)
        options = {"memory_size": settings["MemorySize"], "timeout": settings["Timeout"]}
        yield _command("lambda", "update-function-configuration", function_name=name, **options)
        reserve = function.reserved_concurrency
        if reserve is None:
            yield _command("lambda", "delete-function-concurrency", function_name=name)
        else:
            option = {"reserved_concurrent_executions": reserve}
            yield _command("lambda", "put-function-concurrency", function_name=name, **option)
        if function.provisioned_concurrency:
            option = {"provisioned_concurrent_executions": function.provisioned_concurrency}
            action = "put-provisioned-concurrency-config"
            yield _command("lambda", action, function_name=name, qualifier=ALIAS, **option)


def _mapping(scenario: Scenario, mapping: EventSourceMapping) -> Iterator[str]:
    """The mapping is found by its function and stream, as a scenario does not know its UUID."""
    of = f"ends_with(EventSourceArn, ':stream/{mapping.stream}')"
    if mapping.consumer == "push":
        of = f"contains(EventSourceArn, ':stream/{mapping.stream}/consumer/')"
    query = f"EventSourceMappings[?{of}].UUID | [0]"
    find = _command("lambda", "list-event-source-mappings", function_name=mapping.function, query=query, output="text")
    options = {
        "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_"): value
        for name, value in mapping_settings(scenario, mapping).items()
        if name not in FIXED
    }
    types = options.pop("function_response_types", [])
    line = _command("lambda", "update-event-source-mapping", **options)
    yield f'{line} --uuid "$({find})"' + (f" --function-response-types {types[0]}" if types else "")
