"""A queue of rows of whole numbers: 8 bytes a number, however many wait, and in whatever portions they come."""

from __future__ import annotations

from array import array

import numpy as np

from simulator.traffic.log import Integers


class Queue:
    """Rows of so many columns; what is taken goes from the front."""

    def __init__(self, columns: int) -> None:
        self._columns = [array("q") for _ in range(columns)]
        self._taken = 0  # rows that are still in the columns

    def __len__(self) -> int:
        return len(self._columns[0]) - self._taken

    def add(self, *columns: Integers) -> None:
        """Rows come, as their columns."""
        for column, new in zip(self._columns, columns, strict=True):
            column.frombytes(new.tobytes())

    def first(self, column: int) -> int:
        """What the first row has in a column."""
        return self._columns[column][self._taken]

    def leading(self, column: int, most: int) -> int:
        """How many of the first rows have no more than `most` in a column."""
        values, row = self._columns[column], self._taken
        while row < len(values) and values[row] <= most:
            row += 1
        return row - self._taken

    def column(self, number: int, most: int) -> Integers:
        """A column of the first rows, at most so many of them."""
        return np.array(self._columns[number][self._taken : self._taken + most], np.int64)

    def take(self, n: int) -> None:
        """The first n rows go."""
        self._taken += n
        if 2 * self._taken > len(self._columns[0]):
            for column in self._columns:
                del column[: self._taken]
            self._taken = 0
