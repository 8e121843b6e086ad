"""`--set PATH=VALUE`: a scenario's tree with a value in place of what the file says.

A path is made of field names, of the names of streams, functions, producers and mappings, and of numbers counted from
0: `event_source_mappings.0.batch_size`, `event_source_mappings.enrich-clicks.batch_size`, `functions.enrich.memory`.
The end of a path stands for all fields of that end: `batch_size` is that of every mapping, `memory` that of every
function. The value is YAML; it is then checked exactly like the file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from simulator.scenario.aws_names import aws_hint
from simulator.scenario.document import UnparsableError, parse
from simulator.scenario.faults import Fault, ScenarioError
from simulator.scenario.forms import Forms, ListOf, MapOf, NoneOr, Tagged, Under
from simulator.scenario.kinds import Kind
from simulator.scenario.nodes import Entry, Group, Items, Mark, Node, Scalar
from simulator.scenario.place import Problem, UnknownPathError, did_you_mean
from simulator.scenario.plain import NoValueError, value_text
from simulator.scenario.records import Record
from simulator.scenario.short_names import dotted, full_paths
from simulator.scenario.spec import SCENARIO

Overrides = Mapping[str, Any] | Sequence[tuple[str, Any]]
Make = Callable[[Kind], Node]


def pairs(overrides: Overrides) -> list[tuple[str, str]]:
    """Overrides as a list of path and value as text, in their order; of Python's types, as YAML writes them.

    Raises ScenarioError for a value that no scenario has.
    """
    items = overrides.items() if isinstance(overrides, Mapping) else overrides
    return [(path, _text(path, value)) for path, value in items]


def _text(path: str, value: Any) -> str:
    try:
        return value_text(value)
    except NoValueError as error:
        fault = Fault(path=f"--set {path}", line=0, column=0, field="", message=f"the value {error}")
        raise ScenarioError([fault]) from None


def overridden(root: Node, overrides: Iterable[tuple[str, str]], problems: list[Problem]) -> Node:
    """The tree with all overrides made, the later winning. What cannot be made is appended to `problems`."""
    for path, text in overrides:
        mark = Mark(0, 0, f"--set {path}")
        try:
            value, places = parse(text, problems, mark.source), full_paths(root, path)
            if len(places) == 1:
                root = _placed(SCENARIO, root, places[0], _always(value), mark)
            else:
                root = overridden(root, [(each, text) for each in places], problems)  # each named in its faults
        except UnparsableError as error:
            problems.append(Problem(path, f"the value {error}", error.problem.hint, mark=mark))
        except UnknownPathError as error:
            problems.append(Problem(path, str(error), error.hint, mark=mark))
    return root


def kind_at(root: Node, path: str) -> Kind:
    """What may stand at a path. Raises UnknownPathError."""
    kinds: list[Kind] = []

    def note(kind: Kind) -> Node:
        kinds.append(kind)
        return root

    _placed(SCENARIO, root, dotted(path), note, Mark(0, 0))
    return kinds[0]


def _always(value: Node) -> Make:
    return lambda _: value


def _placed(kind: Kind, node: Node, path: str, value: Make, mark: Mark) -> Node:
    """`node`, which is of `kind`, with a value at `path` in it, made for the kind that is there."""
    if not path:
        return value(kind)
    match kind:
        case ListOf():
            return _in_list(kind, node, path, value, mark)
        case MapOf():
            return _in_map(kind, node, path, value, mark)
        case Record():
            return _in_record(kind, node, path, value, mark)
        case Under():
            return _in_group({kind.key: kind.kind}, node, path, value, mark)
        case NoneOr():
            return _placed(kind.group, _as_group(node, mark), path, value, mark)
        case Forms():
            return _in_form(kind, node, path, value, mark)
        case Tagged():
            return _placed(_tagged(kind, node), node, path, value, mark)
        case _:
            raise UnknownPathError(f"there is nothing below: '{path}' is too much", f"it is {kind.allowed}")


def _in_record(kind: Record, node: Node, path: str, value: Make, mark: Mark) -> Node:
    kinds = {name: each.kind for name, each in kind.fields.items()}
    return _in_group(kinds, node, path, value, mark)


def _in_group(kinds: Mapping[str, Kind], node: Node, path: str, value: Make, mark: Mark) -> Node:
    name, rest = _split(path, kinds)
    if name not in kinds:
        raise UnknownPathError("unknown field", aws_hint(name, kinds) or did_you_mean(name, kinds))
    return _with_part(_as_group(node, mark), name, kinds[name], rest, value, mark)


def _in_map(kind: MapOf, node: Node, path: str, value: Make, mark: Mark) -> Node:
    group = _as_group(node, mark)
    name, rest = _split(path, group.entries)
    if name not in group.entries:
        raise UnknownPathError(f"there is no '{name}'", did_you_mean(name, group.entries))
    return _with_part(group, name, kind.kind, rest, value, mark)


def _in_list(kind: ListOf, node: Node, path: str, value: Make, mark: Mark) -> Node:
    if not isinstance(node, Items) or not node.items:
        raise UnknownPathError("the list is empty")
    names = [_name(item, i) for i, item in enumerate(node.items)]
    name, rest = _split(path, names)
    index = names.index(name) if name in names else _index(name, names)
    changed = _placed(kind.kind, node.items[index], rest, value, mark)
    return Items((*node.items[:index], changed, *node.items[index + 1 :]), node.mark)


def _in_form(kind: Forms, node: Node, path: str, value: Make, mark: Mark) -> Node:
    """In the form that the path names, else in the one that the file has."""
    name, _ = _split(path, kind.groups)
    group = _as_group(node, mark)
    if name in kind.groups:
        return _placed(kind.groups[name], group if name in group.entries else Group(mark), path, value, mark)
    for key, form in kind.groups.items():
        if key in group.entries:
            return _placed(form, group, path, value, mark)
    raise UnknownPathError(f"there is no '{name}'", f"known: {', '.join(kind.groups)}")


def _tagged(kind: Tagged, node: Node) -> Record:
    tag = node.entries.get(kind.tag) if isinstance(node, Group) else None
    if tag is None or not isinstance(tag.node, Scalar) or tag.node.text not in kind.groups:
        raise UnknownPathError(f"its {kind.tag} is not known")
    return kind.groups[tag.node.text]


def _with_part(group: Group, name: str, kind: Kind, rest: str, value: Make, mark: Mark) -> Group:
    entry = group.entries.get(name, Entry(mark, Group(mark)))
    return group.with_entry(name, Entry(entry.key, _placed(kind, entry.node, rest, value, mark)))


def _as_group(node: Node, mark: Mark) -> Group:
    return node if isinstance(node, Group) else Group(mark)


def _split(path: str, known: Iterable[str]) -> tuple[str, str]:
    """The first name of a path and the rest; a known name may have dots in it."""
    for name in sorted(known, key=len, reverse=True):
        if path == name or path.startswith(f"{name}."):
            return name, path[len(name) + 1 :]
    first, _, rest = path.partition(".")
    return first, rest


def _index(text: str, names: Sequence[str]) -> int:
    if not text.isdecimal():
        raise UnknownPathError(f"there is no '{text}'", did_you_mean(text, names))
    if len(text) > 6 or int(text) >= len(names):
        raise UnknownPathError(f"there is no number {text}", f"allowed: 0 to {len(names) - 1}")
    return int(text)


def _name(item: Node, index: int) -> str:
    """The name of a producer, mapping or reader, given or by default."""
    if not isinstance(item, Group):
        return f"producer-{index + 1}"
    texts = {key: entry.node.text for key, entry in item.entries.items() if isinstance(entry.node, Scalar)}
    kind = "producer" if "rate" in item.entries else "reader"
    default = f"{texts['function']}-{texts.get('stream', '')}" if "function" in texts else f"{kind}-{index + 1}"
    return texts.get("name", default)
