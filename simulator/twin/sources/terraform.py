"""Terraform: `terraform show -json` of a state and of a plan, and the file terraform.tfstate.

Terraform's names are AWS's in small letters (the table of simulator/scenario/aws_names); blocks are lists of none or
one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.scenario.aws_names import NAMES
from simulator.twin.arns import FunctionName, StreamArn, function_name, stream_arn
from simulator.twin.found import Finding
from simulator.twin.said import Place, Rank
from simulator.twin.sources.plan_references import References
from simulator.twin.sources.settings import PlaceOf
from simulator.twin.sources.template import alias
from simulator.twin.sources.things import consumer, mapping, other_reader, provisioned, thing

API: Final = {each.terraform: each.api for each in reversed(NAMES) if each.terraform} | {
    "capacity_provider_config": "CapacityProviderConfig",
    "durable_config": "DurableConfig",
    "function_arn": "FunctionArn",
    "state": "State",
    "uuid": "UUID",
}
TERRAFORM: Final = {api: terraform for terraform, api in API.items()}
BLOCKS: Final[Mapping[str, str]] = {  # what stands in blocks
    "on_failure": "OnFailure", "destination_arn": "Destination", "filter": "Filters", "pattern": "Pattern",
    "stream_mode": "StreamMode", "apply_on": "ApplyOn",
}  # fmt: skip
NEEDED: Final = ("event_source_arn", "function_name")  # of a mapping: in a plan they may be unknown


@dataclass(frozen=True, slots=True)
class Instance:
    """A resource of a state or plan."""

    address: str
    type: str
    values: Mapping[str, Any]
    place: Place

    def api(self) -> dict[str, Any]:
        """Its values by AWS's names."""
        return {API[name]: _block(value) for name, value in self.values.items() if name in API}

    def at(self, name: str) -> Place:
        """The place of a value by AWS's name."""
        return self.place.at(TERRAFORM.get(name, name))


def is_terraform(document: Any) -> bool:
    """Whether a document is a state or plan of Terraform."""
    if not isinstance(document, dict):
        return False
    kinds = {"values": dict, "planned_values": dict, "resources": list}
    return "terraform_version" in document and any(isinstance(document.get(key), kind) for key, kind in kinds.items())


def rank(document: Mapping[str, Any]) -> Rank:
    """A plan tells what is to be, as a template does."""
    return Rank.TEMPLATE if "planned_values" in document else Rank.STATE


def read(document: Mapping[str, Any], place: Place) -> Iterator[Finding]:
    """The things of a state or plan."""
    instances = list(_instances(document, place))
    references = References(document.get("configuration"), {each.address: each.values for each in instances})
    for each in instances:
        yield from _findings(each, references)


def _instances(document: Mapping[str, Any], place: Place) -> Iterator[Instance]:
    if isinstance(document.get("resources"), list):
        yield from _of_state_file(document["resources"], place)
        return
    tree = document.get("planned_values") or document.get("values")
    modules = [tree.get("root_module")] if isinstance(tree, dict) else []
    while modules:
        module = modules.pop(0)
        if not isinstance(module, dict):
            continue
        modules.extend(_list(module.get("child_modules")))
        for each in _list(module.get("resources")):
            if isinstance(each, dict) and isinstance(each.get("values"), dict):
                address = str(each.get("address"))
                yield Instance(address, str(each.get("type")), each["values"], place.at(address))


def _of_state_file(resources: list[Any], place: Place) -> Iterator[Instance]:
    for each in resources:
        if not isinstance(each, dict):
            continue
        parts = (each.get("module"), "data" if each.get("mode") == "data" else None, each.get("type"), each.get("name"))
        address = ".".join(str(part) for part in parts if part)
        for instance in _list(each.get("instances")):
            if isinstance(instance, dict) and isinstance(instance.get("attributes"), dict):
                key = instance.get("index_key")
                where = address if key is None else f"{address}[{key!r}]".replace("'", '"')
                yield Instance(where, str(each.get("type")), instance["attributes"], place.at(where))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _block(value: Any, name: str = "") -> Any:
    """A block as AWS's API has it: a group, but `filter`, of which there may be several."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return value
    groups = [{BLOCKS[key]: _block(part, key) for key, part in each.items() if key in BLOCKS} for each in value]
    return groups if name == "filter" else groups[0] if groups else None


def _findings(instance: Instance, references: References) -> Iterator[Finding]:
    match instance.type:
        case "aws_kinesis_stream":
            yield from _stream(instance)
        case "aws_lambda_function":
            yield from thing("function", (_text(instance, "function_name"),), instance.api(), instance.at)
        case "aws_lambda_event_source_mapping":
            yield from _mapping(instance, references)
        case "aws_kinesis_stream_consumer":
            yield from _consumer(instance, references)
        case "aws_lambda_alias":
            name = FunctionName(_function(instance, references), _text(instance, "name"))
            yield alias(name, str(instance.values.get("function_version")), instance.at)
        case "aws_lambda_provisioned_concurrency_config":
            name = FunctionName(_function(instance, references), _text(instance, "qualifier"))
            units = instance.values.get("provisioned_concurrent_executions")
            yield from provisioned(name, units, instance.at)
        case "aws_kinesis_firehose_delivery_stream":
            yield from _firehose(instance, references)


def _text(instance: Instance, name: str) -> str:
    """A value that is a text; or the end of the address, which is at least something to call it."""
    value = instance.values.get(name)
    return value if isinstance(value, str) and value else instance.address.rpartition(".")[2]


def _looked_up(instance: Instance, name: str, references: References) -> Any:
    """A value, or in a plan that does not know it yet, what it is going to be, as far as names tell."""
    value = instance.values.get(name)
    return value if isinstance(value, str) and value else references.find(instance.address, name)


def _stream(instance: Instance) -> Iterator[Finding]:
    properties = instance.api()
    shards = instance.values.get("open_shards")  # of a data source
    if isinstance(shards, list):
        properties["ShardCount"] = len(shards)
    yield from thing("stream", (_text(instance, "name"),), properties, instance.at)


def _mapping(instance: Instance, references: References) -> Iterator[Finding]:
    properties = instance.api()
    looked_up = {API[name]: _looked_up(instance, name, references) for name in NEEDED}
    yield from mapping(properties | looked_up, instance.at)


def _function(instance: Instance, references: References) -> str:
    value = _looked_up(instance, "function_name", references)
    name = function_name(value) if isinstance(value, str) else None
    return name.function if name else instance.address.rpartition(".")[2]


def _consumer(instance: Instance, references: References) -> Iterator[Finding]:
    value = _looked_up(instance, "stream_arn", references)
    stream = stream_arn(value) if isinstance(value, str) else None
    if stream is not None:
        yield consumer(StreamArn(stream.stream, _text(instance, "name")), instance.at)


def _firehose(instance: Instance, references: References) -> Iterator[Finding]:
    blocks = _list(instance.values.get("kinesis_source_configuration"))
    value = blocks[0].get("kinesis_stream_arn") if blocks and isinstance(blocks[0], dict) else None
    if blocks and not value:
        value = references.find(instance.address, "kinesis_source_configuration", "kinesis_stream_arn")
    stream = stream_arn(value) if isinstance(value, str) else None
    at: PlaceOf = instance.at
    if stream is not None:
        yield other_reader(stream.stream, _text(instance, "name"), at)
