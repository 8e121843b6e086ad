"""Panels: one a mapping, stream or function, with one time axis."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.report.plots.axes import TimeUnit
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, figure
from simulator.report.plots.palette import PALE_INK
from simulator.report.plots.rows import ONE_COLUMN

MOST: Final = 8
LEFT_IN: Final = 0.85
RIGHT_IN: Final = 0.3
NAME_IN: Final = 0.27  # above a panel, for its name
GAP_IN: Final = 0.5  # between rows, with the name of the lower panel
PANEL_IN: Final = {1: 2.95, 2: 1.75, 3: 1.45, 4: 1.35}  # the height of a panel by the number of rows
COMMON: Final = 20.0  # panels whose peaks are further apart have scales of their own
LONGEST: Final = 34  # letters of a name
MARKS: Final = "-_./: "  # between the words of a name
WORD: Final = re.compile(r"[^-_./: ]+|[-_./: ]")
LETTER: Final = re.compile(r"[^\W\d]")
LONGEST_NOTED: Final = 20  # in a narrow panel with a note


def chosen(weights: Mapping[str, float]) -> list[str]:
    """The names with the greatest weights, in their own order: as many as there is room for."""
    most = sorted(weights, key=lambda name: -weights[name])[:MOST]
    return [name for name in weights if name in most]


def left_out(names: Sequence[str], all_names: int, why: str) -> str:
    """What to say when some have no panel."""
    return f" Shown are {len(names)} of {all_names}, those with the {why}." if len(names) < all_names else ""


def panels(names: Sequence[str], unit: TimeUnit, end_s: float, noted: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure with a panel for each name, and the time below the lowest ones; `noted`: room is left for notes."""
    columns = 1 if len(names) <= ONE_COLUMN else 2
    rows = max(1, -(-len(names) // columns))
    panel_in = PANEL_IN[rows]
    height = NAME_IN + rows * panel_in + (rows - 1) * GAP_IN + FOOT_IN
    on = figure(height)
    wide_in = (WIDTH_IN - columns * (LEFT_IN + RIGHT_IN)) / columns
    axes: list[Axes] = []
    for i in range(max(1, len(names))):
        row, column = divmod(i, columns)
        left = LEFT_IN + column * (wide_in + LEFT_IN + RIGHT_IN)
        top = NAME_IN + row * (panel_in + GAP_IN)
        box = (left / WIDTH_IN, 1 - (top + panel_in) / height, wide_in / WIDTH_IN, panel_in / height)
        axes.append(on.add_axes(box))
        unit.mark(axes[-1], end_s, narrow=columns > 1, labelled=i + columns >= len(names))
        if len(names) > 1:
            told = shortened(names, LONGEST_NOTED if noted and columns > 1 else LONGEST)
            name_panel(axes[-1], told[names[i]])
    return on, axes


def name_panel(axes: Axes, name: str, note: str = "") -> None:
    """A panel's name above its left corner, and a note above the right one."""
    if name:
        _above(axes, 0, name, fontsize=9, fontweight="bold", ha="left")
    if note:
        _above(axes, 1, note, fontsize=8, color=PALE_INK, ha="right")


def _above(axes: Axes, x: float, text: str, **how: Any) -> None:
    axes.annotate(text, (x, 1), xytext=(0, 5), xycoords="axes fraction", textcoords="offset points", va="bottom", **how)


def short(name: str, longest: int = LONGEST) -> str:
    """A name cut in its middle if it is long."""
    if len(name) <= longest:
        return name
    half = (longest - 1) // 2
    return f"{name[:half]}…{name[-half:]}"


def common_scale(peaks: Sequence[float]) -> bool:
    """Whether panels with these peaks can share a scale and still show the lowest."""
    some = [peak for peak in peaks if peak > 0]
    return not some or max(some) <= COMMON * min(some)


def no_data(axes: Axes, why: str) -> None:
    """Say in an empty panel why it is empty."""
    axes.text(0.5, 0.5, f"no data: {why}", transform=axes.transAxes, color=PALE_INK, ha="center", va="center")
    axes.set_yticks([])


def shortened(names: Sequence[str], longest: int = LONGEST) -> dict[str, str]:
    """Names without what they all begin and end with, cut between words, each cut in its middle if it is long.

    A word stays in front of a number: of a-team-1 and a-team-2 that is team-1 and team-2.
    """
    words = [WORD.findall(name) for name in names]
    head = _alike(words) if len(names) > 1 else 0
    tail = _alike([list(reversed(each[head:])) for each in words]) if len(names) > 1 else 0
    while True:
        cut = ["".join(each[head : len(each) - tail]).strip(MARKS) for each in words]
        if head == tail == 0 or (len(set(cut)) == len(names) and all(LETTER.match(each) for each in cut)):
            return {name: short(text if head or tail else name, longest) for name, text in zip(names, cut, strict=True)}
        head, tail = max(0, head - 1), tail if head else 0


def _alike(words: Sequence[Sequence[str]]) -> int:
    """How many first words all have in common."""
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, zip(*words, strict=False)))
