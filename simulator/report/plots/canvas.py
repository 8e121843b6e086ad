"""Figures with a title, and saving them: the same bytes each time."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from simulator.files.whole import write_new
from simulator.report.plots import heading, legends
from simulator.report.plots.chart import Chart
from simulator.report.plots.heading import NARROW
from simulator.report.plots.narrow import narrowed
from simulator.report.plots.palette import GRID, INK, PALE_INK, PAPER

WIDTH_IN: Final = 10.0
FOOT_IN: Final = 0.55  # of the lowest panels: ticks and unit
DPI: Final = 144
PRESSED: Final = {"compress_level": 4}  # a PNG: usual is 6, which takes half as long again for 2 % less

STYLE: Final[dict[str, Any]] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,  # a name may hold a $
    "axes.labelcolor": INK,
    "axes.edgecolor": PALE_INK,
    "axes.facecolor": PAPER,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": PALE_INK,
    "ytick.color": PALE_INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "hatch.linewidth": 0.5,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "path.simplify": True,
}


@dataclass(frozen=True)
class Plot:
    """A plot: its file's name without ending, what is seen in it, and how it is to be read.

    Without a figure there is nothing to be drawn: the title says so. `charts`: what is drawn over time, as numbers.
    """

    name: str
    title: str
    subtitle: str
    figure: Figure | None
    charts: tuple[Chart, ...] = ()
    head_in: float = 0.0  # the height of title, subtitle and legend

    def drawn(self) -> Figure:
        """The figure of a plot that has one."""
        assert self.figure is not None, f"{self.name} has nothing to draw"
        return self.figure

    def json(self) -> str:
        """Title and subtitle, whether anything is drawn, and the curves as numbers."""
        about = {"title": self.title, "subtitle": self.subtitle, "drawn": self.figure is not None}
        charts = [each.as_dict() for each in self.charts]
        return json.dumps({**about, "charts": charts}, ensure_ascii=False, separators=(",", ":")) + "\n"

    def save(self, folder: Path) -> None:
        """Write NAME.json, which says what is seen, and unless nothing is drawn NAME.png and NAME.svg.

        For narrow screens also NAME-narrow.svg, in the place of the figure that there was.
        """
        write_new(folder / f"{self.name}.json", self.json())
        if self.figure is None:
            return
        with style():
            write_new(folder / f"{self.name}.svg", self._svg(self.figure))
            with (folder / f"{self.name}.png").open("xb") as file:
                self.figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None}, pil_kwargs=PRESSED)
            narrowed(self.figure, self.head_in)
            write_new(folder / f"{self.name}{NARROW}.svg", self._svg(self.figure))

    def _svg(self, figure: Figure) -> str:
        """A figure as an SVG file, which says the plot's title and how it is to be read."""
        text, about = io.StringIO(), {"Title": self.title, "Description": self.subtitle, "Date": None, "Creator": None}
        with mpl.rc_context({"svg.hashsalt": self.name}):
            figure.savefig(text, format="svg", metadata=about)
        return text.getvalue()


@contextmanager
def style() -> Iterator[None]:
    """Our settings, whatever the user's own are.

    A letter that the font does not have is a box in the .png; the .svg has the name as text.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph .* missing from font")
        with mpl.rc_context(_settings()):
            yield


@cache
def _settings() -> Any:  # matplotlib types the keys one by one
    """Ours, and of all others matplotlib's defaults. Its `rcdefaults` reads 30 style sheets, which takes longer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
        return {name: value for name, value in mpl.rcParamsDefault.items() if name != "backend"} | STYLE


def figure(height_in: float) -> Figure:
    """An empty figure of the width that all have."""
    return Figure(figsize=(WIDTH_IN, height_in))


def head(
    on: Figure, name: str, title: str, subtitle: str, legend: list[tuple[Artist, str]], left_in: float = 0.85,
    charts: tuple[Chart, ...] = (),
) -> Plot:  # fmt: skip
    """Put title, subtitle and legend above the panels, and make the figure that much higher."""
    rows = _legend_rows(legend, WIDTH_IN - left_in)
    legend_at_in = heading.height_in(subtitle)
    make_room(on, legend_at_in + legends.ROW_IN * rows)
    height, x = on.get_figheight(), left_in / WIDTH_IN
    on.text(x, 1 - 0.17 / height, title, fontsize=12, fontweight="bold", va="top", gid=heading.IDS[0])
    on.text(
        x,
        1 - heading.TITLE_IN / height,
        "\n".join(heading.lines(subtitle)),
        fontsize=9,
        color=PALE_INK,
        va="top",
        linespacing=1.25,
        gid=heading.IDS[1],
    )
    legends.put(on, legend, rows, left_in, legend_at_in)
    return Plot(name, title, subtitle, on, charts, legend_at_in + legends.ROW_IN * rows)


def make_room(on: Figure, inches: float) -> None:
    """Make a figure higher at its top; what is in it keeps its size."""
    before = on.get_figheight()
    after = before + inches
    boxes = [axes.get_position() for axes in on.axes]
    on.set_figheight(after)
    for axes, box in zip(on.axes, boxes, strict=True):
        axes.set_position((box.x0, box.y0 * before / after, box.width, box.height * before / after))


def _legend_rows(legend: list[tuple[Artist, str]], room_in: float) -> int:
    if not legend:
        return 0
    return 1 + int(sum(legends.MARK_IN + legends.LETTER_IN * len(label) for _, label in legend) > room_in)
