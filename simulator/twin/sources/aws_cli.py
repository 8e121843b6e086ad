"""What the aws command line prints, of versions 1 and 2; each command is known by a field that only it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from simulator.twin.arns import ANY, function_name, stream_arn
from simulator.twin.found import Finding, Thing, warning
from simulator.twin.said import Place, Said
from simulator.twin.sources.csv_text import insights
from simulator.twin.sources.metrics import read_metric_data, read_metric_statistics
from simulator.twin.sources.settings import PlaceOf
from simulator.twin.sources.shards import shards
from simulator.twin.sources.things import consumer, mapping, provisioned, thing
from simulator.twin.values import text, whole

Output = Mapping[str, Any]
Read = Callable[[Output, Place], Iterator[Finding]]


def read(output: Output, place: Place) -> Iterator[Finding]:
    """The findings of an output that `is_output` knows."""
    yield from READERS[_known(output)](output, place)


def is_output(document: Any) -> bool:
    """Whether a document is the output of a command that is read."""
    return isinstance(document, dict) and _known(document) != ""


def continues(output: Output) -> str:
    """What the output is the field of, if there are further pages of it."""
    description = output.get("StreamDescription")
    more = isinstance(description, dict) and description.get("HasMoreShards") is True
    token = any(output.get(each) for each in ("NextToken", "NextMarker", "Marker"))
    return _known(output) if more or token else ""


def _known(output: Output) -> str:
    return next((field for field in READERS if isinstance(output.get(field), KINDS.get(field, list | dict))), "")


def _items(output: Output, field: str, place: Place) -> Iterator[tuple[Output, Place]]:
    items = output.get(field)
    for i, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield item, place.at(field, i)


def _mappings(output: Output, place: Place) -> Iterator[Finding]:
    for item, at in _items(output, "EventSourceMappings", place):
        yield from mapping(item, at.at)


def _mapping(output: Output, place: Place) -> Iterator[Finding]:
    yield from mapping(output, place.at)


def _functions(output: Output, place: Place) -> Iterator[Finding]:
    for item, at in _items(output, "Functions", place):
        yield from _configuration(item, at)


def _get_function(output: Output, place: Place) -> Iterator[Finding]:
    """The configuration, and the reserve beside it, which is absent where there is none."""
    configuration, concurrency = output["Configuration"], output.get("Concurrency") or {}
    if not isinstance(configuration, dict) or not isinstance(concurrency, dict):
        yield warning(f"{place}: is not as `aws lambda get-function` prints it")
        return
    at = place.at("Concurrency", "ReservedConcurrentExecutions")
    for each in _configuration(configuration, place.at("Configuration")):
        if isinstance(each, Thing):
            yield from _concurrency(concurrency, at, each.key[0])
        yield each


def _configuration(output: Output, place: Place) -> Iterator[Finding]:
    name = function_name(str(output.get("FunctionName") or output.get("FunctionArn") or ""))
    if name is None:
        yield warning(f"{place}: names no function")
        return
    yield from thing("function", (name.function,), output, place.at)


def _get_function_concurrency(output: Output, place: Place) -> Iterator[Finding]:
    yield from _concurrency(output, place.at("ReservedConcurrentExecutions"), "")


def _concurrency(output: Output, place: Place, function: str) -> Iterator[Finding]:
    try:
        units = output.get("ReservedConcurrentExecutions")
        reserve = None if units is None else whole(units)
    except (ValueError, OverflowError):
        yield warning(f"{place}: is no number of units")
        return
    yield _reserve(function, place, reserve)


def empty_concurrency(place: Place) -> Thing:
    """An empty file: what `aws lambda get-function-concurrency` prints of a function without a reserve."""
    where = place.at("empty: nothing is reserved")
    return _reserve("", where, None)


def _reserve(function: str, place: Place, units: int | None) -> Thing:
    """Of a function nothing but its reserve."""
    return Thing("function", (function,), place, {"ReservedConcurrentExecutions": Said(units, place)}, whole=False)


def _provisioned(output: Output, place: Place) -> Iterator[Finding]:
    if output["ProvisionedConcurrencyConfigs"] == []:
        where = place.at("ProvisionedConcurrencyConfigs")
        yield Thing("provisioned", ("", ANY), where, {"ProvisionedConcurrentExecutions": Said(0, where)})
    for item, at in _items(output, "ProvisionedConcurrencyConfigs", place):
        name = function_name(str(item.get("FunctionArn") or ""))
        if name is None or not name.qualifier:
            yield warning(f"{at}: names no version or alias of a function")
            continue
        field = "RequestedProvisionedConcurrentExecutions"
        if item.get("Status") == "FAILED":
            field = "AllocatedProvisionedConcurrentExecutions"
            yield warning(f"{at}: has failed; what is allocated of it counts")
        yield from provisioned(name, item.get(field), _always(at.at(field)))


def _always(place: Place) -> PlaceOf:
    return lambda _: place


def _account(output: Output, place: Place) -> Iterator[Finding]:
    limits = output["AccountLimit"] if isinstance(output["AccountLimit"], dict) else {}
    found = {}
    for name in ("ConcurrentExecutions", "UnreservedConcurrentExecutions"):
        at = place.at("AccountLimit", name)
        try:
            found[name] = Said(whole(limits.get(name)), at)
        except (ValueError, OverflowError):
            yield warning(f"{at}: is missing, or no number")
    yield Thing("account", (), place, found)


def _summary(output: Output, place: Place) -> Iterator[Finding]:
    yield from _stream(output["StreamDescriptionSummary"], place.at("StreamDescriptionSummary"))


def _description(output: Output, place: Place) -> Iterator[Finding]:
    at = place.at("StreamDescription")
    yield from _stream(output["StreamDescription"], at)
    if isinstance(output["StreamDescription"], dict):
        yield from _shards(output["StreamDescription"], at)


def _stream(description: Any, place: Place) -> Iterator[Finding]:
    name = _stream_name(description)
    if not name:
        yield warning(f"{place}: names no stream")
        return
    yield from thing("stream", (name,), description, place.at)


def _stream_name(description: Any) -> str:
    if not isinstance(description, dict):
        return ""
    try:
        return text(description.get("StreamName"))
    except ValueError:
        arn = stream_arn(str(description.get("StreamARN") or ""))
        return arn.stream if arn else ""


def _shards(output: Output, place: Place) -> Iterator[Finding]:
    yield from shards(_stream_name(output), _items(output, "Shards", place))


def _consumer(output: Output, place: Place) -> Iterator[Finding]:
    yield from _one_consumer(output["ConsumerDescription"], place.at("ConsumerDescription"))


def _consumers(output: Output, place: Place) -> Iterator[Finding]:
    for item, at in _items(output, "Consumers", place):
        yield from _one_consumer(item, at)


def _one_consumer(description: Any, place: Place) -> Iterator[Finding]:
    arn = stream_arn(str(description.get("ConsumerARN") or "")) if isinstance(description, dict) else None
    if arn is None or not arn.consumer:
        yield warning(f"{place}: names no consumer of a stream")
        return
    yield consumer(arn, place.at)


def _results(output: Output, place: Place) -> Iterator[Finding]:
    """What Logs Insights found: a list of fields and values for each line."""
    rows = [each for each in output["results"] if isinstance(each, list)] if isinstance(output["results"], list) else []
    fields = [[cell for cell in row if isinstance(cell, dict)] for row in rows]
    records = [{str(cell.get("field")).lower(): str(cell.get("value")) for cell in row} for row in fields]
    if any("@duration" in each for each in records):
        yield insights(records, place)


def _nothing(output: Output, place: Place) -> Iterator[Finding]:
    """An output of which nothing is needed."""
    yield from ()


READERS: Final[Mapping[str, Read]] = {  # by a field that no other of them has; those that others have come later
    "EventSourceMappings": _mappings,
    "StreamDescriptionSummary": _summary,
    "StreamDescription": _description,
    "ConsumerDescription": _consumer,
    "ProvisionedConcurrencyConfigs": _provisioned,
    "AccountLimit": _account,
    "MetricDataResults": read_metric_data,
    "Datapoints": read_metric_statistics,
    "results": _results,
    "StreamNames": _nothing,
    "ShardLimit": _nothing,
    "MinimumThroughputBillingCommitment": _nothing,
    "Consumers": _consumers,
    "Shards": _shards,
    "EventSourceArn": _mapping,
    "Functions": _functions,
    "Configuration": _get_function,
    "FunctionArn": _configuration,
    "ReservedConcurrentExecutions": _get_function_concurrency,
}
KINDS: Final = {"EventSourceArn": str, "FunctionArn": str, "ReservedConcurrentExecutions": int, "ShardLimit": int}
