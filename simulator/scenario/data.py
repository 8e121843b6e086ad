"""What the records of a producer hold: random bytes, the lines of a file, or a template (docs/events.md)."""

import json
import math
import os.path
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Annotated, Any, ClassVar, Final, Literal

from simulator.scenario.files import TooLargeError, read_regular
from simulator.scenario.forms import Forms, ListOf, MapOf
from simulator.scenario.kinds import CONTROL, CsvPath, ScalarKind, Schema, Text, UnfitError, path_text
from simulator.scenario.names import AwsName
from simulator.scenario.nodes import Node, shortened
from simulator.scenario.place import Place
from simulator.scenario.quantities import Integer
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import Word, words

LARGEST_FILE: Final = 64 * 2**20  # bytes
FIELDS: Final = ("number", "key", "producer", "stream", "time", "time_ms", "uuid", "uniform")  # that a template has


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomBytes:
    """Random bytes, as many as the record's size leaves beside its key."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A file and its lines. `path` is absolute once loaded."""

    path: Annotated[str, CsvPath()]
    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class LinesOf(ScalarKind):
    """A text file, a record's data on each line; read relative to the scenario file, written relative again.

    `as_json`: each line is JSON; else a line may be anything, an empty one too.
    """

    as_json: bool

    @property
    def allowed(self) -> str:
        return f"the path of a file {'of JSON Lines' if self.as_json else 'of text'}, relative to this file"

    def parse(self, text: str) -> str:
        return path_text(text)

    def read(self, node: Node, place: Place) -> Any:
        text = super().read(node, place)
        if not isinstance(text, str):
            return text
        path = Path(os.path.realpath(place.folder / text))
        try:
            return Lines(str(path), self._lines(read_regular(path, LARGEST_FILE)))
        except UnfitError as fault:
            return place.refuse(node.mark, f"{shortened(path.name)}{fault}", fault.hint)
        except TooLargeError as error:
            size = f"{error.bytes / 2**20:.1f} MiB; allowed: {LARGEST_FILE // 2**20} MiB"
            return place.refuse(node.mark, f"{shortened(path.name)} has {size}")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return place.refuse(node.mark, f"{shortened(str(path), 200)} cannot be read: {reason}")

    def _lines(self, content: bytes) -> tuple[str, ...]:
        """Its lines. Raises UnfitError, which goes on after the file's name."""
        lines = []
        for number, line in enumerate(content.split(b"\n"), 1):
            try:
                text = line.removesuffix(b"\r").decode()
            except UnicodeDecodeError as error:
                raise UnfitError(f", line {number} is not UTF-8: byte {error.start + 1} of it is wrong") from None
            if self.as_json and text.strip():
                _check_json(number, text)
            if text.strip() or not self.as_json:
                lines.append(text)
        if not self.as_json and lines[-1] == "":
            lines.pop()  # a line ends with a newline; there is none behind the last
        if not lines:
            raise UnfitError(" is empty; allowed: one line or more")
        return tuple(lines)

    def write(self, value: Lines, folder: Path) -> str:
        return Path(os.path.relpath(value.path, folder.resolve())).as_posix()

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "pattern": f"^[^{CONTROL}]+$"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, Lines)


def _check_json(number: int, line: str) -> None:
    hint = "text_lines in place of json_lines sends lines as they stand"
    try:
        json.loads(line, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UnfitError(f", line {number} is not JSON: {error.msg} at column {error.colno}", hint) from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise UnfitError(f", line {number} is not JSON: {why}", hint) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


ORDER = Doc("`drawn`: each record has a line drawn at random; `in_order`: record k has line k, and so on again.")
ORDERS = words("drawn", "in_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLines:
    """A record's data is a line of a file of JSON."""

    json_lines: Annotated[Lines, LinesOf(as_json=True), Doc("A file with a JSON value on each line; each is checked.")]
    order: Annotated[Literal["drawn", "in_order"], ORDERS, ORDER] = "drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLines:
    """A record's data is a line of a file of text, whatever stands in it: broken JSON, too."""

    text_lines: Annotated[Lines, LinesOf(as_json=False), Doc("A file with the data of a record on each line.")]
    order: Annotated[Literal["drawn", "in_order"], ORDERS, ORDER] = "drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of a few texts, each as likely as the others."""

    one_of: Annotated[tuple[str, ...], ListOf(Text()), Doc("The texts.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeNumber:
    """A whole number, each as likely as the others."""

    low: Annotated[int, Integer(-(2**53), 2**53), Doc("The lowest.")]
    high: Annotated[int, Integer(-(2**53), 2**53), Doc("The highest.")]


TemplateField = OneOf | WholeNumber
TEMPLATE_FIELDS = MapOf(
    AwsName(64, "_"),
    Forms(None, {"one_of": Record(OneOf), "low": Record(WholeNumber), "high": Record(WholeNumber)}),
)


@dataclass(frozen=True)
class TemplateText(Text):
    """A text with fields such as ${key} in it."""

    allowed: ClassVar[str] = "text with fields such as ${key}; $$ is a dollar"

    def parse(self, text: str) -> str:
        if not Template(text).is_valid():
            raise UnfitError("holds a $ that begins no field", "write ${name} for a field, $$ for a dollar")
        return super().parse(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateData:
    """A record's data is a text with fields that differ from record to record."""

    template: Annotated[
        str,
        TemplateText(),
        Doc(
            "The text. ${number}, ${key}, ${producer}, ${stream}, ${time} (of production, ISO 8601), ${time_ms}, "
            "${uuid}, ${uniform} (from 0 to 1) and the names of `fields` are replaced."
        ),
    ]
    fields: Annotated[
        dict[str, TemplateField], TEMPLATE_FIELDS, Doc("More fields: {one_of: [...]} or {low, high}.", default="none")
    ] = field(default_factory=dict)


Data = RandomBytes | JsonLines | TextLines | TemplateData
DATA = Forms(
    Word({"random": RandomBytes()}),
    {"json_lines": Record(JsonLines), "text_lines": Record(TextLines), "template": Record(TemplateData)},
)
RANDOM_BYTES: Final = RandomBytes()


def line_bytes(data: Data) -> float:
    """The mean size of the lines of a file that records hold; NaN where they hold something else."""
    match data:
        case JsonLines(json_lines=of) | TextLines(text_lines=of):
            return sum(len(line.encode()) for line in of.lines) / len(of.lines)
        case _:
            return math.nan
