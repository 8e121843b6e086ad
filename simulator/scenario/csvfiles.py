"""Traces, weights and empirical values from CSV files (docs/model.md, sections 2 and 9).

A field of a dataclass that is annotated with a Column is filled from the file and the column that two of its other
fields name. What is wrong in a file is told at the line of the scenario that names it, with the line of the CSV file.
"""

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.scenario import units
from simulator.scenario.nodes import shortened
from simulator.scenario.place import UNREADABLE, Place, did_you_mean, joined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST_NUMBER = 1e15  # of records, seconds or bytes: sums stay exact to a unit
LARGEST_CSV = 64 * 2**20  # bytes: a year of minutes is 10 MiB


class Cell(NamedTuple):
    """A value of a column and the line of the file it stands in, counted from 1."""

    line: int
    text: str


class CsvError(Exception):
    """What is wrong in a CSV file; `hint` is what was probably meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Column:
    """Says which fields name the file and the column, and what its cells become. `make` raises CsvError."""

    file: str
    column: str
    make: Callable[[Sequence[Cell]], Any]


def read_columns(wanted: Mapping[str, Column], values: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The values of the fields that `wanted` names; faults are noted at the field that names the file or the column."""
    file = next(iter(wanted.values())).file
    if not isinstance(values[file], str):
        return dict.fromkeys(wanted, UNREADABLE)
    try:
        rows = read_rows(Path(values[file]))
    except CsvError as fault:
        _refuse(fault, place, file)
        return dict.fromkeys(wanted, UNREADABLE)
    return {name: _column(column, rows, values, place) for name, column in wanted.items()}


def _column(column: Column, rows: list[tuple[int, list[str]]], values: Mapping[str, Any], place: Place) -> Any:
    name = values[column.column]
    if not isinstance(name, str):
        return UNREADABLE
    header = [title.strip() for title in rows[0][1]]
    if name not in header:
        fault = CsvError(f"{_file_name(values, column)} has no column '{shortened(name)}'", did_you_mean(name, header))
        return _refuse(fault, place, column.column)
    try:
        return column.make(cells(rows, header.index(name)))
    except CsvError as fault:
        return _refuse(CsvError(f"{_file_name(values, column)}, {fault}", fault.hint), place, column.file)


def _file_name(values: Mapping[str, Any], column: Column) -> str:
    return shortened(Path(values[column.file]).name)


def _refuse(fault: CsvError, place: Place, field: str) -> Any:
    """At the field when it was written, else at the group around it."""
    group = place.marks[place.field]
    mark = place.marks.get(joined(place.field, field), group)
    at = place.at(field, mark)
    told = any((each.field, each.message) == (at.field, str(fault)) for each in place.problems)  # by another column
    return UNREADABLE if told else at.refuse(mark, str(fault), fault.hint)


def read_rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file with their lines, the header first, blank lines left out. Raises CsvError."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise CsvError(f"{shortened(path.name)}, line {reader.line_num}: is not CSV: {error}") from None
    if not rows:
        raise CsvError(f"{shortened(path.name)} is empty")
    return rows


def _read_text(path: Path) -> str:
    name = shortened(path.name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_CSV + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CsvError(f"{shortened(str(path), 200)} cannot be read: {reason}", _beside(path)) from None
    if len(content) > LARGEST_CSV:
        raise CsvError(
            f"{name} is larger than {LARGEST_CSV // 2**20} MiB", "give longer intervals, with more records each"
        )
    if b"\0" in content:
        raise CsvError(f"{name} is a binary file, not CSV")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CsvError(f"{name}, line {line}: is not UTF-8 text") from None


def _beside(path: Path) -> str:
    """A file of nearly the same name in the same folder."""
    try:
        return did_you_mean(path.name, [other.name for other in path.parent.glob("*.csv")][:1000])
    except (OSError, ValueError):
        return ""


def cells(rows: list[tuple[int, list[str]]], index: int) -> list[Cell]:
    """One column without its title. Raises CsvError for a row that is too short."""
    for line, row in rows[1:]:
        if len(row) <= index:
            raise CsvError(f"line {line}: has only {len(row)} of {len(rows[0][1])} columns")
    return [Cell(line, row[index].strip()) for line, row in rows[1:]]


def amounts(column: Sequence[Cell]) -> "NDArray[np.float64]":
    """Numbers of at least 0, one or more."""
    return _numbers(column, 1)


def counts(column: Sequence[Cell]) -> "NDArray[np.float64]":
    """Numbers of at least 0, for two intervals or more."""
    return _numbers(column, 2)


def weights(column: Sequence[Cell]) -> "NDArray[np.float64]":
    """Numbers of at least 0, of which at least one is above 0."""
    values = _numbers(column, 1)
    if not values.sum() > 0:
        raise CsvError(f"lines {column[0].line} to {column[-1].line}: the weights are all 0")
    return values


def sorted_amounts(column: Sequence[Cell]) -> "NDArray[np.float64]":
    """Numbers of at least 0, in ascending order whatever the file's."""
    import numpy as np

    values = np.sort(_numbers(column, 1))
    values.flags.writeable = False
    return values


def times(column: Sequence[Cell]) -> "NDArray[np.float64]":
    """Seconds, two or more, each later than the one before."""
    values = _numbers(column, 2, least=-math.inf)
    for earlier, later, cell in zip(values, values[1:], column[1:], strict=False):
        if not later > earlier:
            raise CsvError(f"line {cell.line}: {later:g} is not later than {earlier:g} of the row before")
    return values


def keys(column: Sequence[Cell]) -> tuple[str, ...]:
    """Partition keys: 1 to 256 characters each."""
    for cell in column:
        if not 0 < len(cell.text) <= 256:
            raise CsvError(f"line {cell.line}: a partition key has 1 to 256 characters, not {len(cell.text)}")
    return tuple(cell.text for cell in column)


def _numbers(column: Sequence[Cell], rows: int, least: float = 0.0) -> "NDArray[np.float64]":
    import numpy as np

    if len(column) < rows:
        raise CsvError(
            f"line {column[-1].line if column else 1}: has {len(column)} rows after the header; allowed: {rows} or more"
        )
    values = np.array([_number(cell, least) for cell in column])
    values.flags.writeable = False
    return values


def _number(cell: Cell, least: float) -> float:
    value = units.parse_number(cell.text)
    if value is None or not math.isfinite(value):
        raise CsvError(f"line {cell.line}: '{shortened(cell.text)}' is not a number")
    if value < least:
        raise CsvError(f"line {cell.line}: {shortened(cell.text)} is negative")
    if abs(value) > LARGEST_NUMBER:
        raise CsvError(f"line {cell.line}: {shortened(cell.text)} is above {LARGEST_NUMBER:g}")
    return value
