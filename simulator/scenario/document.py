"""From a file to a tree of nodes, refusing what YAML allows and a scenario has no use for.

The parser's events are read one by one, so that a bomb of aliases or of 100,000 brackets is refused when it is met, and
nothing is ever constructed by a tag.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from simulator.scenario.files import TooLargeError, read_regular
from simulator.scenario.nodes import Entry, Group, Items, Mark, Node, Scalar, shortened
from simulator.scenario.place import Problem

LARGEST_FILE = 2**20  # bytes
HALF_LETTER = re.compile("[\ud800-\udfff]")
DEEPEST = 20  # groups and lists inside each other; a scenario needs 8


class UnparsableError(Exception):
    """A text that gives no tree at all; `problem` says why."""

    def __init__(self, message: str, mark: Mark | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem("", message, hint, "error", mark or Mark(0, 0))


def read_text(path: Path) -> str:
    """The text of a file. Raises UnparsableError when it is missing, larger than 1 MiB, binary or not UTF-8."""
    try:
        content = read_regular(path, LARGEST_FILE)
    except TooLargeError:
        raise UnparsableError("is larger than 1 MiB, which no scenario is", hint="put traces into CSV files") from None
    except OSError as error:
        raise UnparsableError(f"cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise UnparsableError("is not the name of a file") from None
    if b"\0" in content:
        raise UnparsableError("is a binary file, not YAML")
    return _decoded(content)


def parse(text: str, problems: list[Problem], source: str = "") -> Node:
    """The tree of a YAML 1.2 text; adds what it refuses to `problems`. Raises UnparsableError when there is none."""
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text), problems, source).document()
    except MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        what = error.problem or error.context or "unknown fault"
        raise UnparsableError(f"is not YAML: {_one_line(what)}", _mark(where, source) if where else None) from None
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError) as error:
        # The parser leaks other exceptions for a few malformed texts.
        raise UnparsableError(f"is not YAML: {_one_line(str(error))}") from None


class _Builder:
    """Builds nodes from the parser's events."""

    def __init__(self, events: Iterator[Event], problems: list[Problem], source: str) -> None:
        self.events, self.problems, self.source = events, problems, source

    def document(self) -> Node:
        """The only document of the stream."""
        next(self.events)  # the stream's start
        if isinstance(next(self.events), StreamEndEvent):
            raise UnparsableError("is empty")
        root = self._node(next(self.events), 1)
        next(self.events)  # the document's end
        if not isinstance(rest := next(self.events), StreamEndEvent):
            raise UnparsableError("holds several documents; a scenario is one", self._mark(rest))
        return root

    def _node(self, event: Any, depth: int) -> Node:
        mark = self._mark(event)
        if depth > DEEPEST:
            raise UnparsableError(f"is nested more than {DEEPEST} deep", mark)
        if isinstance(event, AliasEvent):
            self._refuse(mark, "aliases are not allowed", "write the value out")
            return Scalar("", mark)
        if event.tag is not None:
            self._refuse(mark, f"tags are not allowed ('{shortened(str(event.tag))}')", "delete it")
        if isinstance(event, MappingStartEvent):
            return self._group(mark, depth)
        if isinstance(event, SequenceStartEvent):
            return Items(tuple(self._node(item, depth + 1) for item in self._until(SequenceEndEvent)), mark)
        return Scalar(self._whole_letters(event.value, mark), mark, plain=not event.style)

    def _group(self, mark: Mark, depth: int) -> Group:
        entries: dict[str, Entry] = {}
        for event in self._until(MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self._refuse(key.mark, "a field's name must be a single word")
            elif key.text in entries:
                first = entries[key.text].key.line
                self._refuse(key.mark, f"'{shortened(key.text)}' is given twice, first in line {first}")
            else:
                entries[key.text] = Entry(key.mark, value)
        return Group(mark, entries)

    def _whole_letters(self, text: str, mark: Mark) -> str:
        """The text with halves of letters joined, as JSON writes letters beyond the first 65,536."""
        if not HALF_LETTER.search(text):
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._refuse(mark, "holds half of a letter (a lone surrogate)")
            return HALF_LETTER.sub("\N{REPLACEMENT CHARACTER}", text)

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _mark(self, event: Event) -> Mark:
        return _mark(event.start_mark, self.source)

    def _refuse(self, mark: Mark, message: str, hint: str = "") -> None:
        self.problems.append(Problem("", message, hint, "error", mark))


def _mark(place: Any, source: str) -> Mark:
    return Mark(0, 0, source) if source else Mark(place.line + 1, place.column + 1)


def _one_line(text: str) -> str:
    return shortened(" ".join(text.split()), 120)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        place = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        byte = f"the byte there is 0x{error.object[error.start]:02x}"
        raise UnparsableError("is not UTF-8 text", place, byte) from None
