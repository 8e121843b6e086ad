"""Whether a value fits a JSON Schema: the words of the specification that the scenario's schema uses, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]
SILENT: Final = ("$schema", "$defs", "title", "description", "default")


@dataclass(frozen=True)
class Told:
    """What a word of a schema says, and where."""

    by: Any
    schema: Schema
    root: Schema

    def fits(self, value: Any, schema: Schema) -> bool:
        return fits(value, schema, self.root)


def fits(value: Any, schema: Schema, root: Schema) -> bool:
    """Whether a value of JSON (or of YAML with the types of JSON) is valid. KeyError for a word that is not known."""
    return all(WORDS[word](value, Told(by, schema, root)) for word, by in schema.items() if word not in SILENT)


def same(one: Any, other: Any) -> bool:
    """Equal as in JSON: 1 is 1.0, and neither is true."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def matches(pattern: str, text: str) -> bool:
    """As ECMA-262 searches: `$` is the very end."""
    return re.search(re.sub(r"\$$", r"\\Z", pattern), text) is not None


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_of_type(value: Any, name: str) -> bool:
    match name:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return is_number(value)
        case "integer":
            return is_number(value) and float(value).is_integer()
        case _:
            return isinstance(value, {"string": str, "array": list, "object": dict}[name])


def _text(check: Callable[[str, Any], bool]) -> Callable[[Any, Told], bool]:
    return lambda value, told: not isinstance(value, str) or check(value, told.by)


def _amount(check: Callable[[Any, Any], bool]) -> Callable[[Any, Told], bool]:
    return lambda value, told: not is_number(value) or check(value, told.by)


def _group(check: Callable[[dict[str, Any], Told], bool]) -> Callable[[Any, Told], bool]:
    return lambda value, told: not isinstance(value, dict) or check(value, told)


def _known(value: dict[str, Any], told: Told) -> bool:
    return all(told.fits(item, told.by[name]) for name, item in value.items() if name in told.by)


def _others(value: dict[str, Any], told: Told) -> bool:
    items = [item for name, item in value.items() if name not in told.schema.get("properties", {})]
    return not items if told.by is False else all(told.fits(item, told.by) for item in items)


WORDS: Final[Mapping[str, Callable[[Any, Told], bool]]] = {
    "$ref": lambda value, told: told.fits(value, told.root["$defs"][told.by.rpartition("/")[2]]),
    "type": lambda value, told: is_of_type(value, told.by),
    "const": lambda value, told: same(value, told.by),
    "enum": lambda value, told: any(same(value, each) for each in told.by),
    "pattern": _text(lambda value, by: matches(by, value)),
    "maxLength": _text(lambda value, by: len(value) <= by),
    "minimum": _amount(lambda value, by: value >= by),
    "maximum": _amount(lambda value, by: value <= by),
    "anyOf": lambda value, told: any(told.fits(value, each) for each in told.by),
    "oneOf": lambda value, told: sum(told.fits(value, each) for each in told.by) == 1,
    "allOf": lambda value, told: all(told.fits(value, each) for each in told.by),
    "if": lambda value, told: told.fits(value, told.schema["then" if told.fits(value, told.by) else "else"]),
    "then": lambda value, told: True,
    "else": lambda value, told: True,
    "minItems": lambda value, told: not isinstance(value, list) or len(value) >= told.by,
    "maxItems": lambda value, told: not isinstance(value, list) or len(value) <= told.by,
    "items": lambda value, told: not isinstance(value, list) or all(told.fits(item, told.by) for item in value),
    "required": _group(lambda value, told: all(name in value for name in told.by)),
    "minProperties": _group(lambda value, told: len(value) >= told.by),
    "propertyNames": _group(lambda value, told: all(told.fits(name, told.by) for name in value)),
    "properties": _group(_known),
    "additionalProperties": _group(_others),
}
