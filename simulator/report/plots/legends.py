"""The legend above the panels of a figure, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.artist import Artist
from matplotlib.figure import Figure

Entries = Sequence[tuple[Artist, str]]
ROW_IN: Final = 0.2
LETTER_IN: Final = 0.071  # on average
MARK_IN: Final = 0.5  # what stands before the letters, with its distances


def put(on: Figure, legend: Entries, rows: int, left_in: float, below_in: float) -> None:
    """Put a legend of so many rows at a distance from the left and from the upper edge of a figure."""
    if not legend:
        return
    handles, labels = zip(*legend, strict=True)
    at = (left_in / on.get_figwidth(), 1 - below_in / on.get_figheight())
    on.legend(
        handles, labels, loc="upper left", bbox_to_anchor=at, ncols=-(-len(legend) // rows),
        frameon=False, borderaxespad=0, borderpad=0.2, handlelength=2.2, columnspacing=1.5, handletextpad=0.5,
    )  # fmt: skip
