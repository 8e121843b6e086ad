"""Traces, weights and empirical values from CSV files (docs/model.md, sections 2 and 9).

A field of a dataclass that is annotated with a Column is filled from the file and the column that two of its other
fields name. What is wrong in a file is told at the line of the scenario that names it, with the line of the CSV file.
Nothing that stands in the file is told unless it has a heading that was asked for: it may be any file.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.scenario.csvblocks import Block, CsvError, blocks, most_rows
from simulator.scenario.csvcolumns import CellError, Content
from simulator.scenario.files import TooLargeError, open_regular
from simulator.scenario.nodes import shortened
from simulator.scenario.place import UNREADABLE, Place, did_you_mean, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_CSV = 64 * 2**20  # bytes
MOST_ROWS = 10_000_000  # as many as keys may be counted
LONGER = "give longer intervals, with more records each"


@dataclass(frozen=True)
class Column:
    """Says which fields name the file and the column, and what its cells may be."""

    file: str
    column: str
    content: Content


@dataclass
class _Reading:
    """A column while the file is read: its values, with room for all there may be, or what is wrong with it."""

    name: str
    content: Content
    index: int
    values: "NDArray[Any]"
    rows: int = 0
    fault: CsvError | None = None

    def read(self, block: Block, columns: int) -> None:
        """Add a block's column, of a file with so many columns."""
        before = self.values[self.rows - 1] if self.rows else None
        try:
            part = self.content.read(block, self.index, columns, before)
            if self.rows + len(part) > len(self.values):
                raise _beyond(len(self.values))
        except CsvError as error:
            self.fault = error
            return
        self.values[self.rows : self.rows + len(part)] = part
        self.rows += len(part)

    def whole(self) -> Any:
        """All of the column. Raises CsvError."""
        if self.fault:
            raise self.fault
        return self.content.finished(self.values[: self.rows])


def read_columns(wanted: Mapping[str, Column], values: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The values of the fields that `wanted` names; faults are noted at the field that names the file or the column."""
    file = next(iter(wanted.values())).file
    found = dict.fromkeys(wanted, UNREADABLE)
    if not isinstance(values[file], str):
        return found
    path = Path(values[file])
    try:
        for name, reading in _read(path, wanted, values, place).items():
            found[name] = _whole(reading, path, file, place)
    except CsvError as fault:
        _refuse(f"{_located(path, fault)} {fault}", fault.hint, file, place)
    except TooLargeError as error:
        size = f"{error.bytes / 2**20:.1f} MiB; allowed: {LARGEST_CSV // 2**20} MiB"
        _refuse(f"{shortened(path.name)} has {size}", LONGER, file, place)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = _beside(path, place.folder) if isinstance(error, FileNotFoundError) else ""
        _refuse(f"{shortened(str(path), 200)} cannot be read: {reason}", hint, file, place)
    return found


def _read(path: Path, wanted: Mapping[str, Column], values: Mapping[str, Any], place: Place) -> dict[str, _Reading]:
    """The columns that are there. Raises CsvError, TooLargeError, OSError, and ValueError for an impossible path."""
    with open_regular(path, LARGEST_CSV) as file:
        room = min(most_rows(file), MOST_ROWS)
        some = blocks(file)
        for block in some:
            if first := next(block.rows(), None):
                header = [title.strip() for title in first.cells]
                readings = _headed(path, header, wanted, values, place, room)
                _read_on(chain([block.after(first.line)], some), len(header), readings.values())
                return readings
    raise CsvError("is empty")


def _read_on(some: Iterator[Block], columns: int, readings: Collection[_Reading]) -> None:
    """Read the blocks after the header until all is read, or something is wrong with each column."""
    try:
        for block in some:
            for reading in readings:
                if not reading.fault:
                    reading.read(block, columns)
            if all(reading.fault for reading in readings):
                return
    except CsvError as fault:  # of the rows themselves
        for reading in readings:
            reading.fault = reading.fault or fault


def _beyond(room: int) -> CsvError:
    if room < MOST_ROWS:
        return CsvError("has grown while it was read", hint="try again")
    return CsvError(f"has more than {MOST_ROWS:,} rows", hint=LONGER)


def _headed(
    path: Path, header: Sequence[str], wanted: Mapping[str, Column], values: Mapping[str, Any], place: Place, room: int
) -> dict[str, _Reading]:
    """The columns that the header has, with room for so many rows; the others are noted."""
    import numpy as np

    asked = {name: values[column.column] for name, column in wanted.items() if isinstance(values[column.column], str)}
    known = header[:1000] if any(title in header for title in asked.values()) else ()
    readings = {}
    for name, title in asked.items():
        if title in header:
            content = wanted[name].content
            readings[name] = _Reading(title, content, header.index(title), np.empty(room, content.dtype))
        else:
            message = f"{shortened(path.name)} has no column '{shortened(title)}' in its first line"
            _refuse(message, did_you_mean(title, known), wanted[name].column, place)
    return readings


def _whole(reading: _Reading, path: Path, file: str, place: Place) -> Any:
    try:
        return reading.whole()
    except CellError as fault:
        where = f"{_located(path, fault)}, column '{shortened(reading.name)}'"
        return _refuse(f"{where}: {fault}", fault.hint, file, place)
    except CsvError as fault:
        return _refuse(f"{_located(path, fault)} {fault}", fault.hint, file, place)


def _located(path: Path, fault: CsvError) -> str:
    return f"{shortened(path.name)}, line {fault.line}" if fault.line else shortened(path.name)


def _refuse(message: str, hint: str, field: str, place: Place) -> Any:
    """At the field when it was written, else at the group around it."""
    group = place.marks[place.field]
    mark = place.marks.get(joined(place.field, field), group)
    at = place.at(field, mark)
    told = any((each.field, each.message) == (at.field, message) for each in place.problems)  # by another column
    return UNREADABLE if told else at.refuse(mark, message, hint)


def _beside(path: Path, folder: Path) -> str:
    """A file of nearly the same name; only beside the scenario or below it, for other folders are not its business."""
    if not path.is_relative_to(folder):
        return ""
    try:
        return did_you_mean(path.name, [other.name for other in path.parent.glob("*.csv")][:1000])
    except (OSError, ValueError):
        return ""
