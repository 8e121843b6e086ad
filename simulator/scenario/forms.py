"""The kinds that hold other kinds: lists, maps by name, and fields with several forms."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.scenario.kinds import Kind, ScalarKind, Schema
from simulator.scenario.names import Name
from simulator.scenario.nodes import Entry, Group, Items, Node, Scalar, shown
from simulator.scenario.place import UNREADABLE, Place, did_you_mean
from simulator.scenario.records import Record


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of one kind, a tuple in Python; of any length, or of one."""

    kind: Kind
    exactly: int | None = None

    @property
    def unit(self) -> str:  # type: ignore[override]
        return self.kind.unit

    @property
    def allowed(self) -> str:
        return f"a list{self._length}, each item {self.kind.allowed}"

    @property
    def _length(self) -> str:
        return "" if self.exactly is None else f" of {self.exactly}"

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Items):
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: a list{self._length}")
        if self.exactly is not None and len(node.items) != self.exactly:
            return place.refuse(node.mark, f"{len(node.items)} items are given; allowed: a list{self._length}")
        return tuple(self.kind.read(item, place.at(i, item.mark)) for i, item in enumerate(node.items))

    def write(self, value: Any, folder: Path) -> list[Any]:
        return [self.kind.write(item, folder) for item in value]

    def schema(self, definitions: Schema) -> Schema:
        length = {} if self.exactly is None else {"minItems": self.exactly, "maxItems": self.exactly}
        return {"type": "array", "items": self.kind.schema(definitions), **length}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, tuple)


@dataclass(frozen=True)
class MapOf(Kind):
    """A group whose keys are names that the user chooses."""

    name: Name
    kind: Kind
    least: int = 0

    @property
    def allowed(self) -> str:
        return f"names, each with {self.kind.allowed}"

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Group):
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {self.allowed}")
        if len(node.entries) < self.least:
            return place.refuse(node.mark, f"is empty; allowed: at least {self.least}")
        return {name: self._item(name, entry, place) for name, entry in node.entries.items()}

    def _item(self, name: str, entry: Entry, place: Place) -> Any:
        below = place.at(name, entry.key)
        self.name.read(Scalar(name, entry.key, plain=False), below)
        return self.kind.read(entry.node, below)

    def write(self, value: Any, folder: Path) -> dict[str, Any]:
        return {name: self.kind.write(item, folder) for name, item in value.items()}

    def schema(self, definitions: Schema) -> Schema:
        return {
            "type": "object",
            "propertyNames": self.name.schema(definitions),
            "additionalProperties": self.kind.schema(definitions),
            "minProperties": self.least,
        }

    def accepts(self, value: Any) -> bool:
        return isinstance(value, dict)


@dataclass(frozen=True)
class TableOf(Kind):
    """A group whose keys are values as well, as of memory sizes."""

    key: ScalarKind
    kind: Kind

    @property
    def unit(self) -> str:  # type: ignore[override]
        return self.kind.unit

    @property
    def allowed(self) -> str:
        return f"a group, each name {self.key.allowed}, each value {self.kind.allowed}"

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Group):
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {self.allowed}")
        table: dict[Any, Any] = {}
        for name, entry in node.entries.items():
            below = place.at(name, entry.key)
            key = self.key.read(Scalar(name, entry.key, plain=False), below)
            if key is not UNREADABLE and key in table:
                below.refuse(entry.key, "is given twice")
            table[key] = self.kind.read(entry.node, below)
        return table

    def write(self, value: Any, folder: Path) -> dict[Any, Any]:
        return {self.key.write(key, folder): self.kind.write(item, folder) for key, item in value.items()}

    def schema(self, definitions: Schema) -> Schema:
        return {
            "type": "object",
            "propertyNames": self.key.schema(definitions),
            "additionalProperties": self.kind.schema(definitions),
        }

    def accepts(self, value: Any) -> bool:
        return isinstance(value, dict)


@dataclass(frozen=True)
class Under(Kind):
    """A group with a single field whose value is all there is, as `{uniform: {low, high}}`."""

    key: str
    kind: Kind

    @property
    def allowed(self) -> str:
        return f"{{{self.key}: {self.kind.allowed}}}"

    def read(self, node: Node, place: Place) -> Any:
        assert isinstance(node, Group)  # Forms has looked
        for name, entry in node.entries.items():
            if name != self.key:
                place.at(name, entry.key).refuse(entry.key, "unknown field", f"known: {self.key}")
        inner = node.entries[self.key].node
        return self.kind.read(inner, place.at(self.key, inner.mark))

    def write(self, value: Any, folder: Path) -> dict[str, Any]:
        return {self.key: self.kind.write(value, folder)}

    def schema(self, definitions: Schema) -> Schema:
        inner = {self.key: self.kind.schema(definitions)}
        return {"type": "object", "properties": inner, "required": [self.key], "additionalProperties": False}

    def accepts(self, value: Any) -> bool:
        return self.kind.accepts(value)


@dataclass(frozen=True)
class Forms(Kind):
    """A single value, or a group that is told from others by a key that only it has."""

    single: ScalarKind | None
    groups: Mapping[str, Kind] = field(hash=False)

    @property
    def unit(self) -> str:  # type: ignore[override]
        return self.single.unit if self.single else ""

    @property
    def allowed(self) -> str:
        groups = [f"{{{key}: …}}" for key in self.groups]
        return " or ".join(([self.single.allowed] if self.single else []) + [", ".join(groups)])

    def read(self, node: Node, place: Place) -> Any:
        if self.single and isinstance(node, Scalar) and not node.is_null:
            return self.single.read_as(self.allowed, node, place)
        if not isinstance(node, Group):
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {self.allowed}")
        for key, kind in self.groups.items():
            if key in node.entries:
                return kind.read(node, place)
        return self._refuse_keys(node, place)

    def _refuse_keys(self, node: Group, place: Place) -> Any:
        for name, entry in node.entries.items():
            hint = did_you_mean(name, self.groups)
            return place.at(name, entry.key).refuse(entry.key, "unknown field", hint)
        return place.refuse(node.mark, f"an empty group is given; allowed: {self.allowed}")

    def write(self, value: Any, folder: Path) -> Any:
        kinds = ([self.single] if self.single else []) + list(self.groups.values())
        return next(kind for kind in kinds if kind.accepts(value)).write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        kinds = ([self.single] if self.single else []) + list(self.groups.values())
        return {"anyOf": [kind.schema(definitions) for kind in kinds]}

    def accepts(self, value: Any) -> bool:
        return any(kind.accepts(value) for kind in self.groups.values())


@dataclass(frozen=True)
class NoneOr(Kind):
    """A group that may be left out, or called `none`."""

    group: Record

    @property
    def allowed(self) -> str:
        return f"none or {self.group.allowed}"

    def read(self, node: Node, place: Place) -> Any:
        return None if isinstance(node, Scalar) and node.text == "none" else self.group.read(node, place)

    def write(self, value: Any, folder: Path) -> Any:
        return "none" if value is None else self.group.write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [{"const": "none"}, self.group.schema(definitions)]}

    def accepts(self, value: Any) -> bool:
        return value is None or self.group.accepts(value)


@dataclass(frozen=True)
class Tagged(Kind):
    """A group whose field `tag` says which of several groups it is."""

    tag: str
    groups: Mapping[str, Record] = field(hash=False)

    @property
    def allowed(self) -> str:
        return f"a group with {self.tag}: {' or '.join(self.groups)}"

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Group):
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {self.allowed}")
        if self.tag not in node.entries:
            return place.refuse(node.mark, f"{self.tag} is missing; allowed: {', '.join(self.groups)}")
        tag = node.entries[self.tag].node
        if not isinstance(tag, Scalar) or tag.text not in self.groups:
            hint = did_you_mean(shown(tag), self.groups)
            return place.at(self.tag, tag.mark).refuse(tag.mark, f"{shown(tag)} is not known", hint)
        return self._tagged(tag.text).read(node, place)

    def write(self, value: Any, folder: Path) -> dict[str, Any]:
        name, kind = next((name, kind) for name, kind in self.groups.items() if kind.accepts(value))
        return {self.tag: name, **kind.write(value, folder)}

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [self._tagged(name).schema(definitions) for name in self.groups]}

    def _tagged(self, name: str) -> Record:
        return dataclasses.replace(self.groups[name], tag=self.tag)

    def accepts(self, value: Any) -> bool:
        return any(kind.accepts(value) for kind in self.groups.values())
