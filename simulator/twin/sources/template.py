"""CloudFormation templates: plain ones, of SAM, as `cdk synth` and `serverless package` write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulator.scenario.nodes import shortened
from simulator.twin.arns import FunctionName, function_name, stream_arn
from simulator.twin.found import Finding, Thing, not_modelled, warning
from simulator.twin.said import Place, Unknown
from simulator.twin.sources import resources as types
from simulator.twin.sources.intrinsics import Resolver
from simulator.twin.sources.resources import Resource, arn, own_name
from simulator.twin.sources.sam import expanded
from simulator.twin.sources.settings import PlaceOf
from simulator.twin.sources.things import consumer, mapping, other_reader, provisioned, thing

USED: Final = ("AWS::Kinesis", "AWS::Lambda::", "AWS::Serverless::Function", "AWS::Pipes::")
LOOP: Final = "Fn::ForEach"
PROCESSED: Final = "aws cloudformation get-template --template-stage Processed"


def is_template(document: Any) -> bool:
    """Whether a document is a template, of whatever service."""
    return isinstance(document, dict) and isinstance(document.get("Resources"), dict)


def parameters(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of a template's parameters: those that are given, else the defaults, else Unknown."""
    found: dict[str, Any] = {name: value for name, value in given.items() if name.startswith("AWS::")}
    for name, about in _group(template, "Parameters").items():
        kind = str(about.get("Type", "String")) if isinstance(about, dict) else "String"
        default = about.get("Default") if isinstance(about, dict) else None
        found[name] = given.get(name, default)
        if name not in given and (default is None or kind.startswith("AWS::SSM::")):
            found[name] = Unknown(f"is the parameter {name}; give --parameter {name}=VALUE", name)
        elif kind == "CommaDelimitedList" or kind.startswith("List<"):
            found[name] = [each.strip() for each in str(found[name]).split(",")]
    return found


def read(template: Mapping[str, Any], place: Place, given: Mapping[str, str]) -> Iterator[Finding]:
    """The things of a template, with parameters as given."""
    every = {each.id: each for each in _resources(template)}
    resolver = Resolver(
        parameters(template, given), _group(template, "Mappings"), _group(template, "Conditions"), every
    )
    made_up = frozenset(
        each.id
        for each in every.values()
        if each.type in types.NAMED_BY and own_name(each, resolver.resolve) == each.id
    )
    if any(name.startswith(LOOP) for name in _group(template, "Resources")):
        yield warning(f"{place}: {LOOP} is not expanded; give what `{PROCESSED}` prints")
    for each in every.values():
        if each.type.startswith(USED):
            yield from _checked(each, template, resolver, place, made_up)


def _group(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = template.get(name)
    return found if isinstance(found, dict) else {}


def _resources(template: Mapping[str, Any]) -> Iterator[Resource]:
    globals_ = _group(_group(template, "Globals"), "Function")
    for name, about in _group(template, "Resources").items():
        if isinstance(about, dict) and isinstance(about.get("Type"), str):
            properties = _group(about, "Properties")
            resource = Resource(name, about["Type"], properties, f"Resources.{name}.Properties")
            yield from expanded(resource, globals_)


def _checked(
    resource: Resource, template: Mapping[str, Any], resolver: Resolver, place: Place, made_up: frozenset[str]
) -> Iterator[Finding]:
    """What a resource gives, if its condition holds."""
    declared = _group(_group(template, "Resources"), resource.path.split(".")[1]).get("Condition")
    holds = True if declared is None else resolver.condition(declared)
    if isinstance(holds, Unknown):
        yield warning(f"{place.at('Resources', resource.id)}: its condition {holds.why}; it is taken to hold")
    if holds is not False:
        yield from _findings(resource, resolver, place.at(resource.path), made_up)


def _findings(resource: Resource, resolver: Resolver, place: Place, made_up: frozenset[str]) -> Iterator[Finding]:
    resolved = resolver.resolve(resource.properties)
    properties = resolved if isinstance(resolved, dict) else {}
    at = place.at
    match resource.type:
        case types.STREAM:
            yield from thing("stream", (own_name(resource, resolver.resolve),), properties, at, made_up)
        case types.FUNCTION | types.SAM_FUNCTION:
            yield from thing("function", (own_name(resource, resolver.resolve),), properties, at, made_up)
        case types.MAPPING:
            yield from mapping(properties, at, made_up)
        case types.CONSUMER:
            yield from _consumer(resource, resolver, at, made_up)
        case types.ALIAS | types.VERSION:
            yield from _qualified(resource, properties, resolver, at, made_up)
        case types.FIREHOSE | types.PIPE:
            yield from _reader(resource, properties, at, made_up)
        case "AWS::Lambda::CapacityProvider" | "AWS::KinesisAnalyticsV2::Application":
            yield not_modelled(f"{place}: {resource.type}")


def _consumer(resource: Resource, resolver: Resolver, at: PlaceOf, made_up: frozenset[str]) -> Iterator[Finding]:
    text = arn(resource, resolver.resolve)
    stream = stream_arn(text) if isinstance(text, str) else None
    if stream is not None:
        yield consumer(stream, at, made_up)


def _qualified(
    resource: Resource, properties: Mapping[str, Any], resolver: Resolver, at: PlaceOf, made_up: frozenset[str]
) -> Iterator[Finding]:
    """An alias with its version, and the provisioned concurrency of an alias or version."""
    text = arn(resource, resolver.resolve)
    name = function_name(text) if isinstance(text, str) else None
    if name is None:
        return
    version = properties.get("FunctionVersion")
    if resource.type == types.ALIAS and isinstance(version, str):
        yield alias(name, version, at, made_up)
    units = properties.get("ProvisionedConcurrencyConfig")
    if isinstance(units, dict):
        where = at("ProvisionedConcurrencyConfig")
        yield from provisioned(name, units.get("ProvisionedConcurrentExecutions"), where.at, made_up)


def alias(name: FunctionName, version: str, at: PlaceOf, made_up: frozenset[str] = frozenset()) -> Thing:
    """An alias, and the version that it stands for."""
    key = (name.function, name.qualifier, version)
    return Thing("alias", key, at(""), {}, made_up & {name.function})


def _reader(
    resource: Resource, properties: Mapping[str, Any], at: PlaceOf, made_up: frozenset[str]
) -> Iterator[Finding]:
    """Firehose and pipes that read a stream; others write to one, or have nothing to do with it."""
    source = properties.get("Source")
    if resource.type == types.FIREHOSE:
        about = properties.get("KinesisStreamSourceConfiguration")
        source = about.get("KinesisStreamARN") if isinstance(about, dict) else None
    stream = stream_arn(source) if isinstance(source, str) else None
    if stream is not None and not stream.consumer:
        yield other_reader(stream.stream, shortened(resource.id), at, made_up)
