"""A scenario as resources of Terraform, in its own language: what is set; code and roles are the user's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulator.events.names import consumer_name
from simulator.scenario.aws_names import NAMES
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.twin.export.settings import (
    ALIAS,
    Ids,
    function_settings,
    mapping_settings,
    stream_settings,
)

TERRAFORM: Final = {each.api: each.terraform for each in NAMES if each.terraform} | {"StreamMode": "stream_mode"}
HEAD: Final = (
    "# Made by shardsim export: settings alone. Functions need their code, role, handler and runtime besides.\n"
)
DESTINATION: Final = 'variable "on_failure_arn" {\n  type = string # of a queue, topic or bucket\n}\n'


class Raw(str):
    """An expression of Terraform, written as it is."""


def terraform(scenario: Scenario) -> str:
    """Resources in HCL."""
    ids = Ids()
    blocks = [DESTINATION] if any(each.on_failure_destination for each in scenario.event_source_mappings) else []
    for name, stream in scenario.streams.items():
        blocks.append(_block("aws_kinesis_stream", ids.of(name), {"name": name, **_named(stream_settings(stream))}))
    for name in scenario.functions:
        blocks += _function(scenario, name, ids)
    for mapping in scenario.event_source_mappings:
        blocks += _mapping(scenario, mapping, ids)
    return HEAD + "\n" + "\n".join(blocks)


def _named(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by Terraform's names; a group is a block."""
    return {
        TERRAFORM[name]: _named(value) if isinstance(value, dict) else _time(name, value)
        for name, value in settings.items()
        if name in TERRAFORM
    }


def _time(name: str, value: Any) -> Any:
    if name != "StartingPositionTimestamp":
        return value
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _function(scenario: Scenario, name: str, ids: Ids) -> Iterator[str]:
    function, label = scenario.functions[name], ids.of(name)
    values = {"function_name": name, **_named(function_settings(function))}
    if function.provisioned_concurrency:
        values["publish"] = True
    yield _block("aws_lambda_function", label, values)
    if function.provisioned_concurrency:
        of = f"aws_lambda_function.{label}"
        alias = {"name": ALIAS, "function_name": Raw(f"{of}.function_name"), "function_version": Raw(f"{of}.version")}
        yield _block("aws_lambda_alias", label, alias)
        config = {
            "function_name": Raw(f"{of}.function_name"),
            "qualifier": Raw(f"aws_lambda_alias.{label}.name"),
            "provisioned_concurrent_executions": function.provisioned_concurrency,
        }
        yield _block("aws_lambda_provisioned_concurrency_config", label, config)


def _mapping(scenario: Scenario, mapping: EventSourceMapping, ids: Ids) -> Iterator[str]:
    source, label = f"aws_kinesis_stream.{ids.of(mapping.stream)}", ids.of(mapping.name, "mapping")
    if mapping.consumer == "push":
        consumer = {"name": consumer_name(mapping), "stream_arn": Raw(f"{source}.arn")}
        yield _block("aws_kinesis_stream_consumer", label, consumer)
        source = f"aws_kinesis_stream_consumer.{label}"
    provisioned = scenario.functions[mapping.function].provisioned_concurrency
    invoked = f"aws_lambda_{'alias' if provisioned else 'function'}.{ids.of(mapping.function)}.arn"
    values: dict[str, Any] = {"event_source_arn": Raw(f"{source}.arn"), "function_name": Raw(invoked)}
    values |= _named(mapping_settings(scenario, mapping))
    if mapping.on_failure_destination:
        values["destination_config"] = {"on_failure": {"destination_arn": Raw("var.on_failure_arn")}}
    yield _block("aws_lambda_event_source_mapping", label, values)


def _block(kind: str, label: str, values: Mapping[str, Any]) -> str:
    return f'resource "{kind}" "{label}" {{\n' + "".join(_lines(values, "  ")) + "}\n"


def _lines(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield f"{indent}{name} {{\n"
            yield from _lines(value, indent + "  ")
            yield f"{indent}}}\n"
        else:
            yield f"{indent}{name} = {value if isinstance(value, Raw) else json.dumps(value)}\n"
