"""Colours that stay apart for colour-blind readers and in greyscale: Okabe and Ito's, of different lightness.

The colours of text, lines and paper are single constants, so that a page can put its own in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

INK: Final = "#1a1a1a"
PALE_INK: Final = "#595959"
GRID: Final = "#e6e6e6"
PAPER: Final = "#ffffff"

BLACK: Final = "#000000"
ORANGE: Final = "#e69f00"
SKY: Final = "#56b4e9"
GREEN: Final = "#009e73"
YELLOW: Final = "#f0e442"
BLUE: Final = "#0072b2"
VERMILLION: Final = "#d55e00"
PURPLE: Final = "#cc79a7"
PALE_BLUE: Final = "#b9d3e6"
PALE_GREY: Final = "#d0d0d0"
GREY: Final = "#b3b3b3"
SHADE: Final = "#ebebeb"


@dataclass(frozen=True)
class Line:
    """How one of several lines is drawn: told apart by its dashes and marker where colours are not seen."""

    colour: str
    dashes: Literal["-"] | tuple[int, tuple[float, ...]]
    marker: str


LINES: Final = (
    Line(BLUE, "-", "o"),
    Line(ORANGE, "-", "s"),
    Line(BLACK, (0, (5.0, 1.5)), "^"),
    Line(GREEN, (0, (5.0, 1.5)), "D"),
    Line(VERMILLION, (0, (1.5, 1.2)), "v"),
    Line(SKY, (0, (1.5, 1.2)), "P"),
    Line(PURPLE, (0, (6.0, 1.5, 1.5, 1.5)), "X"),
    Line(PALE_INK, (0, (6.0, 1.5, 1.5, 1.5)), "*"),
)


@dataclass(frozen=True)
class Fill:
    """How an area is filled: told apart by its hatch where colours are not seen."""

    colour: str
    hatch: str = ""


PARTS: Final = {
    "write_wait": Fill(GREY, "---"),
    "pickup": Fill(SKY),
    "queueing": Fill(ORANGE, "///"),
    "batching": Fill(YELLOW, "|||"),
    "throttled": Fill(VERMILLION, "xxx"),
    "retrying": Fill(PURPLE, "\\\\\\"),
    "cold_start": Fill(PALE_BLUE, "+++"),
    "processing": Fill(BLUE),
}

INCIDENTS: Final = {
    "outage": Fill(SHADE),
    "slow": Fill(SHADE, "//"),
    "disabled": Fill(SHADE, "xx"),
    "behind": Fill(SHADE, "\\\\"),
}
