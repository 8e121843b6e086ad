"""A figure as it is drawn for a narrow screen: without its heading, the legend in more rows, and letters as large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import Bbox

from simulator.report.plots import heading, legends
from simulator.report.plots.palette import PAPER

WIDTH_IN: Final = 4.7
LEAST_IN: Final = 2.2  # of an axis: below that the names of its rows stand above them
BESIDE_IN: Final = 1.0  # what is wider beside another is a panel, and no scale of colours
LOWER: Final = 0.22  # rows: a bar stands so much lower, its name so much higher
MARGIN: Final = 2.0  # pixels that words may reach into each other
RIGHT_IN: Final = 0.3
EDGE_IN: Final = 0.15
MOST_TICKS: Final = 6
TALLER: Final = 1.75  # times: rows with their names above them


def can_be_narrow(on: Figure) -> bool:
    """Whether the panels of a figure stand one above the other, and not side by side."""
    return not any(left > on.get_figwidth() / 2 and width > BESIDE_IN for left, _, width, _ in map(_box_in, on.axes))


def narrowed(on: Figure, head_in: float) -> None:
    """Draw a figure again for a narrow screen, in its place; `head_in`: the height of its heading and its legend."""
    own = {axes for axes in on.axes if axes.get_legend()}
    legend = _legend(on)
    for text in [each for each in on.texts if each.get_gid() in heading.IDS]:
        text.remove()
    wide, rows = on.get_figwidth(), _legend_rows(legend)
    boxes = {axes: _box_in(axes) for axes in on.axes}
    named = [axes for axes, (_, _, width, _) in boxes.items() if width < wide - WIDTH_IN + LEAST_IN and _names(axes)]
    high = on.get_figheight() - head_in + legends.ROW_IN * rows + sum((TALLER - 1) * boxes[axes][3] for axes in named)
    on.set_size_inches(WIDTH_IN, high)
    for axes, (left, low, width, tall) in boxes.items():
        if axes in named:
            left, width, tall = EDGE_IN, WIDTH_IN - 2 * EDGE_IN, tall * TALLER
            _name_above(axes)
        elif left > wide / 2:
            left -= wide - WIDTH_IN
        else:
            width = WIDTH_IN - left - RIGHT_IN if axes in own else width - (wide - WIDTH_IN)
        axes.set_position((left / WIDTH_IN, low / high, width / WIDTH_IN, tall / high))
        _thin(axes)
    legends.put(on, legend, rows, EDGE_IN, 0)
    for axes in on.axes:
        _leave_out_what_overlaps(axes)


def _box_in(axes: Axes) -> tuple[float, float, float, float]:
    box, (wide, high) = axes.get_position(), axes.get_figure(root=True).get_size_inches()  # type: ignore[union-attr]
    return box.x0 * wide, box.y0 * high, box.width * wide, box.height * high


def _legend(on: Figure) -> list[tuple[Artist, str]]:
    """What the legends of a figure say, which are taken away."""
    found: list[tuple[Artist, str]] = []
    legends: list[Legend] = [*on.legends, *(each for axes in on.axes if (each := axes.get_legend()))]
    for each in legends:
        found += zip(each.legend_handles, (text.get_text() for text in each.get_texts()), strict=True)  # type: ignore[arg-type]
        each.remove()
    return found


def _legend_rows(legend: Sequence[tuple[Artist, str]]) -> int:
    """As few rows as there is room for columns of equal width."""
    if not legend:
        return 0
    column_in = legends.MARK_IN + legends.LETTER_IN * max(len(label) for _, label in legend)
    columns = max(1, int((WIDTH_IN - 2 * EDGE_IN) / column_in))
    return -(-len(legend) // columns)


def _thin(axes: Axes) -> None:
    """Leave out ticks of the horizontal axis that there is no room for."""
    names = _texts(axes.xaxis)
    step = -(-len(names) // MOST_TICKS)
    if step > 1:
        axes.set_xticks(list(names)[::step], list(names.values())[::step])


def _texts(axis: Axis) -> dict[float, str]:
    """The ticks of an axis that stand where they were put, with what they are called."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return {}
    return dict(zip(axis.get_majorticklocs(), (text.get_text() for text in axis.get_majorticklabels()), strict=True))


def _names(axes: Axes) -> dict[float, str]:
    """The names of rows; nothing where the vertical axis is one of numbers."""
    names = _texts(axes.yaxis)
    return names if any(text[:1].isalpha() for text in names.values()) else {}


def _name_above(axes: Axes) -> None:
    """The names of rows above their bars, and what stood beside the bars at the end of that line."""
    for bar in axes.patches:
        if isinstance(bar, Rectangle):
            bar.set_y(bar.get_y() + bar.get_height() / 2 + LOWER - 0.2)
            bar.set_height(0.4)
    for line in axes.lines:
        rows = np.asarray(line.get_ydata(), float)
        if len(set(rows)) == 1:
            line.set_ydata(rows + LOWER)
    for text in axes.texts:
        if isinstance(text, Annotation) and isinstance(text.xycoords, tuple):
            x, row = text.xy
            text.xy = (x, row - LOWER)
            text.set_position((0, 0))
            text.set_horizontalalignment("right")
            text.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
            text.set_zorder(6)
    for row, name in _names(axes).items():
        axes.annotate(name, (0, row - LOWER), xycoords=("axes fraction", "data"), va="center", ha="left", fontsize=8.5)
    axes.set_yticks([])


def _leave_out_what_overlaps(axes: Axes) -> None:
    """Of words in the picture that would lie on each other the first stay."""
    kept: list[Bbox] = []
    for text in list(axes.texts):
        box = text.get_window_extent().padded(-MARGIN)
        if text.get_text() and any(box.overlaps(each) for each in kept):
            text.remove()
        else:
            kept.append(box)
