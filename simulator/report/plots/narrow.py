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

Box = tuple[float, float, float, float]  # left, low, width and height, in inches
Boxes = dict[Axes, Box]


def narrowed(on: Figure, head_in: float) -> None:
    """Draw a figure again for a narrow screen, in its place; `head_in`: the height of its heading and its legend.

    Panels that stand side by side come to stand one above the other.
    """
    own = {axes for axes in on.axes if axes.get_legend()}
    legend = _legend(on)
    for text in [each for each in on.texts if each.get_gid() in heading.IDS]:
        text.remove()
    rows, boxes = _legend_rows(legend), {axes: _box_in(axes) for axes in on.axes}
    place = _one_above_the_other if _side_by_side(on, boxes) else _as_they_stand
    boxes, body_in = place(on, boxes, on.get_figheight() - head_in, own)
    high = body_in + legends.ROW_IN * rows
    on.set_size_inches(WIDTH_IN, high)
    for axes, (left, low, width, tall) in boxes.items():
        axes.set_position((left / WIDTH_IN, low / high, width / WIDTH_IN, tall / high))
        _thin(axes)
    legends.put(on, legend, rows, EDGE_IN, 0)
    for axes in on.axes:
        _leave_out_what_overlaps(axes)


def _side_by_side(on: Figure, boxes: Boxes) -> bool:
    return any(left > on.get_figwidth() / 2 and width > BESIDE_IN for left, _, width, _ in boxes.values())


def _as_they_stand(on: Figure, boxes: Boxes, body_in: float, own: set[Axes]) -> tuple[Boxes, float]:
    """Where axes stand that go through the figure, and how high all is without the legend."""
    less, placed = on.get_figwidth() - WIDTH_IN, {}
    for axes, (left, low, width, tall) in boxes.items():
        if width < less + LEAST_IN and _names(axes):
            body_in += (TALLER - 1) * tall
            left, width, tall = EDGE_IN, WIDTH_IN - 2 * EDGE_IN, tall * TALLER
            _name_above(axes)
        elif left > on.get_figwidth() / 2:
            left -= less
        else:
            width = WIDTH_IN - left - RIGHT_IN if axes in own else width - less
        placed[axes] = left, low, width, tall
    return placed, body_in


def _one_above_the_other(on: Figure, boxes: Boxes, body_in: float, own: set[Axes]) -> tuple[Boxes, float]:
    """The same of panels in rows, as high and as far from each other as they were: the time stands below the last."""
    left_in = min(left for left, _, _, _ in boxes.values())
    lows = sorted({round(low, 6) for _, low, _, _ in boxes.values()})
    apart_in, panels = lows[1] - lows[0], sorted({(-round(low, 6), left) for left, low, _, _ in boxes.values()})
    placed = {}
    for axes, (left, low, _, tall) in boxes.items():
        below = len(panels) - 1 - panels.index((-round(low, 6), left))
        placed[axes] = left_in, lows[0] + below * apart_in, WIDTH_IN - left_in - RIGHT_IN, tall
        if below:
            axes.tick_params(axis="x", labelbottom=False)
            axes.set_xlabel("")
    return placed, body_in + (len(panels) - len(lows)) * apart_in


def _box_in(axes: Axes) -> Box:
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
    """The ticks of an axis that stand where they were put, with what they are called, if they are."""
    labels = axis.get_majorticklabels()
    if not labels or not isinstance(axis.get_major_locator(), FixedLocator):
        return {}
    return dict(zip(axis.get_majorticklocs(), (text.get_text() for text in labels), strict=True))


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
