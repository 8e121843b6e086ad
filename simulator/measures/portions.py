"""Many records a portion at a time: the memory that a window of catching up takes has a bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from simulator.traffic.log import Integers

AT_ONCE: Final = 1 << 18  # records


def portions(sizes: Integers) -> Iterator[slice]:
    """Consecutive groups of records, of some sizes, in portions of about AT_ONCE records."""
    upto = np.cumsum(sizes)
    cuts = np.searchsorted(upto, np.arange(AT_ONCE, upto[-1] if len(upto) else 0, AT_ONCE), "right").tolist()
    for first, last in pairwise(sorted({0, *cuts, len(sizes)})):
        yield slice(first, last)


def ranges(begins: Integers, lengths: Integers) -> Integers:
    """Ranges of integers, one behind the other."""
    all_: Integers = np.arange(lengths.sum()) + np.repeat(begins - (np.cumsum(lengths) - lengths), lengths)
    return all_


def together(columns: Sequence[Integers]) -> Integers:
    """Columns one behind the other, or none at all."""
    return np.concatenate([np.empty(0, np.int64), *columns])
