"""The kinds of value a field may have: how each is read, written back, described, and checked by an editor.

A kind is the single definition of its fields' validation: `read` turns a node into a value or notes what is wrong,
`write` turns a value back into YAML, `schema` is the same rule as JSON Schema, and `allowed` is the rule in words.
"""

import os.path
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from simulator.scenario.nodes import BOOLEANS, Node, Scalar, Type, shortened, shown
from simulator.scenario.place import Place, did_you_mean

Schema = dict[str, Any]
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # part of a class of letters: all but tab and the ends of lines


class Kind(ABC):
    """A kind of value."""

    unit: ClassVar[str] = ""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What is allowed, in words."""

    @abstractmethod
    def read(self, node: Node, place: Place) -> Any:
        """The value of a node; what is wrong is noted at `place`, and then the value is UNREADABLE."""

    @abstractmethod
    def write(self, value: Any, folder: Path) -> Any:
        """The value as plain YAML data, files relative to `folder`."""

    @abstractmethod
    def schema(self, definitions: Schema) -> Schema:
        """What is allowed, as JSON Schema; groups are put into `definitions`, and then referred to."""

    @abstractmethod
    def accepts(self, value: Any) -> bool:
        """Whether `value` could have come from this kind: tells the forms of a field apart when writing."""


class UnfitError(Exception):
    """A text that is no value of a kind, because it `is ...`."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.hint = hint


class ScalarKind(Kind):
    """A kind written as a single value: as text, unless it says another type."""

    type: ClassVar[Type] = "string"

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value of a text. Raises UnfitError."""

    def takes(self, text: str, type_: Type) -> bool:
        """Whether the value of a text may be written as that type: other readers of YAML go by the type."""
        return type_ == self.type

    def read(self, node: Node, place: Place) -> Any:
        return self.read_as(self.allowed, node, place)

    def read_as(self, allowed: str, node: Node, place: Place) -> Any:
        """As `read`, where more is allowed than this kind."""
        if not isinstance(node, Scalar) or node.is_null:
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {allowed}")
        try:
            value = self.parse(node.text)
            if self.takes(node.text, node.type):
                return value
            raise _of_another_type(node)
        except UnfitError as unfit:
            return place.refuse(node.mark, f"{shown(node)} {unfit}; allowed: {allowed}", unfit.hint)

    def write(self, value: Any, folder: Path) -> Any:
        return value


def _of_another_type(node: Scalar) -> UnfitError:
    if node.type == "string":
        return UnfitError("is text", f"write {shortened(node.text)} without quotes")
    what = "a number" if node.type == "number" else "true or false"
    return UnfitError(f"is {what} in YAML", f"write '{shortened(node.text)}' in quotes")


@dataclass(frozen=True)
class Text(ScalarKind):
    """Free text, of several lines if need be."""

    longest: int = 10_000
    allowed: ClassVar[str] = "text"

    def parse(self, text: str) -> str:
        if len(text) > self.longest:
            raise UnfitError(f"is longer than {self.longest} characters")
        if re.search(f"[{CONTROL}]", text):
            raise UnfitError("holds a control character")
        return text

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "maxLength": self.longest, "pattern": f"^[^{CONTROL}]*$"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)


@dataclass(frozen=True)
class Reference(ScalarKind):
    """The name of a stream or a function of the scenario."""

    section: str

    @property
    def allowed(self) -> str:
        return f"a name from '{self.section}'"

    def parse(self, text: str) -> str:
        return text

    def read(self, node: Node, place: Place) -> Any:
        name = super().read(node, place)
        known = place.names(self.section)
        if isinstance(name, str) and name not in known:
            thing = self.section.removesuffix("s")
            return place.refuse(node.mark, f"there is no {thing} '{shortened(name)}'", did_you_mean(name, known))
        return name

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)


def path_text(text: str) -> str:
    """The text of a path. Raises UnfitError."""
    if not re.fullmatch(f"[^{CONTROL}]+", text):
        raise UnfitError("is not a path")
    return text


@dataclass(frozen=True)
class CsvPath(ScalarKind):
    """A CSV file; read relative to the scenario file, kept as an absolute path, written relative again."""

    allowed: ClassVar[str] = "the path of a CSV file, relative to this file"

    def parse(self, text: str) -> str:
        return path_text(text)

    def read(self, node: Node, place: Place) -> Any:
        text = super().read(node, place)
        return os.path.realpath(place.folder / text) if isinstance(text, str) else text  # also of a link to itself

    def write(self, value: Any, folder: Path) -> str:
        return Path(os.path.relpath(value, folder.resolve())).as_posix()

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "pattern": f"^[^{CONTROL}]+$"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)


class Flag(ScalarKind):
    """Yes or no."""

    type: ClassVar[Type] = "boolean"
    allowed: ClassVar[str] = "true or false"

    def parse(self, text: str) -> bool:
        if text not in BOOLEANS:
            guess = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower(), "")
            raise UnfitError("is not true or false", f"did you mean {guess}?" if guess else "")
        return BOOLEANS[text]

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "boolean"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, bool)
