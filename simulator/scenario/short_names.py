"""Short names of fields: `batch_size` is that of every mapping, `memory` that of every function.

The end of a path stands for the whole of it, as far as only one kind of thing has such a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from simulator.scenario.aws_names import aws_hint
from simulator.scenario.explain import all_fields
from simulator.scenario.forms import Forms, ListOf, MapOf, NoneOr, Tagged, Under
from simulator.scenario.kinds import Kind, ScalarKind
from simulator.scenario.nodes import Entry, Group, Items, Mark, Node, Scalar
from simulator.scenario.place import UnknownPathError, nearest
from simulator.scenario.records import Record
from simulator.scenario.spec import SCENARIO

NOTHING: Final = Group(Mark(0, 0))
MOST_TOLD: Final = 6  # paths in a message


class Found(NamedTuple):
    """A field of a scenario: its path, and the same without the names and numbers of things."""

    path: str
    field: str


def full_paths(root: Node, path: str) -> list[str]:
    """The paths that a path stands for: itself, if it begins at a field of the scenario, else all that end with it.

    Raises UnknownPathError, which names what was probably meant, or the kinds of field that a name leaves open.
    """
    path = dotted(path)
    first = path.partition(".")[0]
    of_scenario = first in SCENARIO.fields or not first
    if of_scenario and not _is_value(first, path):
        return [path]
    end = f".{path}"
    found = _topmost([each for each in fields_of(root) if each.field.endswith(end) or each.path.endswith(end)])
    kinds = list(dict.fromkeys(each.field for each in found))
    if len(kinds) > 1:
        firsts = [next(each.path for each in found if each.field == kind) for kind in kinds]
        more = f" and {len(firsts) - MOST_TOLD} more" if len(firsts) > MOST_TOLD else ""
        raise UnknownPathError(f"there are {len(kinds)} kinds of it", f"write {' or '.join(firsts[:MOST_TOLD])}{more}")
    if not found and of_scenario:
        return [path]
    if not found:
        raise _unknown(root, path, first)
    return [each.path for each in found]


def _is_value(first: str, path: str) -> bool:
    """Whether a path goes on below a field that is a single value, so that another is meant: duration.per_batch."""
    return "." in path and first in SCENARIO.fields and isinstance(SCENARIO.fields[first].kind, ScalarKind)


def dotted(path: str) -> str:
    """The path with its numbers between dots: event_source_mappings[0].batch_size may be written with brackets."""
    return re.sub(r"\[(\d+)\]", r".\1", path)


def fields_of(root: Node) -> Iterator[Found]:
    """All fields that the things of a scenario have, also those that it leaves out.

    Not those of its `search`, nor those of single requests, which are found by their full path only.
    """
    for each in _below(SCENARIO, root, Found("", "")):
        if not each.field.startswith(("search.", "streams.resharding.")):
            yield each


def _below(kind: Kind, node: Node | None, at: Found) -> Iterator[Found]:
    match kind, node:
        case Record(), _:
            for name, each in kind.fields.items():
                here = Found(f"{at.path}.{name}".lstrip("."), f"{at.field}.{name}".lstrip("."))
                yield here
                yield from _below(each.kind, _part(node, name), here)
        case ListOf(), Items():
            for i, item in enumerate(node.items):
                yield from _below(kind.kind, item, at._replace(path=f"{at.path}.{i}"))
        case MapOf(), Group():
            for name, entry in node.entries.items():
                yield from _below(kind.kind, entry.node, at._replace(path=f"{at.path}.{name}"))
        case NoneOr(), Group():
            yield from _below(kind.group, node, at)
        case Under() | Forms() | Tagged(), Group():
            yield from _in_form(kind, node, at)


def _in_form(kind: Under | Forms | Tagged, node: Group, at: Found) -> Iterator[Found]:
    """What the form has that is written, not what others would have."""
    match kind:
        case Under():
            here = Found(f"{at.path}.{kind.key}", f"{at.field}.{kind.key}")
            yield from _below(kind.kind, _part(node, kind.key), here)
        case Forms():
            for key, form in kind.groups.items():
                if key in node.entries:
                    yield from _below(form, node, at)
        case Tagged():
            tag = _part(node, kind.tag)
            if isinstance(tag, Scalar) and tag.text in kind.groups:
                yield from _below(kind.groups[tag.text], node, at._replace(field=f"{at.field}.{tag.text}"))


def _part(node: Node | None, name: str) -> Node | None:
    return node.entries.get(name, Entry(NOTHING.mark, NOTHING)).node if isinstance(node, Group) else None


def _topmost(found: list[Found]) -> list[Found]:
    """Without those within others: a producer's rate, and not the rate of each of its steps."""
    kinds = {each.field for each in found}
    return [each for each in found if not any(each.field.startswith(f"{kind}.") for kind in kinds)]


def _unknown(root: Node, path: str, first: str) -> UnknownPathError:
    parts = path.count(".") + 1
    known = {".".join(each.path.split(".")[-parts:]) for each in all_fields() if each.path.count(".") >= parts}
    if path in known:
        return UnknownPathError("the scenario has nothing with such a field")
    known |= {".".join(each.path.split(".")[-parts:]) for each in fields_of(root)}
    if hint := aws_hint(path):
        return UnknownPathError("unknown field", hint)
    close = nearest(path, sorted(known)) or nearest(first, SCENARIO.fields)
    return UnknownPathError("unknown field", f"did you mean '{close}'?" if close else "")
