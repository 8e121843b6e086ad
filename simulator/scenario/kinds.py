"""The kinds of value a field may have: how each is read, written back, described, and checked by an editor.

A kind is the single definition of its fields' validation: `read` turns a node into a value or notes what is wrong,
`write` turns a value back into YAML, `schema` is the same rule as JSON Schema, and `allowed` is the rule in words.
"""

import os.path
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from simulator.scenario.nodes import Node, Scalar, shortened, shown
from simulator.scenario.place import Place, did_you_mean

Schema = dict[str, Any]
LONGEST_NAME = 128  # AWS: a stream's name has at most 128 characters


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
    """A kind written as a single value."""

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value of a text. Raises UnfitError."""

    def read(self, node: Node, place: Place) -> Any:
        if not isinstance(node, Scalar) or node.is_null:
            return place.refuse(node.mark, f"{shown(node)} is given; allowed: {self.allowed}")
        try:
            return self.parse(node.text)
        except UnfitError as unfit:
            return place.refuse(node.mark, f"{shown(node)} {unfit}; allowed: {self.allowed}", unfit.hint)

    def write(self, value: Any, folder: Path) -> Any:
        return value


@dataclass(frozen=True)
class Text(ScalarKind):
    """Free text."""

    longest: int = 10_000
    allowed: ClassVar[str] = "text"

    def parse(self, text: str) -> str:
        if len(text) > self.longest:
            raise UnfitError(f"is longer than {self.longest} characters")
        return text

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "maxLength": self.longest}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)


class Name(Text):
    """A name: it stands in tables, in file names and in paths of fields, so it is short and on one line."""

    allowed: ClassVar[str] = f"a name of 1 to {LONGEST_NAME} printable characters"

    def parse(self, text: str) -> str:
        if not 0 < len(text) <= LONGEST_NAME or not text.isprintable() or text != text.strip():
            raise UnfitError("is not a name")
        return text

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}


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


@dataclass(frozen=True)
class CsvPath(ScalarKind):
    """A CSV file; read relative to the scenario file, kept as an absolute path, written relative again."""

    allowed: ClassVar[str] = "the path of a CSV file, relative to this file"

    def parse(self, text: str) -> str:
        if not text.strip() or "\0" in text:
            raise UnfitError("is not a path")
        return text

    def read(self, node: Node, place: Place) -> Any:
        text = super().read(node, place)
        return str((place.folder / text).resolve()) if isinstance(text, str) else text

    def write(self, value: Any, folder: Path) -> str:
        return Path(os.path.relpath(value, folder.resolve())).as_posix()

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "minLength": 1}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)


class Flag(ScalarKind):
    """Yes or no."""

    allowed: ClassVar[str] = "true or false"
    values: ClassVar[Mapping[str, bool]] = {"true": True, "True": True, "false": False, "False": False}

    def parse(self, text: str) -> bool:
        if text not in self.values:
            guess = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower(), "")
            raise UnfitError("is not true or false", f"did you mean {guess}?" if guess else "")
        return self.values[text]

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "boolean"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, bool)
