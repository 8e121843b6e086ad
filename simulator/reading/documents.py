"""JSON files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from simulator.reading.files import UnreadableError, text
from simulator.reading.scalars import Shape, UnfitError

LARGEST_JSON: Final = 32 * 2**20  # bytes: a summary has 2 KiB a mapping


def read_json(path: Path, shape: Shape) -> Any:
    """The value that a JSON file holds, of the given shape. Raises UnreadableError, and MissingError for no file."""
    found = text(path, LARGEST_JSON)
    try:
        value = json.loads(found)
    except json.JSONDecodeError as error:
        raise UnreadableError(path, f"is not JSON: {error}") from None
    except RecursionError:
        raise UnreadableError(path, "is nested too deeply") from None
    except ValueError:
        raise UnreadableError(path, "holds a number of thousands of digits") from None
    fit(path, value, shape)
    return value


def fit(path: Path, value: Any, shape: Shape) -> None:
    """Raise UnreadableError if what was read from a file has not the shape it should have."""
    try:
        shape.check(value)
    except UnfitError as error:
        raise UnreadableError(path, str(error)) from None
