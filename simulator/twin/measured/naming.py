"""Which metric of what a series is: by --metric, a file of queries, or its label; and whose logs and keys are whose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from simulator.scenario.nodes import shortened
from simulator.twin.found import Finding, Remark, warning
from simulator.twin.measured.series import METRICS, KeyCounts, Metric, Of, Query, Raw, Reports, Series, usual_statistic

STATISTIC: Final = re.compile(r"\b(Sum|Average|Maximum|Minimum|SampleCount|p[0-9]{1,2}(?:\.[0-9]+)?)\b", re.IGNORECASE)
STATISTICS: Final = {each.lower(): each for each in ("Sum", "Average", "Maximum", "Minimum", "SampleCount")}

Names = Mapping[Of, Sequence[str]]  # of streams, of functions, and the UUIDs of mappings


def metric_of(text: str) -> Metric | None:
    """The metric that a text names: `Duration`, `Duration.Sum` or `Duration.Sum:bill`; None if it names none."""
    words, _, thing = text.partition(":")
    for name in sorted(METRICS, key=len, reverse=True):
        statistic = words.removeprefix(name).removeprefix(".")
        if words == name or (words.startswith(f"{name}.") and STATISTIC.fullmatch(statistic)):
            return Metric(name, STATISTICS.get(statistic.lower(), statistic), thing, METRICS[name])
    return None


def series(raws: Iterable[Raw], queries: Iterable[Query], given: Mapping[str, Metric], names: Names) -> list[Finding]:
    """The series whose metric and thing are known; warnings about the others."""
    asked = {each.id: each.metric for each in queries}
    found: list[Finding] = []
    shards: set[str] = set()
    for raw in raws:
        metric = given.get(raw.id) or asked.get(raw.id) or raw.metric or _by_label(raw.label)
        if metric is None:
            how = f"--metric {raw.id}=NAME tells it" if raw.id else "its label names none that is known"
            found.append(
                warning(f"{raw.place}: which metric '{shortened(raw.label or raw.id)}' is, is not known; {how}")
            )
        elif metric.of == "shard":
            shards.add(raw.place.file)
        elif metric.name in METRICS:
            found.append(_whose(raw, metric, names))
    found += [warning(f"{each}: metrics of single shards are not used") for each in sorted(shards)]
    return found


def _by_label(label: str) -> Metric | None:
    """The longest name of a metric in a label, and the statistic if there is one."""
    inside = [name for name in METRICS if re.search(rf"(?<![A-Za-z.]){re.escape(name)}(?![A-Za-z])", label)]
    if not inside:
        return None
    name = max(inside, key=len)
    statistic = STATISTIC.search(label.replace(name, " "))
    word = statistic[1] if statistic else ""
    return Metric(name, STATISTICS.get(word.lower(), word.lower()), "", METRICS[name])


def _whose(raw: Raw, metric: Metric, names: Names) -> Series | Remark:
    of = METRICS[metric.name]
    known = names.get(of, ())
    metric = metric._replace(statistic=metric.statistic or usual_statistic(metric.name), of=of)
    if metric.thing:
        return Series(metric, raw.points, raw.place)
    thing = _named_in(raw.label, known) or _named_in(PurePath(raw.place.file).name, known)
    if not thing and len(known) == 1:
        thing = known[0]
    if not thing:
        what = "a mapping" if of == "mapping" else f"a {of}"
        why = f"does not say of which {of} it is" if known else f"is of {what}, and there is none"
        return warning(f"{raw.place}: {metric.name} {why}; it is left out")
    return Series(metric._replace(thing=thing), raw.points, raw.place)


def _named_in(text: str, names: Sequence[str]) -> str:
    inside = [each for each in names if re.search(rf"(?<![A-Za-z0-9]){re.escape(each)}(?![A-Za-z0-9])", text)]
    return max(inside, key=len, default="")


def whose_logs(logs: Iterable[Reports], functions: Sequence[str]) -> list[Finding]:
    """The logs with their functions, by the file's name or the only one there is; warnings about the others."""
    found: list[Finding] = []
    for each in logs:
        name = _owner(each.place.file, functions)
        if name:
            found.append(replace(each, function=name))
        else:
            found.append(_nobodys(each.place.file, "function"))
    return found


def whose_keys(keys: Iterable[KeyCounts], streams: Sequence[str]) -> list[Finding]:
    """The same of partition keys and their streams."""
    found: list[Finding] = []
    for each in keys:
        name = _owner(each.place.file, streams)
        found.append(KeyCounts(name, each.counts, each.place) if name else _nobodys(each.place.file, "stream"))
    return found


def _owner(file: str, names: Sequence[str]) -> str:
    return _named_in(PurePath(file).name, names) or (names[0] if len(names) == 1 else "")


def _nobodys(file: str, what: str) -> Remark:
    return warning(f"{file}: does not say of which {what} it is; put the {what}'s name into the file's name")
