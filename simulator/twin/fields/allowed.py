"""Values that a source says and a scenario may not have: each is told, and the usual one stands in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any, Final

from simulator.scenario.faults import Fault, errors
from simulator.scenario.loading import examine_text
from simulator.scenario.place import joined
from simulator.twin.fields import functions, mappings, streams
from simulator.twin.fields.field import Field
from simulator.twin.found import Remark, warning
from simulator.twin.yaml_text import scenario_yaml

MOST_ROUNDS: Final = 5  # where one value is replaced, another may turn out to be wrong
ROWS: Final = (
    *streams.REST, streams.SHARDS, streams.MODE, *functions.ROWS, functions.RESERVE, *mappings.ROWS, mappings.POSITION,
)  # fmt: skip
USUAL: Final[dict[str, Any]] = {row.field: row.default for row in ROWS} | {
    "concurrency": 1000,
    "other_concurrency": 0,
    "provisioned_concurrency": 0,
}


def allowed_fields(fields: Sequence[Field]) -> tuple[list[Field], list[Remark]]:
    """The fields of a scenario that validates, and a warning for each value that was replaced or left out."""
    kept, remarks = list(fields), []
    for _ in range(MOST_ROUNDS):
        _, faults = examine_text(scenario_yaml(without_files(kept), ()), Path("imported.yaml"))
        refused = {each.field: each for each in errors(faults)}
        if not refused:
            break
        for each in list(kept):
            if fault := refused.get(_path(each)):
                instead = _instead(each, fault)
                remarks.append(warning(f"{each.name}: {fault.text} ({each.source})"))
                kept[kept.index(each) : kept.index(each) + 1] = instead
    return kept, remarks


def without_files(fields: Sequence[Field]) -> list[Field]:
    """The fields with what is in files that are not written yet replaced: those files are as they should be."""
    instead = {"trace": "1/s", "weights": "unique"}
    return [
        replace(each, path=each.path[:-1], value=instead[str(each.path[-1])]) if each.path[-1] in instead else each
        for each in fields
    ]


def _path(field: Field) -> str:
    """Its path as faults have it."""
    return reduce(joined, field.path, "")


def _instead(field: Field, fault: Fault) -> list[Field]:
    """The usual value, or nothing where that is what was refused."""
    usual = USUAL.get(str(field.path[-1]), field.value)
    if usual == field.value:
        return []
    return [replace(field, value=usual, how="missing", source=f"{field.source}: {field.value} {fault.message}")]
