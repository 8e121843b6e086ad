"""CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simulator.reading.files import UnreadableError, content
from simulator.reading.scalars import Scalar, Text, shown
from simulator.scenario.nodes import shortened

if TYPE_CHECKING:
    import pandas as pd

LARGEST_CSV: Final = 512 * 2**20  # bytes: 10,000 replications have 22 MiB a mapping


@dataclass(frozen=True)
class Columns:
    """The columns of a table that are read: those that are needed, and those that may be there; all others are not.

    `before`: other columns that stand before this one are read as texts, whatever they are called: they tell settings
    apart.
    """

    needed: Mapping[str, Scalar]
    known: Mapping[str, Scalar] = field(default_factory=dict)
    before: str | None = None


@dataclass(frozen=True)
class Reader:
    """A column as it is being read."""

    index: int
    name: str
    kind: Scalar
    values: Any


def read_table(path: Path, columns: Columns) -> pd.DataFrame:
    """The columns of a CSV file; of one without any, as an empty table is written, the needed ones without a row.

    Numbers are exactly those that their digits say. Raises UnreadableError, and MissingError for no file.
    """
    import pandas as pd

    return pd.DataFrame({each.name: _as_column(each) for each in _read(path, columns)})


def _read(path: Path, columns: Columns) -> list[Reader]:
    rows = _rows(path)
    _, heading = next(rows, (1, None))
    if heading is None:
        raise UnreadableError(path, "is empty")
    heading = heading or list(columns.needed)
    readers = list(_readers(path, columns, heading))
    for line, row in rows:
        if len(row) != len(heading):
            raise UnreadableError(path, f"line {line}: has {len(row)} cells, and the first line has {len(heading)}")
        for each in readers:
            each.values.append(_value(path, line, each, row[each.index]))
    return readers


def _readers(path: Path, columns: Columns, heading: Sequence[str]) -> Iterator[Reader]:
    missing = next((name for name in columns.needed if name not in heading), None)
    if missing is not None:
        raise UnreadableError(path, f"has no column {missing}")
    settings = heading.index(columns.before) if columns.before else 0
    seen: set[str] = set()
    for index, name in enumerate(heading):
        kind = columns.needed.get(name) or columns.known.get(name) or (Text() if index < settings else None)
        if kind:
            if name in seen:
                raise UnreadableError(path, f"has two columns {shortened(name)}")
            seen.add(name)
            yield Reader(index, name, kind, kind.column())


def _value(path: Path, line: int, reader: Reader, cell: str) -> Any:
    try:
        value = reader.kind.of_cell(cell)
        good = reader.kind.fits(value)
    except ValueError:
        good = False
    if not good:
        what = f"{shown(cell)} is given; allowed: {reader.kind.allowed}"
        raise UnreadableError(path, f"line {line}: {shortened(reader.name)}: {what}")
    return value


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line."""
    found = content(path, LARGEST_CSV)
    if found and not found.endswith(b"\n"):
        raise UnreadableError(path, "its last line is cut short")
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(found), encoding="utf-8-sig", newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UnreadableError(path, f"line {reader.line_num}: is not CSV: {error}") from None
    except UnicodeDecodeError:
        raise UnreadableError(path, f"after line {reader.line_num}: is not UTF-8 text") from None


def _as_column(reader: Reader) -> Any:
    return reader.values if isinstance(reader.values, list) else np.array(reader.values)
