"""The settings that a search tried: what each costs against how near it is to the objectives."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from simulator.report.numbers import usd
from simulator.report.objective_words import among, name
from simulator.report.plots.axes import number
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.palette import BLUE, INK, ORANGE, PALE_INK, VERMILLION, Line
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, no_data, short
from simulator.study.objectives import KEEPS_UP, State
from simulator.study.racing import FINISHES, Trial
from simulator.study.size import Sizing

HEIGHT_IN: Final = 3.6
MOST_LABELS: Final = 8
LONGEST: Final = 70  # letters of a setting
LOWEST: Final = 0.01  # of a bound: what is lower stands there
HIGHEST: Final = 1000.0
STATES: Final[dict[State, Line]] = {
    "met": Line(BLUE, "-", "o"),
    "undecided": Line(ORANGE, "-", "s"),
    "missed": Line(VERMILLION, "-", "X"),
}


def cost_against_objective(sizing: Sizing) -> Plot:
    """A point for each setting that was tried; the answer is marked."""
    on = figure(HEIGHT_IN)
    box_in = (LEFT_IN, FOOT_IN, WIDTH_IN - LEFT_IN - RIGHT_IN, HEIGHT_IN - FOOT_IN - 0.15)
    axes = on.add_axes((box_in[0] / WIDTH_IN, box_in[1] / HEIGHT_IN, box_in[2] / WIDTH_IN, box_in[3] / HEIGHT_IN))
    points = [(each, part) for each in sizing.search.trials if (part := part_of_bound(each)) is not None]
    _draw(axes, sizing, points)
    tightest = sorted({name(each.worst.objective) for each, _ in points if each.worst})
    subtitle = (
        "Each point is a setting that was tried: the worst of its objectives as a part of what is allowed, and its "
        f"cost. The objectives that come worst: {among(tightest) or 'none'}."
    )
    return head(on, "cost_against_objective", _title(sizing), subtitle, _legend(points))


def part_of_bound(trial: Trial) -> float | None:
    """The highest mean of an objective as a part of its bound; None without one that was measured."""
    measured = [
        each.excess
        for each in trial.assessments
        if each.objective not in (KEEPS_UP, FINISHES) and math.isfinite(each.seen.mean)
    ]
    return max(measured, default=None)


def _title(sizing: Sizing) -> str:
    if sizing.answer is None:
        return "No setting that was tried meets the objectives"
    return f"The cheapest setting that meets the objectives costs {usd(sizing.answer.usd_per_month)} a month"


def _draw(axes: Axes, sizing: Sizing, points: list[tuple[Trial, float]]) -> None:
    axes.set_xlabel("USD a month")
    axes.set_ylabel("part of what is allowed")
    if not points:
        no_data(axes, "nothing was measured")
        return
    axes.set_yscale("log")
    axes.axhline(1, color=INK, linewidth=1)
    for each, part in points:
        line = STATES[each.state]
        axes.plot([each.usd_per_month], [_clipped(part)], color=line.colour, marker=line.marker, linestyle="", zorder=3)
    answer = None if sizing.answer is None else part_of_bound(sizing.answer)
    if sizing.answer is not None and answer is not None:
        axes.plot(
            [sizing.answer.usd_per_month], [_clipped(answer)], marker="o", markersize=15, markerfacecolor="none",
            markeredgecolor=INK, markeredgewidth=1.4, linestyle="", zorder=4,
        )  # fmt: skip
    named = [sizing.answer, sizing.search.cheaper]
    _label(axes, points if len(points) <= MOST_LABELS else [each for each in points if each[0] in named])
    _mark(axes, [_clipped(part) for _, part in points])


def _label(axes: Axes, points: list[tuple[Trial, float]]) -> None:
    """Beside each point its setting, on the side where there is room."""
    middle = float(np.mean([axes.get_xlim()[0], axes.get_xlim()[1]]))
    for each, part in points:
        left = each.usd_per_month > middle
        axes.annotate(
            short(str(each.setting), LONGEST), (each.usd_per_month, _clipped(part)), xytext=(-11 if left else 11, 10),
            textcoords="offset points", ha="right" if left else "left", va="center", fontsize=8, color=PALE_INK,
        )  # fmt: skip


def _mark(axes: Axes, parts: list[float]) -> None:
    axes.set_ylim(min(0.5, *parts) / 1.4, max(2.0, *parts) * 1.6)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{number(value)}x"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.margins(x=0.12)


def _clipped(part: float) -> float:
    return min(max(part, LOWEST), HIGHEST)


def _legend(points: list[tuple[Trial, float]]) -> list[tuple[Artist, str]]:
    states = {each.state for each, _ in points}
    samples: list[tuple[Artist, str]] = [
        (Line2D([], [], color=line.colour, marker=line.marker, linestyle=""), f"objectives {state}")
        for state, line in STATES.items()
        if state in states
    ]
    return [*samples, (Line2D([], [], color=INK, linewidth=1), "what is allowed")]
