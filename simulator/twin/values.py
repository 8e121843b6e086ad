"""Single values as files of AWS have them: numbers come as texts, times as seconds or as ISO 8601."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

Reader = Callable[[Any], Any]  # gives the value, or raises ValueError
LARGEST: Final = 2**53
LONGEST_NUMBER: Final = 40  # characters; a hash key has 39


def whole(value: Any) -> int:
    """A whole number, also one that is written as a text. Raises ValueError."""
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER:
        value = float(value) if "." in value or "e" in value.lower() else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    if value != int(value) or abs(value) > LARGEST:
        raise ValueError
    return int(value)


def flag(value: Any) -> bool:
    """True or false, also as a text. Raises ValueError."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError


def text(value: Any) -> str:
    """A text that is not empty. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value):
        raise ValueError
    return str(value)


def texts(value: Any) -> list[str]:
    """A list of texts; a single one is a list of it. Raises ValueError."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise ValueError
    return [text(each) for each in value]


def instant(value: Any) -> datetime:
    """A time in UTC: of seconds since 1970 (version 1 of the aws command line), or of ISO 8601. Raises ValueError.

    A time without a zone is UTC.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    try:
        if isinstance(value, str):
            when = datetime.fromisoformat(value.strip())
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError):
        raise ValueError from None
