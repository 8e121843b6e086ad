"""The same system as files of different tools, with their own names, orders, paging and number formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .systems import DEFAULTS, FunctionSpec, MappingSpec, StreamSpec, SystemSpec

HASHES = 2**128


def write(folder: Path, name: str, content: Any) -> Path:
    """A file of a text or of JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=4), encoding="utf-8")
    return path


# --- aws ----------------------------------------------------------------------------------------------------------


def cli_mapping(mapping: MappingSpec, number: int = 1, old: bool = False) -> dict[str, Any]:
    """An entry of list-event-source-mappings; version 1 of the command line writes times as numbers."""
    uuid = f"00000000-0000-4000-8000-{number:012d}"
    return {
        "UUID": uuid,
        **DEFAULTS,
        **mapping.settings,
        "EventSourceArn": mapping.source,
        "FunctionArn": mapping.function.invoked,
        "LastModified": 1761991200.0 if old else "2025-11-01T10:00:00+00:00",
        "State": "Enabled",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
    }


def cli_shards(shards: int) -> list[dict[str, Any]]:
    """Equal open shards after a closed one."""
    width = HASHES // shards
    numbers = {"StartingSequenceNumber": "4967"}
    closed = {
        "ShardId": "shardId-000000000000",
        "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": str(HASHES - 1)},
        "SequenceNumberRange": {**numbers, "EndingSequenceNumber": "4968"},
    }
    last = shards - 1
    return [closed] + [
        {
            "ShardId": f"shardId-{i + 1:012d}",
            "ParentShardId": "shardId-000000000000",
            "HashKeyRange": {
                "StartingHashKey": str(i * width),
                "EndingHashKey": str(HASHES - 1 if i == last else (i + 1) * width - 1),
            },
            "SequenceNumberRange": numbers,
        }
        for i in range(shards)
    ]


def as_cli(system: SystemSpec, folder: Path, old: bool = False) -> Path:
    """What the commands print, one file each; of mappings a file for each page."""
    for i, mapping in enumerate(system.mappings):
        page: dict[str, Any] = {"EventSourceMappings": [cli_mapping(mapping, i, old)]}
        if i + 1 < len(system.mappings):
            page["NextMarker"] = "abc"
        write(folder, f"mappings-{i}.json", page)
    for stream in system.streams:
        write(folder, f"summary-{stream.name}.json", {"StreamDescriptionSummary": _summary(stream)})
        write(folder, f"shards-{stream.name}.json", {"Shards": cli_shards(stream.shards or 4)})
    for function in system.functions:
        write(folder, f"function-{function.name}.json", cli_function(function))
        reserved = function.reserved
        content = "" if reserved is None else {"ReservedConcurrentExecutions": reserved}
        write(folder, f"concurrency-{function.name}.json", content)
        write(folder, f"provisioned-{function.name}.json", {"ProvisionedConcurrencyConfigs": _provisioned(function)})
    return folder


def cli_function(function: FunctionSpec) -> dict[str, Any]:
    """What get-function-configuration prints."""
    return {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Runtime": "python3.13",
        "MemorySize": function.mib,
        "Timeout": function.seconds,
        "Architectures": ["arm64" if function.arm else "x86_64"],
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "State": "Active",
    }


def _summary(stream: StreamSpec) -> dict[str, Any]:
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED" if stream.shards else "ON_DEMAND"},
        "RetentionPeriodHours": stream.hours,
        "StreamCreationTimestamp": "2025-10-01T09:00:00+00:00",
        "EnhancedMonitoring": [],
        "OpenShardCount": stream.shards or 4,
        "MaxRecordSizeInKiB": stream.kib,
    }


def _provisioned(function: FunctionSpec) -> list[dict[str, Any]]:
    if not function.provisioned:
        return []
    units = function.provisioned
    return [
        {
            "FunctionArn": function.invoked,
            "RequestedProvisionedConcurrentExecutions": units,
            "AllocatedProvisionedConcurrentExecutions": units,
            "Status": "READY",
        }
    ]


# --- CloudFormation -----------------------------------------------------------------------------------------------


def _id(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))


def as_template(system: SystemSpec, folder: Path) -> Path:
    """A template in JSON, as `cdk synth` writes it: with explicit names, and GetAtt for ARNs."""
    resources: dict[str, Any] = {}
    for stream in system.streams:
        properties: dict[str, Any] = {"Name": stream.name, "RetentionPeriodHours": str(stream.hours)}
        properties |= {"ShardCount": stream.shards, "MaxRecordSizeInKiB": stream.kib}
        resources[_id(stream.name)] = {"Type": "AWS::Kinesis::Stream", "Properties": properties}
    for function in system.functions:
        resources |= _template_function(function)
    for mapping in system.mappings:
        resources |= _template_mapping(mapping)
    resources["Unrelated"] = {"Type": "AWS::SQS::Queue"}
    return write(folder, "Stack.template.json", {"Resources": resources})


def _template_function(function: FunctionSpec) -> dict[str, Any]:
    name = _id(function.name)
    properties: dict[str, Any] = {"FunctionName": function.name, "MemorySize": function.mib}
    properties |= {"Timeout": function.seconds, "Architectures": ["arm64" if function.arm else "x86_64"]}
    if function.reserved is not None:
        properties["ReservedConcurrentExecutions"] = function.reserved
    found: dict[str, Any] = {name: {"Type": "AWS::Lambda::Function", "Properties": properties}}
    if function.alias:
        version = {"FunctionName": {"Ref": name}}
        alias: dict[str, Any] = {"Name": function.alias, "FunctionName": {"Ref": name}}
        alias["FunctionVersion"] = {"Fn::GetAtt": [f"{name}Version", "Version"]}
        if function.provisioned:
            alias["ProvisionedConcurrencyConfig"] = {"ProvisionedConcurrentExecutions": function.provisioned}
        found[f"{name}Version"] = {"Type": "AWS::Lambda::Version", "Properties": version}
        found[f"{name}Alias"] = {"Type": "AWS::Lambda::Alias", "Properties": alias}
    return found


def _template_mapping(mapping: MappingSpec) -> dict[str, Any]:
    stream, function = _id(mapping.stream.name), _id(mapping.function.name)
    source: Any = {"Fn::GetAtt": [stream, "Arn"]}
    found: dict[str, Any] = {}
    if mapping.consumer:
        consumer = {"ConsumerName": mapping.consumer, "StreamARN": source}
        found[f"{function}Fast"] = {"Type": "AWS::Kinesis::StreamConsumer", "Properties": consumer}
        source = {"Ref": f"{function}Fast"}
    properties = {**mapping.settings, "EventSourceArn": source}
    properties["FunctionName"] = {"Ref": f"{function}Alias" if mapping.function.alias else function}
    found[f"{function}Mapping"] = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}
    return found


def as_sam(system: SystemSpec, folder: Path) -> Path:
    """A template of SAM in YAML: events, with names put together by !Sub and Globals for what all have."""
    lines = [
        "AWSTemplateFormatVersion: '2010-09-09'",
        "Transform: AWS::Serverless-2016-10-31",
        "Globals: {Function: {Runtime: python3.13, Timeout: 3}}",
        "Resources:",
    ]
    for stream in system.streams:
        lines += [f"  {_id(stream.name)}:", "    Type: AWS::Kinesis::Stream", "    Properties:"]
        lines += [f"      Name: !Sub '{stream.name}'", f"      ShardCount: {stream.shards}"]
        lines += [f"      RetentionPeriodHours: {stream.hours}", f"      MaxRecordSizeInKiB: {stream.kib}"]
    for mapping in system.mappings:
        lines += _sam_function(mapping)
    return write(folder, "template.yaml", "\n".join(lines) + "\n")


def _sam_function(mapping: MappingSpec) -> list[str]:
    function, stream = mapping.function, _id(mapping.stream.name)
    lines = [f"  {_id(function.name)}:", "    Type: AWS::Serverless::Function", "    Properties:"]
    lines += [f"      FunctionName: {function.name}", f"      MemorySize: {function.mib}", "      CodeUri: ./src"]
    lines += [f"      Timeout: {function.seconds}"] if function.seconds != 3 else []
    lines += ["      Architectures: [arm64]"] if function.arm else []
    lines += [f"      ReservedConcurrentExecutions: {function.reserved}"] if function.reserved is not None else []
    lines += [f"      AutoPublishAlias: {function.alias}"] if function.alias else []
    if function.provisioned:
        config = f"{{ProvisionedConcurrentExecutions: {function.provisioned}}}"
        lines += [f"      ProvisionedConcurrencyConfig: {config}"]
    source = f"!GetAtt {stream}.Arn"
    if mapping.consumer:
        source = f"!GetAtt {_id(function.name)}Fast.ConsumerARN"
    lines += ["      Events:", f"        Web: {{Type: Api, Properties: {{Path: /{function.name}, Method: get}}}}"]
    lines += ["        Records:", "          Type: Kinesis", "          Properties:", f"            Stream: {source}"]
    lines += [f"            {name}: {json.dumps(value)}" for name, value in mapping.settings.items()]
    if mapping.consumer:
        lines += [f"  {_id(function.name)}Fast:", "    Type: AWS::Kinesis::StreamConsumer"]
        lines += [f"    Properties: {{ConsumerName: {mapping.consumer}, StreamARN: !GetAtt {stream}.Arn}}"]
    return lines


# --- Terraform ----------------------------------------------------------------------------------------------------

TERRAFORM = {
    "BatchSize": "batch_size",
    "MaximumBatchingWindowInSeconds": "maximum_batching_window_in_seconds",
    "ParallelizationFactor": "parallelization_factor",
    "MaximumRetryAttempts": "maximum_retry_attempts",
    "MaximumRecordAgeInSeconds": "maximum_record_age_in_seconds",
    "BisectBatchOnFunctionError": "bisect_batch_on_function_error",
    "FunctionResponseTypes": "function_response_types",
    "StartingPosition": "starting_position",
}


def _tf_label(name: str) -> str:
    return name.replace("-", "_")


def _tf_resources(system: SystemSpec) -> list[tuple[str, str, dict[str, Any]]]:
    """Type, label and values of each resource."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for stream in system.streams:
        mode = "PROVISIONED" if stream.shards else "ON_DEMAND"
        values: dict[str, Any] = {"arn": stream.arn, "name": stream.name, "shard_count": stream.shards}
        values |= {"retention_period": stream.hours, "max_record_size_in_kib": stream.kib}
        found.append(("aws_kinesis_stream", stream.name, values | {"stream_mode_details": [{"stream_mode": mode}]}))
    for function in system.functions:
        values = {"function_name": function.name, "arn": function.arn, "memory_size": function.mib}
        values |= {"timeout": function.seconds, "architectures": ["arm64" if function.arm else "x86_64"]}
        values |= {"reserved_concurrent_executions": -1 if function.reserved is None else function.reserved}
        found.append(("aws_lambda_function", function.name, values | {"snap_start": []}))
        if function.provisioned:
            config: dict[str, Any] = {"function_name": function.name, "qualifier": function.alias}
            config |= {"provisioned_concurrent_executions": function.provisioned}
            found.append(("aws_lambda_provisioned_concurrency_config", function.name, config))
    for mapping in system.mappings:
        found.append(("aws_lambda_event_source_mapping", mapping.function.name, _tf_mapping(mapping)))
    return found


def _tf_mapping(mapping: MappingSpec) -> dict[str, Any]:
    settings = {**DEFAULTS, **mapping.settings}
    values = {terraform: settings[api] for api, terraform in TERRAFORM.items()}
    destination = settings["DestinationConfig"].get("OnFailure", {}).get("Destination")
    blocks = [{"on_failure": [{"destination_arn": destination}]}] if destination else []
    return values | {
        "event_source_arn": mapping.source,
        "function_name": mapping.function.invoked,
        "enabled": True,
        "destination_config": blocks,
        "filter_criteria": [],
        "tumbling_window_in_seconds": 0,
        "starting_position_timestamp": None,
        "state": "Enabled",
    }


def as_terraform_show(system: SystemSpec, folder: Path) -> Path:
    """`terraform show -json` of a state."""
    return write(folder, "state.json", terraform_state(system))


def terraform_state(system: SystemSpec) -> dict[str, Any]:
    """A state as JSON; mappings are in a module of a module."""
    resources = [
        {"address": f"{type_}.{_tf_label(label)}", "mode": "managed", "type": type_, "name": label, "values": values}
        for type_, label, values in _tf_resources(system)
    ]
    inner = [each for each in resources if "mapping" in str(each["type"])]
    for each in inner:
        each["address"] = f'module.readers["a"].module.one.{each["address"]}[0]'
    outer = [each for each in resources if each not in inner]
    modules = [{"address": "module.readers", "child_modules": [{"address": "x", "resources": inner}]}]
    root = {"resources": outer, "child_modules": modules}
    return {"format_version": "1.0", "terraform_version": "1.13.0", "values": {"root_module": root}}


def as_tfstate(system: SystemSpec, folder: Path) -> Path:
    """The file terraform.tfstate, version 4."""
    resources = [
        {"mode": "managed", "type": type_, "name": _tf_label(label), "instances": [{"attributes": values}]}
        for type_, label, values in _tf_resources(system)
    ]
    return write(folder, "terraform.tfstate", {"version": 4, "terraform_version": "1.9.5", "resources": resources})


def as_plan(system: SystemSpec, folder: Path) -> Path:
    """`terraform show -json` of a plan: ARNs are not known yet, the configuration tells whose they are."""
    planned, configured = [], []
    for type_, label, values in _tf_resources(system):
        address = f"{type_}.{_tf_label(label)}"
        known = {name: value for name, value in values.items() if name not in ("arn", "event_source_arn")}
        expressions: dict[str, Any] = {}
        if type_ == "aws_lambda_event_source_mapping":
            mapping = next(each for each in system.mappings if each.function.name == label)
            expressions = _plan_references(mapping)
            del known["function_name"], known["state"]
            if mapping.consumer:
                planned.append(_planned("aws_kinesis_stream_consumer", label, {"name": mapping.consumer}))
                configured.append(_configured_consumer(mapping))
        planned.append({"address": address, "mode": "managed", "type": type_, "name": label, "values": known})
        configured.append({"address": address, "type": type_, "expressions": expressions})
    for function in system.functions:
        if function.alias:
            planned.append(_planned("aws_lambda_alias", function.name, {"name": function.alias}))
            reference = f"aws_lambda_function.{_tf_label(function.name)}"
            expressions = {"function_name": {"references": [f"{reference}.function_name", reference]}}
            address = f"aws_lambda_alias.{_tf_label(function.name)}"
            configured.append({"address": address, "expressions": expressions})
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.13.0",
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {"root_module": {"resources": configured}},
    }
    return write(folder, "plan.json", plan)


def _planned(type_: str, label: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{type_}.{_tf_label(label)}", "mode": "managed", "type": type_, "name": label, "values": values}


def _configured_consumer(mapping: MappingSpec) -> dict[str, Any]:
    stream = f"aws_kinesis_stream.{_tf_label(mapping.stream.name)}"
    address = f"aws_kinesis_stream_consumer.{_tf_label(mapping.function.name)}"
    return {"address": address, "expressions": {"stream_arn": {"references": [f"{stream}.arn", stream]}}}


def _plan_references(mapping: MappingSpec) -> dict[str, Any]:
    function = _tf_label(mapping.function.name)
    source = f"aws_kinesis_stream.{_tf_label(mapping.stream.name)}"
    if mapping.consumer:
        source = f"aws_kinesis_stream_consumer.{function}"
    invoked = f"aws_lambda_alias.{function}" if mapping.function.alias else f"aws_lambda_function.{function}"
    return {
        "event_source_arn": {"references": [f"{source}.arn", source]},
        "function_name": {"references": [f"{invoked}.arn", invoked]},
    }
