"""Numbers as CSV text, all rows of a column at once.

A field is some columns of words of four letters, a row each, where a letter that is 0 is nothing. So digits are looked
up three or four at a time. The last letter of the last word is kept free for the mark that follows the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS

Words = NDArray[np.uint32]
Letters = NDArray[np.uint8]
Field = Sequence[Words]

WORD: Final = 4  # letters
DECIMALS: Final = 6  # three at a time


def whole(values: Integers) -> Field:
    """Numbers from 0 on."""
    return _digits(values, LAST_THREE, 1000)


def seconds(times_ns: Integers) -> Field:
    """Times from 0 on, in seconds to 6 decimals, half up."""
    unit_ns = NS // 10**DECIMALS
    more, decimals = (times_ns + unit_ns // 2) // unit_ns, []
    for table in (THREE,) * (DECIMALS // 3 - 1) + (POINT_AND_THREE,):
        rest, more = more, more // 1000
        decimals.append(table[rest - more * 1000])
    return *_digits(more, FOUR_OR_ONE, 10_000), *reversed(decimals)


def words(texts: Sequence[str], which: Integers) -> Field:
    """Of some texts, as they are to stand in the file, one a line."""
    encoded = [text.encode() + b"\0" for text in texts]
    size = -(-max(map(len, encoded)) // WORD)
    table = np.frombuffer(b"".join(text.rjust(size * WORD, b"\0") for text in encoded), np.uint32)
    return [table[which * size + place] for place in range(size)]


def lines(fields: Sequence[Field]) -> str:
    """The lines of the file."""
    columns = [column for *before, last in fields[:-1] for column in (*before, last | COMMA)]
    *before, last = fields[-1]
    columns += [*before, last | NEWLINE]
    rows: Words = np.empty((len(last), len(columns)), np.uint32)
    for place, column in enumerate(columns):
        rows[:, place] = column
    return rows.tobytes().translate(None, b"\0").decode()


def _digits(values: Integers, table: Words, size: int) -> Field:
    """The digits of numbers. The table has the last ones: of `size` numbers as they are, and with zeros before them."""
    if values.max(initial=0) < size:
        return (table[values],)
    more = values // size
    return *_digits(more, FOUR_OR_NONE, 10_000), table[values - more * size + (more > 0) * size]


def _numbers(digits: int) -> Letters:
    """All numbers with so many digits."""
    places = 10 ** np.arange(digits)[::-1]
    return (np.arange(10**digits)[:, None] // places % 10 + ord("0")).astype(np.uint8)


def _short(numbers: Letters, least: int) -> Letters:
    """The same without zeros before them, but with at least so many digits."""
    zeros = np.logical_and.accumulate(numbers == ord("0"), axis=1)
    zeros[:, numbers.shape[1] - least :] = False
    return np.where(zeros, np.uint8(0), numbers)


def _table(*rows: Letters, before: str = "", after: str = "") -> Words:
    """Letters as words, with some before or after each row."""
    letters = np.concatenate(rows)
    beside = (np.full((len(letters), len(text)), [ord(letter) for letter in text]) for text in (before, after))
    left, right = (each.astype(np.uint8) for each in beside)
    return np.concatenate((left, letters, right), axis=1).view(np.uint32).ravel()


COMMA, NEWLINE = np.frombuffer(b"\0\0\0,\0\0\0\n", np.uint32)
FOUR_OR_NONE: Final = _table(_short(_numbers(4), 0), _numbers(4))
FOUR_OR_ONE: Final = _table(_short(_numbers(4), 1), _numbers(4))
LAST_THREE: Final = _table(_short(_numbers(3), 1), _numbers(3), after="\0")
POINT_AND_THREE: Final = _table(_numbers(3), before=".")
THREE: Final = _table(_numbers(3), after="\0")
