"""A YAML document as a small tree in which each part knows where it was written."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

# The core schema of YAML 1.2, which editors go by; what is none of these is text.
Type = Literal["null", "boolean", "number", "string"]
NULLS = ("", "~", "null", "Null", "NULL")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NUMBER = re.compile(
    r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    r"|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the scenario file, counted from 1; or the command line's `--set PATH`, which is then the `source`."""

    line: int
    column: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it was written; `plain` tells 4 from "4"."""

    text: str
    mark: Mark
    plain: bool = True

    @property
    def type(self) -> Type:
        """What YAML takes it for: 4 is a number, "4" a string."""
        if not self.plain:
            return "string"
        if self.text in NULLS:
            return "null"
        if self.text in BOOLEANS:
            return "boolean"
        return "number" if NUMBER.fullmatch(self.text) else "string"

    @property
    def is_null(self) -> bool:
        """Whether nothing was written after the colon, or YAML's word for nothing."""
        return self.type == "null"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """A field's value and the place of its key."""

    key: Mark
    node: "Node"


@dataclass(frozen=True, slots=True)
class Group:
    """A mapping from the names of fields to their values, in the order written."""

    mark: Mark
    entries: dict[str, Entry] = field(default_factory=dict)

    def with_entry(self, name: str, entry: Entry) -> "Group":
        """This group with one field set."""
        return replace(self, entries={**self.entries, name: entry})


Node = Scalar | Items | Group


def shown(node: Node) -> str:
    """A node as a message shows it: short, on one line."""
    match node:
        case Scalar() if node.is_null:
            return "nothing"
        case Scalar(text=text, plain=plain):
            return shortened(text) if plain and text.isprintable() else f"'{shortened(text)}'"
        case Items():
            return "a list"
        case Group():
            return "a group of fields"


def shortened(text: str, longest: int = 60) -> str:
    """A text made safe to print on one line, the rest cut off."""
    return visible(text[:longest]) + "…" if len(text) > longest else visible(text)


def visible(text: str) -> str:
    """A text with what cannot be printed replaced: it might move the cursor, or hide what follows."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
