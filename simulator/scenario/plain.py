"""Values of Python as the YAML of a scenario: numbers, texts, True, False, None for `none`, lists and mappings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from simulator.scenario.instants import written

Value = Any  # a bool, a number, a text, a path, a datetime, None, or a list or mapping of these


class NoValueError(ValueError):
    """A value that no scenario has; the message is one line."""


def value_text(value: Value) -> str:
    """A value as it stands after `--set PATH=`; a text is that already. Raises NoValueError."""
    return value if isinstance(value, str) else _json(value)


def document_text(mapping: Mapping[str, Value]) -> str:
    """A whole scenario as text, a field a line. Raises NoValueError."""
    return _json(mapping, indent=2)


def _json(value: Value, indent: int | None = None) -> str:
    try:
        return json.dumps(_plain(value), indent=indent, ensure_ascii=False)
    except RecursionError:
        raise NoValueError("is nested too deep, or holds itself") from None


def _plain(value: Value) -> Any:
    """As JSON has it. Numbers of other libraries, such as NumPy's, give theirs by `item`."""
    match value:
        case None:
            return "none"
        case bool() | int() | float() | str():
            return value
        case datetime():
            return written(value)
        case PurePath():
            return str(value)
        case Mapping():
            return {str(_plain(name)): _plain(each) for name, each in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [_plain(each) for each in value]
    as_python = getattr(value, "tolist", None)
    if callable(as_python):
        return _plain(as_python())
    raise NoValueError(f"is of a type that no scenario has: {type(value).__name__}")
