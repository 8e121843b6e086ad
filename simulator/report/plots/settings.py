"""The settings of a study along the knob that matters most: what each costs, and how near it is to its bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from simulator.report.numbers import seconds, usd
from simulator.report.objective_words import name as objective_name
from simulator.report.plots.axes import duration_unit, number
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.choice import CHOSEN, Choice
from simulator.report.plots.palette import BLUE, GREY, INK, ORANGE, PALE_INK, VERMILLION
from simulator.report.plots.panels import LEFT_IN, short
from simulator.study.figures import seen
from simulator.study.objectives import MEASURES, Assessment
from simulator.study.ranking import usd_per_month
from simulator.study.settings import Setting

AGE: Final = "iterator_age_p99"
HEIGHT_IN: Final = 3.95
BELOW_IN: Final = FOOT_IN + 0.15  # for two lines at a tick
ABOVE_IN: Final = 0.62  # for the names of settings that stand out, one above the other
RIGHT_IN: Final = 0.9  # for the second axis
MOST: Final = 24  # settings along the knob
LONGEST: Final = 22  # letters of a setting
SPREAD: Final = 30.0  # times: a logarithmic axis from there on
DASHES: Final = (0, (5.0, 2.0))


@dataclass(frozen=True)
class Point:
    """A setting with its cost a month and the mean of one measure; infinite or NaN where that is not a number."""

    setting: Setting
    usd: float
    value: float


def settings(choice: Choice) -> Plot:
    """Cost and the tightest objective of the settings that differ from the chosen one in one knob."""
    if (chosen := choice.chosen) is None or chosen not in choice.runs:
        return Plot("settings", "Settings: every run failed", "There is nothing to compare.", None)
    knob = _knob(choice, chosen)
    objective, bound = _tightest(choice, chosen)
    points = [_point(choice, each, objective) for each in _along(choice, chosen, knob)]
    if not any(math.isfinite(point.value) for point in points):
        return Plot("settings", f"Settings: the {objective_name(objective)} is infinite in all", "", None)
    on = figure(HEIGHT_IN)
    box = (LEFT_IN, BELOW_IN, WIDTH_IN - LEFT_IN - RIGHT_IN, HEIGHT_IN - BELOW_IN - ABOVE_IN)
    axes = on.add_axes(tuple(part / (WIDTH_IN, HEIGHT_IN)[i % 2] for i, part in enumerate(box)))  # type: ignore[arg-type]
    _costs(axes, points)
    _values(axes.twinx(), points, objective, bound)
    _label(axes, points, knob, choice)
    of = f" along {knob.replace('_', ' ')}, all else as in the chosen one" if knob else ""
    left = len(choice.settings) - len(points)
    rest = f" {left} more settings are in the table." if left else ""
    loads = {each.load for point in points for each in choice.assessments[point.setting] if each.load > 1}
    rest += f" Those that meet their objectives do so at {max(loads):g} times the traffic, too." if loads else ""
    subtitle = f"Settings{of}: USD a month (bars, left), and the {objective_name(objective)} (line, right).{rest}"
    return head(on, "settings", _title(choice, chosen, points), subtitle, _legend(objective, bound))


def _knob(choice: Choice, chosen: Setting) -> str:
    """The knob in which most of the settings that are like the chosen one differ from it; of equals the first."""
    return max(choice.knobs, key=lambda knob: len(_alike(choice, chosen, knob)), default="")


def _alike(choice: Choice, chosen: Setting, knob: str) -> list[Setting]:
    """The settings that differ from the chosen one in a knob alone, in their order."""
    leave, mine = dict.fromkeys(choice.knobs.get(knob, ()), ""), chosen.shown
    return [s for s in choice.settings if s == chosen or (knob and {**s.shown, **leave} == {**mine, **leave})]


def _along(choice: Choice, chosen: Setting, knob: str) -> list[Setting]:
    """The settings that differ from the chosen one in a knob alone; of many the nearest to it."""
    found = _alike(choice, chosen, knob)
    at = found.index(chosen)
    first = max(0, min(at - MOST // 2, len(found) - MOST))
    return found[first : first + MOST]


def _tightest(choice: Choice, chosen: Setting) -> tuple[str, float | None]:
    """The objective that the chosen setting comes nearest to, and its bound; without one the iterator age."""
    measured: list[Assessment] = [
        each
        for each in choice.assessments[chosen]
        if each.load == 1
        and each.objective in MEASURES
        and each.objective != "cost_per_month"
        and not math.isnan(each.seen.mean)
    ]
    if not measured:
        return AGE, None
    tightest = max(measured, key=lambda each: each.excess)
    return tightest.objective, tightest.bound


def _point(choice: Choice, setting: Setting, objective: str) -> Point:
    runs, measure = choice.runs[setting], MEASURES[objective]
    return Point(setting, usd_per_month(runs), seen(runs, choice.worst_mapping(setting, measure), measure).mean)


def _costs(axes: Axes, points: Sequence[Point]) -> None:
    axes.bar(range(len(points)), [point.usd for point in points], width=0.62, color=GREY, edgecolor=INK, linewidth=0.6)
    axes.set_ylabel("USD a month")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.set_ylim(0, 1.12 * max(point.usd for point in points))
    axes.grid(visible=False)


def _values(axes: Axes, points: Sequence[Point], objective: str, bound: float | None) -> None:
    known = [point.value for point in points if math.isfinite(point.value)]
    top = max([*known, bound or 0.0]) or 1.0
    timed = MEASURES[objective].endswith("_s")
    size = duration_unit(top).size if timed else 1.0
    y = np.array([point.value if math.isfinite(point.value) else np.nan for point in points]) / size
    axes.plot(range(len(points)), y, color=BLUE, marker="o", linewidth=1.8, zorder=4)
    if bound is not None:
        axes.axhline(bound / size, color=VERMILLION, linewidth=1.4, linestyle=DASHES)
    axes.set_ylabel(f"{objective_name(objective)} ({duration_unit(top).name})" if timed else objective_name(objective))
    low = min([each for each in [*known, bound or 0.0] if each > 0], default=0.0)
    if low and top > SPREAD * low:
        axes.set_yscale("log")
        axes.set_ylim(low / size / 2, top / size * 2)
    else:
        axes.set_ylim(0, 1.12 * top / size)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.grid(visible=False)
    axes.spines["right"].set_visible(True)
    for i, point in enumerate(points):
        if math.isinf(point.value):
            axes.annotate("infinite", (i, 0.97), xycoords=axes.get_xaxis_transform(), ha="center", va="top", fontsize=8)


def _label(axes: Axes, points: Sequence[Point], knob: str, choice: Choice) -> None:
    axes.set_xticks(range(len(points)), [_tick(point.setting, knob, choice) for point in points])
    axes.set_xlabel(knob.replace("_", " "))
    marked = [point.setting for point in points if point.setting in choice.marks]
    for i, point in enumerate(points):
        if word := choice.marks.get(point.setting):
            is_chosen, level = word.startswith(CHOSEN), marked.index(point.setting)
            axes.annotate(
                word, (i, 1), xycoords=axes.get_xaxis_transform(), xytext=(0, 5 + 11 * level),
                textcoords="offset points", ha="center", va="bottom", fontsize=8.5,
                fontweight="bold" if is_chosen else "normal",
            )  # fmt: skip
            axes.patches[i].set_facecolor(ORANGE if is_chosen else PALE_INK)
            axes.patches[i].set_hatch("///" if is_chosen else "")


def _tick(setting: Setting, knob: str, choice: Choice) -> str:
    """What the setting has, and below it whether that does not do."""
    value = short(setting.shown[choice.knobs[knob][0]] if knob else str(setting), LONGEST)
    return value if choice.state(setting) == "met" else f"{value}\n{choice.state(setting)}"


def _title(choice: Choice, chosen: Setting, points: Sequence[Point]) -> str:
    cost, state = usd_per_month(choice.runs[chosen]), choice.state(chosen)
    does = {"met": "does", "undecided": "may do", "missed": "comes nearest"}[state]
    text = f"{short(choice.names[chosen], 40)} {does}, for {usd(cost)} a month"
    value = next(point.value for point in points if point.setting == chosen)
    objective = _tightest(choice, chosen)[0]
    if not math.isfinite(value):
        return text
    told = seconds(value) if MEASURES[objective].endswith("_s") else number(value)
    return f"{text}: {objective_name(objective)} {told}"


def _legend(objective: str, bound: float | None) -> list[tuple[Artist, str]]:
    found: list[tuple[Artist, str]] = [
        (Line2D([], [], color=GREY, linewidth=7), "USD a month"),
        (Line2D([], [], color=BLUE, marker="o", linewidth=1.8), objective_name(objective)),
    ]
    if bound is not None:
        told = seconds(bound) if MEASURES[objective].endswith("_s") else number(bound)
        found.append((Line2D([], [], color=VERMILLION, linewidth=1.4, linestyle=DASHES), f"at most {told}"))
    return found
