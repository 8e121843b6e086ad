"""The heading of a plot: title and subtitle above all else, which a page takes off again. It imports no matplotlib."""

from __future__ import annotations

import textwrap
from typing import Final

LETTERS: Final = 128  # of a line of a subtitle
TITLE_IN: Final = 0.43  # inches, from the top of the figure to the subtitle
LINE_IN: Final = 0.16  # of a subtitle
NARROW: Final = "-narrow"  # after the name of a plot: it has no heading
IDS: Final = ("head-title", "head-subtitle")  # of these texts in an SVG


def lines(subtitle: str) -> list[str]:
    """A subtitle as it is broken into lines."""
    return textwrap.wrap(subtitle, LETTERS)


def height_in(subtitle: str) -> float:
    """The height in inches that a title and this subtitle take."""
    return TITLE_IN + LINE_IN * len(lines(subtitle)) + 0.03
