"""Templates in YAML: the tags of CloudFormation become its functions, and nothing is ever constructed by a tag.

The parser's events are read one by one, so that a bomb of aliases or of brackets is refused when it is met. Plain
words are read as CloudFormation reads them: `yes`, `on` and so on are true, dates stay texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from simulator.scenario.nodes import shortened

DEEPEST: Final = 60
MOST_VALUES: Final = 500_000  # with what stands behind aliases; a template of 5,000 lines has 10,000
NULLS: Final = ("", "~", "null", "Null", "NULL")
TRUE: Final = ("true", "yes", "on")
FALSE: Final = ("false", "no", "off")
INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
NUMBER: Final = re.compile(r"[-+]?[0-9]{1,20}\.[0-9]{0,20}(?:[eE][-+][0-9]{1,3})?")
FUNCTIONS: Final = (
    "Base64", "Cidr", "FindInMap", "GetAtt", "GetAZs", "ImportValue", "If", "And", "Or", "Not", "Equals", "Join",
    "Length", "Select", "Split", "Sub", "ToJsonString", "Transform",
)  # fmt: skip

LEAKED: Final = (  # by the parser, for a few malformed texts
    YAMLError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError, RecursionError,
)  # fmt: skip


class YamlError(Exception):
    """A text that gives no data; the message is the end of a sentence that begins with the file's name."""


def template_yaml(text: str) -> Any:
    """The data of the only document of a YAML text. Raises YamlError."""
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        what = " ".join(str(error.problem or error.context or "unknown fault").split())
        raise YamlError(f"is not YAML: {where}{shortened(what, 100)}") from None
    except LEAKED as error:
        raise YamlError(f"is not YAML: {shortened(' '.join(str(error).split()), 100)}") from None


class _Builder:
    """Builds data from the parser's events, and counts it."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.anchors: dict[str, tuple[Any, int]] = {}  # the data behind each anchor, and how much it is
        self.values = 0

    def document(self) -> Any:
        next(self.events)  # the stream's start
        if isinstance(next(self.events), StreamEndEvent):
            raise YamlError("is empty")
        root = self._data(next(self.events), 1)
        next(self.events)  # the document's end
        if not isinstance(next(self.events), StreamEndEvent):
            raise YamlError("holds several documents of YAML; a template is one")
        return root

    def _data(self, event: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise YamlError(f"is nested more than {DEEPEST} deep in line {event.start_mark.line + 1}")
        if isinstance(event, AliasEvent):
            return self._alias(event)
        before = self.values
        self._count(1)
        data: Any
        if isinstance(event, MappingStartEvent):
            data = self._group(depth)
        elif hasattr(event, "value"):
            data = event.value if event.style or event.tag is not None else _plain(event.value)
        else:
            data = [self._data(item, depth + 1) for item in self._until(SequenceEndEvent)]
        if event.tag is not None:
            data = _tagged(str(event.tag), data, event.start_mark.line + 1)
        if event.anchor:
            self.anchors[event.anchor] = data, self.values - before
        return data

    def _alias(self, event: AliasEvent) -> Any:
        if event.anchor not in self.anchors:
            raise YamlError(f"has an alias of nothing before it in line {event.start_mark.line + 1}")
        data, amount = self.anchors[event.anchor]
        self._count(amount)
        return data

    def _group(self, depth: int) -> dict[str, Any]:
        group: dict[str, Any] = {}
        merged: list[Any] = []
        for event in self._until(MappingEndEvent):
            line = event.start_mark.line + 1
            key = event.value if hasattr(event, "value") else self._data(event, depth + 1)
            value = self._data(next(self.events), depth + 1)
            if not isinstance(key, str):
                raise YamlError(f"has a key that is no word in line {line}")
            if key == "<<" and event.style is None:
                merged.extend(value if isinstance(value, list) else [value])
            else:
                group[key] = value
        for each in merged:
            group = {**each, **group} if isinstance(each, dict) else group
        return group

    def _until(self, end: type[Event]) -> Iterator[Any]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _count(self, amount: int) -> None:
        self.values += amount
        if self.values > MOST_VALUES:
            raise YamlError(f"holds more than {MOST_VALUES:,} values, aliases written out")


def _plain(text: str) -> Any:
    if text in NULLS:
        return None
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


def _tagged(tag: str, data: Any, line: int) -> Any:
    name = tag.removeprefix("!")
    if name in ("Ref", "Condition"):
        return {name: data}
    if name == "GetAtt" and isinstance(data, str):
        return {"Fn::GetAtt": data.split(".", 1)}
    if name in FUNCTIONS:
        return {f"Fn::{name}": data}
    if tag in ("tag:yaml.org,2002:str", "!!str", "!"):
        return data
    raise YamlError(f"has the tag '{shortened(tag)}' in line {line}, which no template has")
