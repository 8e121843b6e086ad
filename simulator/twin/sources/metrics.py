"""Metrics as JSON: get-metric-data, its file of queries, and get-metric-statistics."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulator.scenario.nodes import shortened
from simulator.twin.found import Finding, warning
from simulator.twin.measured.series import METRICS, Metric, Of, Query, Raw
from simulator.twin.said import Place
from simulator.twin.values import instant

MOST_POINTS: Final = 1_000_000
OF: Final[Mapping[str, Of]] = {
    "StreamName": "stream", "FunctionName": "function", "EventSourceMappingUUID": "mapping", "ShardId": "shard",
}  # fmt: skip
EARLIEST, LATEST = 1_000_000_000, 10_000_000_000  # of times, in seconds since 1970: from 2001 to 2286
ASKED: Final = {"MetricStat", "Expression"}
STATISTICS: Final = ("Sum", "Average", "Maximum", "Minimum", "SampleCount")


def is_queries(document: Any) -> bool:
    """Whether a document is a file of queries of get-metric-data."""
    queries = _queries(document)
    said = [each for each in queries if isinstance(each, dict) and "Id" in each and each.keys() & ASKED]
    return bool(queries) and len(said) == len(queries)


def _queries(document: Any) -> list[Any]:
    found = document.get("MetricDataQueries") if isinstance(document, dict) else document
    return found if isinstance(found, list) else []


def read_queries(document: Any, place: Place) -> Iterator[Finding]:
    """What each Id stands for; expressions are passed over."""
    for each in _queries(document):
        about = each.get("MetricStat")
        metric = about.get("Metric") if isinstance(about, dict) else None
        if isinstance(about, dict) and isinstance(metric, dict):
            yield Query(str(each["Id"]), _metric(metric, str(about.get("Stat") or "")))


def _metric(metric: Mapping[str, Any], statistic: str) -> Metric:
    name = str(metric.get("MetricName"))
    dimensions = {
        str(each.get("Name")): str(each.get("Value"))
        for each in _list(metric.get("Dimensions"))
        if isinstance(each, dict)
    }
    if "ShardId" in dimensions:
        return Metric(name, statistic, dimensions["ShardId"], "shard")
    for dimension, of in OF.items():
        if dimension in dimensions:
            return Metric(name, statistic, dimensions[dimension], of)
    return Metric(name, statistic, "", METRICS.get(name, ""))


def read_metric_data(output: Mapping[str, Any], place: Place) -> Iterator[Finding]:
    """Each result; one of which a part is missing says so."""
    for i, each in enumerate(_list(output["MetricDataResults"])):
        if not isinstance(each, dict):
            continue
        at = place.at("MetricDataResults", i)
        times, values = _list(each.get("Timestamps")), _list(each.get("Values"))
        if len(times) != len(values):
            yield warning(f"{at}: has {len(times)} times and {len(values)} values; it is left out")
            continue
        if each.get("StatusCode") == "PartialData" and not output.get("NextToken"):
            yield warning(f"{at}: only a part of the data (StatusCode PartialData)")
        yield from _raw(str(each.get("Id") or ""), str(each.get("Label") or ""), zip(times, values, strict=True), at)


def read_metric_statistics(output: Mapping[str, Any], place: Place) -> Iterator[Finding]:
    """A series for each statistic that the points have; they come in no order."""
    label = str(output.get("Label") or "")
    points = [each for each in _list(output["Datapoints"]) if isinstance(each, dict)]
    extended = [name for each in points for name in _group(each.get("ExtendedStatistics"))]
    for statistic in dict.fromkeys([*STATISTICS, *extended]):
        pairs = [(each.get("Timestamp"), _value(each, statistic)) for each in points]
        told = [(time, value) for time, value in pairs if value is not None]
        if told:
            metric = Metric(label, statistic, "", METRICS.get(label, ""))
            yield from _raw("", label, iter(told), place.at("Datapoints", statistic), metric)


def _value(point: Mapping[str, Any], statistic: str) -> Any:
    return point.get(statistic, _group(point.get("ExtendedStatistics")).get(statistic))


def _raw(
    id_: str, label: str, pairs: Iterator[tuple[Any, Any]], place: Place, metric: Metric | None = None
) -> Iterator[Finding]:
    try:
        points = {_time(time): _number(value) for time, value in pairs}
    except ValueError:
        yield warning(f"{place}: {shortened(label or id_)}: has a time or value that is none; it is left out")
        return
    yield Raw(id_, label, points, place, metric)  # one without points tells that there was nothing to count


def _time(value: Any) -> int:
    time = round(instant(value).timestamp())
    if not EARLIEST <= time <= LATEST:
        raise ValueError
    return time


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf or value > 1e15:
        raise ValueError
    return float(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _group(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
