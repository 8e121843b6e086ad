"""SAM: what its functions stand for in CloudFormation, as far as it counts here: functions, aliases, mappings.

SAM copies the properties of an event of type Kinesis to the mapping one by one, and sets no defaults of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.twin.sources.resources import ALIAS, MAPPING, SAM_FUNCTION, Resource


def expanded(resource: Resource, globals_: Mapping[str, Any]) -> Iterator[Resource]:
    """A resource, and those that it stands for besides; of any other than a function of SAM the resource alone.

    globals_: `Globals.Function` of the template.
    """
    if resource.type != SAM_FUNCTION:
        yield resource
        return
    properties = {**globals_, **resource.properties}
    yield Resource(resource.id, SAM_FUNCTION, properties, resource.path)
    alias = properties.get("AutoPublishAlias")
    if alias is not None:
        yield _alias(resource, properties, alias)
        if isinstance(alias, str):  # by the id that it gets, too, which other resources may refer to
            named = {"Name": alias, "FunctionName": {"Ref": resource.id}}
            yield Resource(f"{resource.id}Alias{alias}", ALIAS, named, resource.path)
    function = f"{resource.id}.Alias" if alias is not None else resource.id  # SAM's own name for it, in Ref
    events = properties.get("Events")
    for name, event in events.items() if isinstance(events, dict) else ():
        if isinstance(event, dict) and event.get("Type") == "Kinesis" and isinstance(event.get("Properties"), dict):
            mapped = {**event["Properties"], "FunctionName": {"Ref": function}}
            mapped["EventSourceArn"] = mapped.pop("Stream", None)
            yield Resource(f"{resource.id}{name}", MAPPING, mapped, f"{resource.path}.Events.{name}.Properties")


def _alias(resource: Resource, properties: Mapping[str, Any], alias: Any) -> Resource:
    known = {"Name": alias, "FunctionName": {"Ref": resource.id}}
    provisioned = properties.get("ProvisionedConcurrencyConfig")
    if provisioned is not None:
        known["ProvisionedConcurrencyConfig"] = provisioned
    return Resource(f"{resource.id}.Alias", ALIAS, known, resource.path)
