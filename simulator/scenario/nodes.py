"""A YAML document as a small tree in which each part knows where it was written."""

from dataclasses import dataclass, field, replace


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
    def is_null(self) -> bool:
        """Whether nothing was written after the colon, or YAML's word for nothing."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


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
    """A text made safe to print on one line: control characters replaced, the rest cut off."""
    safe = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:longest])
    return safe + "…" if len(text) > longest else safe
