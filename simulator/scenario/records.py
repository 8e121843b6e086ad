"""Groups of fields, each described by a dataclass whose annotations carry every field's kind and documentation."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args, get_origin

from simulator.scenario.aws_names import aws_hint
from simulator.scenario.csvfiles import Column, read_columns
from simulator.scenario.kinds import Kind, Schema
from simulator.scenario.nodes import Group, Node, Scalar, shown
from simulator.scenario.place import UNREADABLE, Place, did_you_mean, nearest

REQUIRED: Any = dataclasses.MISSING


@dataclass(frozen=True, slots=True)
class Doc:
    """What a user should know of a field.

    aws: AWS's own limit or default, where it has one. source: where AWS documents it; "assumption" where AWS documents
    nothing. default: the default in words, where it depends on other fields.
    """

    text: str
    aws: str = ""
    source: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A field of a dataclass with its kind and its documentation."""

    name: str  # in YAML
    attribute: str  # in Python
    kind: Kind
    doc: Doc
    default: Any

    @property
    def required(self) -> bool:
        """Whether the file must give it."""
        return self.default is REQUIRED

    @property
    def default_text(self) -> str:
        """The default as a user would write it, or in words."""
        if self.required or self.doc.default:
            return self.doc.default or "none, it is required"
        if isinstance(self.kind, Record):
            return "its fields' defaults"
        return str(self.kind.write(self.default, Path())) or "empty"

    def schema(self, definitions: Schema) -> Schema:
        """The field's kind as JSON Schema, with its documentation."""
        aws = f" AWS: {self.doc.aws}." if self.doc.aws else ""
        default = {} if self.required or self.doc.default else {"default": self.kind.write(self.default, Path())}
        description = f"{self.doc.text} Allowed: {self.kind.allowed}. Default: {self.default_text}.{aws}"
        return {**self.kind.schema(definitions), "description": description, **default}


class Amount(Kind):
    """Holds the place of the unit in a class that serves durations and sizes alike."""

    allowed: ClassVar[str] = "an amount"

    def read(self, node: Node, place: Place) -> Any:
        raise NotImplementedError

    write = schema = accepts = read  # type: ignore[assignment]


@cache
def described(cls: type) -> Mapping[str, Described]:
    """The fields of a dataclass that a user can write, by their name in YAML."""
    found = {}
    for each in dataclasses.fields(cls):
        metadata = get_args(each.type)[1:] if get_origin(each.type) is Annotated else ()
        kind = next((item for item in metadata if isinstance(item, Kind)), None)
        if kind is not None:
            doc = next((item for item in metadata if isinstance(item, Doc)), Doc(""))
            name = each.name.rstrip("_")
            found[name] = Described(name, each.name, kind, doc, _default(each))
    return found


@cache
def columns(cls: type) -> Mapping[str, Column]:
    """The fields of a dataclass that are filled from a CSV file."""
    annotated = {each.name: get_args(each.type)[1:] for each in dataclasses.fields(cls)}
    return {name: item for name, metadata in annotated.items() for item in metadata if isinstance(item, Column)}


def _default(each: "dataclasses.Field[Any]") -> Any:
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    return each.default


@dataclass(frozen=True)
class Record(Kind):
    """A group of fields, as a dataclass describes them."""

    cls: type
    amount: Kind | None = None  # what its amounts are: durations or sizes
    either: tuple[str, ...] = ()  # fields of which just one is given
    tag: str = ""  # the field that told this group from others of its list, already read
    unless: tuple[str, Mapping[str, str | None]] | None = None  # a field, required unless another has a value, or any

    @property
    def allowed(self) -> str:
        return f"a group with {', '.join(self.fields)}"

    @property
    def fields(self) -> dict[str, Described]:
        """The fields by their name in YAML, with their kinds."""
        return {name: self._with_amount(each) for name, each in described(self.cls).items()}

    def _with_amount(self, each: Described) -> Described:
        if self.amount and isinstance(each.kind, Amount):
            return dataclasses.replace(each, kind=self.amount)
        return each

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Group):
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {self.allowed}")
        unknown = self._refuse_unknown(node, place)
        self._check_either(node, place)
        values = {each.attribute: self._value(each, node, place, unknown) for each in self.fields.values()}
        return self.cls(**values, **self._from_files(values, place))

    def _refuse_unknown(self, node: Group, place: Place) -> set[str]:
        """Report the fields that are not known; the names that were probably meant."""
        meant = set()
        tags = (self.tag,) if self.tag else ()
        for name, entry in node.entries.items():
            if name not in self.fields and name not in tags:
                missing = [known for known in self.fields if known not in node.entries]
                hint = aws_hint(name, self.fields) or did_you_mean(
                    name, missing if nearest(name, missing) else self.fields
                )
                place.at(name, entry.key).refuse(entry.key, "unknown field", hint)
                meant.add(nearest(name, missing))
        return meant

    def _check_either(self, node: Group, place: Place) -> None:
        given = [name for name in self.either if name in node.entries]
        if self.either and len(given) != 1:
            place.refuse(
                node.mark, f"{' and '.join(given) or 'nothing'} given; allowed: just one of {', '.join(self.either)}"
            )

    def _value(self, each: Described, node: Group, place: Place, meant: set[str]) -> Any:
        entry = node.entries.get(each.name)
        if entry is not None:
            return each.kind.read(entry.node, place.at(each.name, entry.node.mark))
        if not each.required and not self._needs(each.name, node):
            return each.default
        if each.name in meant:
            return UNREADABLE
        return place.at(each.name, node.mark).refuse(node.mark, f"is missing; it is required: {each.kind.allowed}")

    def _needs(self, name: str, node: Group) -> bool:
        """Whether a field that has a default is required all the same."""
        if self.unless is None or self.unless[0] != name:
            return False
        return not any(_has(node, other, value) for other, value in self.unless[1].items())

    def _from_files(self, values: Mapping[str, Any], place: Place) -> dict[str, Any]:
        wanted = columns(self.cls)
        return read_columns(wanted, values, place) if wanted else {}

    def write(self, value: Any, folder: Path) -> dict[str, Any]:
        given = {name: (each.kind, getattr(value, each.attribute)) for name, each in self.fields.items()}
        left = [name for name in self.either if given[name][1] == described(self.cls)[name].default]
        unused = left[:1] if len(left) == len(self.either) else left
        return {name: kind.write(part, folder) for name, (kind, part) in given.items() if name not in unused}

    def schema(self, definitions: Schema) -> Schema:
        name = self.cls.__name__ + (f"Of{type(self.amount).__name__}s" if self.amount else "")
        if name not in definitions:
            definitions[name] = {}  # keeps its place
            definitions[name] = self._definition(definitions)
        return {"$ref": f"#/$defs/{name}"}

    def _definition(self, definitions: Schema) -> Schema:
        properties = {name: each.schema(definitions) for name, each in self.fields.items()}
        tag = {self.tag: {"const": self.cls.__name__.lower()}} if self.tag else {}
        needed = [*tag, *(name for name, each in self.fields.items() if each.required)]
        return {
            "type": "object",
            "description": (self.cls.__doc__ or "").partition("\n\n")[0],
            "properties": {**tag, **properties},
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
            **({"oneOf": [{"required": [name]} for name in self.either]} if self.either else {}),
            **self._schema_unless(),
        }

    def _schema_unless(self) -> Schema:
        if self.unless is None:
            return {}
        name, others = self.unless
        given = [_schema_of(other, value) for other, value in others.items()]
        return {"if": {"anyOf": given}, "then": {}, "else": {"required": [name]}}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, self.cls)


def _has(node: Group, name: str, value: str | None) -> bool:
    """Whether a group gives a field, with a value or with any."""
    entry = node.entries.get(name)
    if entry is None or value is None:
        return entry is not None
    return isinstance(entry.node, Scalar) and entry.node.text == value


def _schema_of(name: str, value: str | None) -> Schema:
    return {"required": [name], **({} if value is None else {"properties": {name: {"const": value}}})}
