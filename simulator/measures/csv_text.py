"""Numbers as CSV text, all rows of a column at once: a field is a matrix of bytes, a line each, where 0 is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS

Field = NDArray[np.uint8]

FOUR_DIGITS: Final = np.frombuffer(b"".join(b"%04d" % number for number in range(10_000)), np.uint32)
DECIMALS: Final = 6


def whole(values: Integers) -> Field:
    """Numbers from 0 on."""
    return _digits(values, 1)


def seconds(times_ns: Integers) -> Field:
    """Times from 0 on, in seconds to 6 decimals, half up."""
    unit_ns = NS // 10**DECIMALS
    digits = _digits((times_ns + unit_ns // 2) // unit_ns, DECIMALS + 1)
    point = np.full((len(digits), 1), ord("."), np.uint8)
    return np.concatenate((digits[:, :-DECIMALS], point, digits[:, -DECIMALS:]), axis=1)


def words(texts: Sequence[str], which: Integers) -> Field:
    """Of some texts, as they are to stand in the file, one a line."""
    table = np.array([text.encode() for text in texts])
    return table[which].view(np.uint8).reshape(len(which), table.itemsize)


def lines(fields: Sequence[Field]) -> str:
    """The lines of the file."""
    comma = np.full((len(fields[0]), 1), ord(","), np.uint8)
    first, *others = fields
    end = np.full_like(comma, ord("\n"))
    bytes_ = np.concatenate((first, *(part for field in others for part in (comma, field)), end), axis=1)
    return bytes_.tobytes().translate(None, b"\0").decode()


def _digits(values: Integers, least: int) -> Field:
    """At least so many digits of each, without zeros before them. Four at a time are looked up."""
    groups = -(-max(least, len(str(values.max(initial=0)))) // 4)
    found, rest = np.empty((len(values), groups), np.uint32), values
    for group in reversed(range(groups)):
        rest, four = np.divmod(rest, 10_000) if group else (rest, rest)
        found[:, group] = FOUR_DIGITS[four]
    digits = found.view(np.uint8)
    for place in range(4 * groups - least):
        digits[values < 10 ** (4 * groups - 1 - place), place] = 0
    return digits
