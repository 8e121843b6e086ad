"""Columns are worked on in portions that stay in the processor's cache; whole windows would not."""

from collections.abc import Iterator
from typing import Final

AT_ONCE: Final = 1 << 15


def portions(rows: int) -> Iterator[slice]:
    """Slices that cover so many rows, one after the other."""
    for low in range(0, rows, AT_ONCE):
        yield slice(low, min(low + AT_ONCE, rows))
