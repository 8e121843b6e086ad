"""What each setting costs, and how far behind it is: the frontier of those that no other beats in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from simulator.report.numbers import seconds, usd
from simulator.report.plots.axes import duration_unit, number
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.palette import BLUE, GREY, INK, PALE_INK, VERMILLION
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, no_data, short
from simulator.report.plots.setting_choice import names, of_names, of_worst, worst_mapping
from simulator.study.compare import Comparison
from simulator.study.figures import values_of
from simulator.study.objectives import COST
from simulator.study.statistics import Interval, interval, measure_interval

AGE: Final = "iterator_age_p99_s"
HEIGHT_IN: Final = 4.1
LONGEST_NAME: Final = 34
LETTER_DOTS, LINE_DOTS = 6.2, 13.0  # of a name, at 100 dots an inch
PLACES: Final = ((8, 4, "left"), (8, -17, "left"), (-8, 4, "right"), (-8, -17, "right"))  # of names, in dots
SPREAD: Final = 30.0  # of ages: a logarithmic axis from there on


@dataclass(frozen=True)
class Point:
    """A setting's cost a month and its age, with the age's interval."""

    name: str
    usd: float
    age: Interval


def cost_and_age(comparison: Comparison) -> Plot:
    """The cost of a month against the 99 % quantile of the iterator age."""
    points = _points(comparison)
    front = frontier(points)
    on = figure(HEIGHT_IN)
    wide, high = WIDTH_IN - LEFT_IN - RIGHT_IN, HEIGHT_IN - FOOT_IN - 0.15
    axes = on.add_axes((LEFT_IN / WIDTH_IN, FOOT_IN / HEIGHT_IN, wide / WIDTH_IN, high / HEIGHT_IN))
    bound = comparison.objectives.iterator_age_p99
    if points:
        _draw(axes, points, front, bound, comparison.objectives.cost_per_month)
    else:
        no_data(axes, "no attempt ended")
    subtitle = (
        "99% quantile of the iterator age with its 95% interval, against the bill of a month of such traffic."
        f"{of_worst(comparison, 'age')}{of_names(comparison)} To the lower left is better."
    )
    return head(
        on,
        "cost_and_age",
        _title(points, front),
        subtitle,
        _legend(front, points, bound, comparison.objectives.cost_per_month),
    )


def frontier(points: list[Point]) -> list[Point]:
    """The points that no other beats in both cost and age, the cheapest first."""
    front: list[Point] = []
    for point in sorted(points, key=lambda p: (p.usd, p.age.mean)):
        equal = bool(front) and (point.usd, point.age.mean) == (front[-1].usd, front[-1].age.mean)
        if not front or equal or point.age.mean < front[-1].age.mean:
            front.append(point)
    return front


def _points(comparison: Comparison) -> list[Point]:
    found = []
    for setting in comparison.settings:
        runs = comparison.runs[setting]
        age = measure_interval(AGE, values_of(runs, worst_mapping(comparison, setting, AGE), AGE))
        if not np.isnan(age.mean):
            found.append(Point(names(comparison)[setting], interval(values_of(runs, "", COST)).mean, age))
    return found


def _draw(axes: Axes, points: list[Point], front: list[Point], bound: float | None, most_usd: float | None) -> None:
    ages = [point.age.mean for point in points]
    logarithmic = max(ages) > SPREAD * min(ages) > 0
    unit = duration_unit(max([*ages, bound or 0.0]))
    axes.plot([p.usd for p in front], [p.age.mean / unit.size for p in front], color=GREY, linewidth=1.2, zorder=1)
    for point in sorted(points, key=front.__contains__):  # those of the frontier on top
        colour = BLUE if point in front else GREY
        error = np.nan_to_num(point.age.half_width) / unit.size
        axes.errorbar(
            point.usd, point.age.mean / unit.size, [[min(error, point.age.mean / unit.size * 0.99)], [error]],
            color=colour, marker="o", markersize=5, linewidth=1.1, capsize=2.5,
        )  # fmt: skip
    if bound is not None:
        axes.axhline(bound / unit.size, color=VERMILLION, linewidth=1.3, linestyle=(0, (5, 2)))
    if most_usd is not None:
        axes.axvline(most_usd, color=VERMILLION, linewidth=1.3, linestyle=(0, (1.5, 1.5)))
    _mark(axes, points, logarithmic, unit.size, f"iterator age p99 ({unit.name})", most_usd)
    _name(axes, [*front, *(point for point in points if point not in front)], len(front), unit.size)


def _name(axes: Axes, points: list[Point], first: int, size: float) -> None:
    """Write names beside points where there is room; those of the first ones are dark, and placed before others."""
    taken: list[Bbox] = []
    for i, point in enumerate(points):
        name = short(point.name, LONGEST_NAME)
        x, y = axes.transData.transform((point.usd, point.age.mean / size))
        wide, high = LETTER_DOTS * len(name), LINE_DOTS
        for dx, dy, align in PLACES:
            left = x + dx - (wide if align == "right" else 0)
            box = Bbox.from_bounds(left, y + dy, wide, high)
            if not any(box.overlaps(other) for other in taken) and axes.bbox.x0 <= left and box.x1 <= axes.bbox.x1 + 20:
                taken.append(box)
                axes.annotate(
                    name, (point.usd, point.age.mean / size), xytext=(dx * 0.72, dy * 0.72),
                    textcoords="offset points", ha=align, va="bottom", fontsize=8,
                    color=INK if i < first else PALE_INK,
                )  # fmt: skip
                break


def _mark(
    axes: Axes, points: list[Point], logarithmic: bool, size: float, label: str, most_usd: float | None
) -> None:  # fmt: skip
    costs = [point.usd for point in points] + ([most_usd] if most_usd is not None else [])
    margin = 0.08 * (max(costs) - min(costs)) or 0.1 * max(costs) or 1.0
    axes.set_xlim(min(costs) - margin, max(costs) + 2.5 * margin)  # to the right: room for names
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_xlabel("USD a month")
    axes.set_ylabel(label)
    if logarithmic:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: number(value))


def _legend(
    front: list[Point], points: list[Point], bound: float | None, most_usd: float | None
) -> list[tuple[Artist, str]]:
    if not points:
        return []
    lines: list[tuple[Artist, str]] = [
        (
            Line2D([], [], color=BLUE, marker="o", markersize=5, linewidth=1.1),
            "no other is both cheaper and less behind",
        ),
    ]
    if len(front) < len(points):
        lines.append((Line2D([], [], color=GREY, marker="o", markersize=5, linewidth=1.1), "another is"))
    if bound is not None:
        line = Line2D([], [], color=VERMILLION, linewidth=1.3, linestyle=(0, (5, 2)))
        lines.append((line, f"objective, {seconds(bound)}"))
    if most_usd is not None:
        line = Line2D([], [], color=VERMILLION, linewidth=1.3, linestyle=(0, (1.5, 1.5)))
        lines.append((line, f"objective, {usd(most_usd)}"))
    return lines


def _title(points: list[Point], front: list[Point]) -> str:
    if not points:
        return "Cost and iterator age: no attempt has ended"
    cheapest, quickest = front[0], front[-1]
    if cheapest is quickest:
        return f"Cheapest and least behind is {cheapest.name}: {usd(cheapest.usd)}, {seconds(cheapest.age.mean)}"
    more, less = quickest.usd - cheapest.usd, cheapest.age.mean - quickest.age.mean
    names = f"{short(cheapest.name, LONGEST_NAME)} to {short(quickest.name, LONGEST_NAME)}"
    return f"From {names}: {usd(more)} more a month for {seconds(less)} less iterator age"
