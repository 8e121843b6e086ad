"""Whether a scenario still says what the files say: its settings, field by field, and what was fitted by interval.

Load, keys, cold starts and failures are not compared: a scenario asks what if of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.scenario.expectations import mean
from simulator.scenario.loading import examine_text
from simulator.scenario.spec import SCENARIO, Scenario
from simulator.scenario.units import parse_duration
from simulator.twin.fields.allowed import without_files
from simulator.twin.fields.field import Field
from simulator.twin.imported import Imported
from simulator.twin.yaml_text import scenario_yaml

COMPARED: Final = ("account", "streams", "functions", "event_source_mappings")
MEASURED: Final = ("cold_start", "failures")
ABSENT: Final = "not there"
IDENTITY: Final = ("stream", "function", "consumer")  # of a mapping


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the scenario has otherwise than the files; `source`: the file and place."""

    path: str
    scenario: Any
    files: Any
    source: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many fields were compared, and those that differ."""

    compared: int
    differences: list[Difference]


def comparison(scenario: Scenario, imported: Imported) -> Comparison:
    """A scenario beside what the files say; what these do not say is not compared."""
    made, _ = examine_text(scenario_yaml(without_files(imported.fields), ()), Path("imported.yaml"))
    if made is None:
        raise AssertionError("what is imported validates")
    theirs, ours = (dict(SCENARIO.write(each, Path())) for each in (scenario, made))
    places = _places(theirs, ours)
    compared = [each for each in imported.fields if _is_compared(each)]
    found = [difference for each in compared for difference in _compared(each, scenario, theirs, ours, places)]
    return Comparison(len(compared), [*dict.fromkeys(found), *_more(theirs, ours)])


def _is_compared(field: Field) -> bool:
    if field.how == "fitted":
        return True
    return field.how == "data" and field.path[0] in COMPARED and not set(MEASURED) & set(field.path[2:3])


def _identity(mapping: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(mapping[each] for each in IDENTITY)


def _places(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[int, int]:
    """Where the scenario has each mapping of the files."""
    known = {_identity(each): i for i, each in enumerate(theirs["event_source_mappings"])}
    mappings = enumerate(ours["event_source_mappings"])
    return {i: known[_identity(each)] for i, each in mappings if _identity(each) in known}


def _compared(
    field: Field, scenario: Scenario, theirs: Mapping[str, Any], ours: Mapping[str, Any], places: Mapping[int, int]
) -> Iterator[Difference]:
    path = field.path
    if path[0] == "event_source_mappings":
        if path[1] not in places:
            name = ours["event_source_mappings"][path[1]]["name"]
            yield Difference(f"event_source_mappings.{name}", ABSENT, "there", field.source.partition(": ")[0])
            return
        path = (path[0], places[int(path[1])], *path[2:])
    elif len(path) > 2 and path[1] not in theirs[str(path[0])]:
        yield Difference(f"{path[0]}.{path[1]}", ABSENT, "there", field.source.partition(": ")[0])
        return
    if field.how == "fitted":
        yield from _fitted(field, scenario)
        return
    mine, other = _value(theirs, path), _value(ours, field.path)
    if mine != other:
        yield Difference(".".join(map(str, path)), mine, other, field.source)


def _fitted(field: Field, scenario: Scenario) -> Iterator[Difference]:
    """The mean of what the scenario has is within the interval, or differs."""
    _, name, _, part = field.path
    mine = mean(getattr(scenario.functions[str(name)].duration, str(part)))
    if not parse_duration(field.low) <= mine <= parse_duration(field.high):
        yield Difference(field.name, f"{mine:.4g}s", f"{field.low} to {field.high}", field.source)


def _value(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if not isinstance(document, dict | list):
            return document
        document = document[step]  # type: ignore[index]
    return document


def _more(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[Difference]:
    """What the scenario has and the files have not."""
    for kind in ("streams", "functions"):
        for name in theirs[kind]:
            if name not in ours[kind]:
                yield Difference(f"{kind}.{name}", "there", ABSENT, "")
    known = {_identity(each) for each in ours["event_source_mappings"]}
    for each in theirs["event_source_mappings"]:
        if _identity(each) not in known:
            yield Difference(f"event_source_mappings.{each['name']}", "there", ABSENT, "")
