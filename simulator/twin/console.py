"""What `import` says on the terminal: each field with its origin, grouped by how it is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final

import click

from simulator.scenario.nodes import shortened, visible
from simulator.twin.checking import Comparison
from simulator.twin.fields.field import Field, interval
from simulator.twin.imported import Imported

TITLES: Final = {
    "data": "from the files",
    "fitted": "fitted",
    "assumed": "assumed",
    "missing": "MISSING: the value is a guess; look at it before you believe a result",
}
LONGEST_VALUE: Final = 50


def table(imported: Imported) -> str:
    """The fields, and what is not modelled, as lines."""
    blocks = [_block(how, [each for each in imported.fields if each.how == how]) for how in TITLES]
    left_out = imported.told("not modelled")
    if left_out:
        blocks.append("\n".join(["not modelled, and left out", *(f"  {visible(each)}" for each in left_out)]))
    return "\n\n".join(each for each in blocks if each)


def _block(how: str, fields: Sequence[Field]) -> str:
    """The fields of a kind, under the names of what they are fields of."""
    lines = [TITLES[how]] if fields else []
    for group, of in groupby(fields, key=_group):
        rows = [(visible(each.name.removeprefix(f"{group}.")), _value(each), visible(each.source)) for each in of]
        first, second = (max(len(row[i]) for row in rows) for i in (0, 1))
        lines += [f"  {visible(group)}"] if group else []
        indent = "    " if group else "  "
        lines += [f"{indent}{name:<{first}}  {value:<{second}}  {source}" for name, value, source in rows]
    return "\n".join(lines)


def _group(field: Field) -> str:
    """The thing that a field is of, such as `streams.orders`; empty for the scenario itself."""
    things = 1 if field.path[0] == "account" else 2
    return ".".join(map(str, field.path[:things])) if len(field.path) > 1 else ""


def _value(field: Field) -> str:
    text = _text(field.value)
    return f"{text} ({interval(field)})" if field.how == "fitted" else text


def _plain(value: Any) -> str:
    """As a scenario has it, without quotes."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{name}: {_plain(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_plain, value)) + "]"
    return str(value)


def differences(found: Comparison, name: str) -> str:
    """In which fields a scenario differs from the files, a line each."""
    if not found.differences:
        return f"{visible(name)} says the same as the files, in {found.compared} fields"
    rows = [
        (visible(each.path), f"{_text(each.scenario)} here, {_text(each.files)} there", each)
        for each in found.differences
    ]
    first, second = (max(len(row[i]) for row in rows) for i in (0, 1))  # type: ignore[arg-type]
    lines = [f"  {path:<{first}}  {what:<{second}}  {visible(each.source)}".rstrip() for path, what, each in rows]
    return "\n".join([f"{visible(name)} differs from the files", *lines])


def differences_json(found: Comparison) -> str:
    """The same as JSON (docs/import.md)."""
    rows = [asdict(each) for each in found.differences]
    return json.dumps(
        {"schema_version": 1, "compared": found.compared, "differences": rows}, indent=2, ensure_ascii=False
    )


def _text(value: Any) -> str:
    return shortened(_plain(value), LONGEST_VALUE)


def remarks(texts: Sequence[str], word: str) -> None:
    """Print remarks on stderr, one a line."""
    for each in texts:
        click.echo(f"{word}: {visible(each)}", err=True)
