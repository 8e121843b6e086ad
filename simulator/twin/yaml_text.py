"""Fields as the YAML of a scenario, each with a comment that says where it comes from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from simulator.scenario.nodes import visible
from simulator.twin.fields.field import Field, interval

WORDS: Final = {"assumed": "assumed", "missing": "MISSING"}
LONGEST: Final = 400  # characters of a comment


def document(fields: Iterable[Field]) -> dict[str, Any]:
    """The scenario as plain data."""
    root: dict[str, Any] = {}
    for each in fields:
        _set(root, each, dict, list)
    return root


def scenario_yaml(fields: Sequence[Field], files: Sequence[str]) -> str:
    """The scenario as text."""
    root = CommentedMap()
    for each in fields:
        holder, key = _set(root, each, CommentedMap, CommentedSeq)
        holder.yaml_add_eol_comment(comment(each), key, column=0)
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(root, stream)
    return "".join(f"# {line}\n" for line in _head(files)) + "\n" + stream.getvalue()


def comment(field: Field) -> str:
    """Where a field comes from, on one line."""
    text = f"{WORDS[field.how]}: {field.source}" if field.how in WORDS else field.source
    if field.how == "fitted":
        text = f"fitted, {interval(field)}: {field.source}"
    return visible(text)[:LONGEST]


def _head(files: Sequence[str]) -> list[str]:
    shown = [visible(each)[:LONGEST] for each in files[:20]]
    more = [f"  and {len(files) - 20} more"] if len(files) > 20 else []
    return [
        "Made by shardsim import of:",
        *(f"  {each}" for each in shown),
        *more,
        "Behind each field: the file and the place that it comes from, or that it is assumed, or MISSING.",
        "What is not written here has the default that `shardsim explain FIELD` tells.",
    ]


def _rows(items: list[Any]) -> CommentedSeq:
    """A list, each item of it on a line."""
    found = CommentedSeq()
    for each in items:
        if isinstance(each, list):
            row = CommentedSeq(each)
            row.fa.set_flow_style()
            found.append(row)
        else:
            found.append(each)
    return found


def _set(root: Any, field: Field, group: type[Any], items: type[Any]) -> tuple[Any, Any]:
    """Put a field into its place, in groups and lists that are made for it; where it has been put."""
    holder = root
    for step, following in zip(field.path, field.path[1:], strict=False):
        new = items if isinstance(following, int) else group
        if isinstance(step, int):
            while len(holder) <= step:
                holder.append(new())
        elif step not in holder:
            holder[step] = new()
        holder = holder[step]
    holder[field.path[-1]] = (
        _rows(field.value) if items is CommentedSeq and isinstance(field.value, list) else field.value
    )
    return holder, field.path[-1]
