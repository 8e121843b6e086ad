"""What the cells of a CSV file's column become, block by block.

A block's column is first read at once. Where anything about it is unusual it is read again cell by cell, and that alone
says what is allowed and what is wrong.
"""

import csv
import io
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from simulator.scenario import units
from simulator.scenario.csvblocks import Block, CsvError
from simulator.scenario.nodes import shortened

LARGEST_NUMBER = 1e15  # of records, seconds or bytes: sums stay exact to a unit
LONGEST_KEY = 256  # characters, as in AWS's API


class Cell(NamedTuple):
    """A value of a column, and the line of the file it stands in."""

    line: int
    text: str


class CellError(CsvError):
    """What is wrong with a single cell."""

    def __init__(self, message: str, cell: Cell) -> None:
        super().__init__(message, cell.line)


class Content(ABC):
    """What the cells of a column may be."""

    dtype: ClassVar[str]  # of the array
    least_rows = 1

    @abstractmethod
    def value(self, cell: Cell, before: Any) -> Any:
        """What a cell stands for; `before` is the value before it, or None. Raises CellError."""

    @abstractmethod
    def usual(self, values: Any, before: Any) -> Any:
        """The values of cells that were read at once, if all are certainly allowed, else None."""

    def read(self, block: Block, index: int, columns: int, before: Any) -> Any:
        """The array of a block's column, of so many; `before` is the last value before it. Raises CsvError."""
        if block.plain and (found := self._at_once(block.text, ",", index, before)) is not None:
            return found
        try:
            cells = [row[index] for row in block.cells]
        except (csv.Error, IndexError):
            return self._one_by_one(block, index, columns, before)
        text = "\n".join(cells)
        if "\r" in text or text.count("\n") != len(cells) - 1:  # in a cell, which would be two
            return self._one_by_one(block, index, columns, before)
        found = self._at_once(text, "\0", 0, before)  # no file has a \0
        whole = found is not None and len(found) == len(cells)  # no blank cell was left out
        return found if whole else self._one_by_one(block, index, columns, before)

    def _at_once(self, text: str, delimiter: str, index: int, before: Any) -> Any:
        import numpy as np

        if not text.strip():
            return None
        try:
            lines = io.StringIO(text, newline="")
            values = np.loadtxt(lines, self.dtype, None, delimiter, usecols=index, ndmin=1, quotechar=None)
        except ValueError:
            return None
        return self.usual(values, before)

    def _one_by_one(self, block: Block, index: int, columns: int, before: Any) -> Any:
        import numpy as np

        values = []
        for line, row in block.rows():
            if len(row) <= index:
                raise CsvError(f"has only {len(row)} of {columns} columns", line)
            before = self.value(Cell(line, row[index].strip()), before)
            values.append(before)
        return np.array(values, self.dtype)

    def finished(self, values: Any) -> Any:
        """All values of the column. Raises CsvError."""
        if len(values) < self.least_rows:
            raise CsvError(f"has {len(values)} rows after the header; allowed: {self.least_rows} or more")
        values.flags.writeable = False
        return values


@dataclass(frozen=True)
class Numbers(Content):
    """Numbers of at least `least`."""

    least: float = 0.0
    least_rows: int = 1
    dtype: ClassVar[str] = "f8"

    def value(self, cell: Cell, before: Any) -> float:
        value = units.parse_number(cell.text)
        if value is None or not math.isfinite(value):
            raise CellError(f"'{shortened(cell.text)}' is not a number", cell)
        if value < self.least:
            raise CellError(f"{shortened(cell.text)} is negative", cell)
        if abs(value) > LARGEST_NUMBER:
            raise CellError(f"{shortened(cell.text)} is beyond {LARGEST_NUMBER:g}", cell)
        return value

    def usual(self, values: Any, before: Any) -> Any:
        within = max(self.least, -LARGEST_NUMBER) <= values.min() and values.max() <= LARGEST_NUMBER
        return values if within else None  # nor where one is NaN: it compares false


class Weights(Numbers):
    """Numbers of at least 0, of which at least one is above 0."""

    def finished(self, values: Any) -> Any:
        if len(values) and not values.any():
            raise CsvError("has only weights of 0; allowed: at least one above 0")
        return super().finished(values)


class Sorted(Numbers):
    """Numbers in ascending order, whatever the file's."""

    def finished(self, values: Any) -> Any:
        values.sort()
        return super().finished(values)


class Times(Numbers):
    """Seconds, each later than the one before."""

    def value(self, cell: Cell, before: Any) -> float:
        value = super().value(cell, before)
        if before is not None and not value > before:
            raise CellError(f"{value:g} is not later than {before:g} of the row before", cell)
        return value

    def usual(self, values: Any, before: Any) -> Any:
        ascending = (values[1:] > values[:-1]).all() and (before is None or values[0] > before)
        return super().usual(values, before) if ascending else None


class Keys(Content):
    """Partition keys: 1 to 256 characters each."""

    dtype: ClassVar[str] = "T"  # a StringDType, which takes 16 bytes for a short one; a str takes 60

    def value(self, cell: Cell, before: Any) -> str:
        if not 0 < len(cell.text) <= LONGEST_KEY:
            raise CellError(f"a partition key has 1 to {LONGEST_KEY} characters, not {len(cell.text)}", cell)
        return cell.text

    def usual(self, values: Any, before: Any) -> Any:
        import numpy as np

        keys = np.strings.strip(values)
        lengths = np.strings.str_len(keys)
        return keys if lengths.min() > 0 and lengths.max() <= LONGEST_KEY else None
