"""A scenario as resources of CloudFormation: what is set; code, roles and runtimes are the user's."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from simulator.events.names import consumer_name
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.twin.export.settings import (
    ALIAS,
    Ids,
    function_settings,
    mapping_settings,
    stream_settings,
)

Resources = dict[str, Any]
HEAD = "# Made by shardsim export: settings alone. Functions need Code, Handler, Role and Runtime besides.\n"


def cloudformation(scenario: Scenario) -> str:
    """A template in YAML."""
    ids, resources = Ids(), {}
    for name, stream in scenario.streams.items():
        properties = {"Name": name, **stream_settings(stream)}
        resources[ids.of(name, "stream")] = _resource("AWS::Kinesis::Stream", properties)
    for name in scenario.functions:
        resources |= _function(scenario, name, ids)
    for mapping in scenario.event_source_mappings:
        resources |= _mapping(scenario, mapping, ids)
    template: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    if any(each.on_failure_destination for each in scenario.event_source_mappings):
        template["Parameters"] = {"OnFailureArn": {"Type": "String", "Description": "of a queue, topic or bucket"}}
    return HEAD + _yaml(template)


def _resource(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def _function(scenario: Scenario, name: str, ids: Ids) -> Resources:
    function, id_ = scenario.functions[name], ids.of(name, "function")
    found = {id_: _resource("AWS::Lambda::Function", {"FunctionName": name, **function_settings(function)})}
    if function.provisioned_concurrency:
        version, alias = ids.of(name, "version"), ids.of(name, ALIAS)
        found[version] = _resource("AWS::Lambda::Version", {"FunctionName": {"Ref": id_}})
        properties = {
            "Name": ALIAS,
            "FunctionName": {"Ref": id_},
            "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": function.provisioned_concurrency},
        }
        found[alias] = _resource("AWS::Lambda::Alias", properties)
    return found


def _mapping(scenario: Scenario, mapping: EventSourceMapping, ids: Ids) -> Resources:
    source: dict[str, Any] = {"Fn::GetAtt": [ids.of(mapping.stream, "stream"), "Arn"]}
    found: Resources = {}
    if mapping.consumer == "push":
        consumer = ids.of(mapping.name, "consumer")
        properties = {"ConsumerName": consumer_name(mapping), "StreamARN": source}
        found[consumer] = _resource("AWS::Kinesis::StreamConsumer", properties)
        source = {"Ref": consumer}
    provisioned = scenario.functions[mapping.function].provisioned_concurrency
    invoked = ids.of(mapping.function, ALIAS if provisioned else "function")
    properties = {"EventSourceArn": source, "FunctionName": {"Ref": invoked}, **mapping_settings(scenario, mapping)}
    if mapping.on_failure_destination:
        properties["DestinationConfig"] = {"OnFailure": {"Destination": {"Ref": "OnFailureArn"}}}
    found[ids.of(mapping.name, "mapping")] = _resource("AWS::Lambda::EventSourceMapping", properties)
    return found


def _yaml(document: dict[str, Any]) -> str:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 10_000
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
