"""Lag over time, the settings on the same axes: how long the oldest record that has not ended has waited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from simulator.report.numbers import seconds
from simulator.report.objective_words import name as objective_name
from simulator.report.plots.axes import duration_unit, time_unit
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.chart import Chart, Mark, line_series, numbers
from simulator.report.plots.choice import TODAY, Choice
from simulator.report.plots.curves import curve
from simulator.report.plots.lag import DASHES, NEAR, TIMED
from simulator.report.plots.palette import LINES, VERMILLION
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, short
from simulator.report.plots.thinning import Floats
from simulator.study.figures import Curves
from simulator.study.settings import Setting

HEIGHT_IN: Final = 3.0
MOST: Final = 6  # settings
MOST_LETTERS: Final = 34  # of a setting


def setting_lags(choice: Choice) -> Plot:
    """The age of the oldest waiting record in the first replication, which all settings share the traffic of."""
    some = choice.some(MOST)
    series = {setting: _lags(choice, setting) for setting in some}
    peaks = {_named(choice, setting): max(lags.lag_max_s, default=0.0) for setting, lags in series.items()}
    top_s = max(peaks.values(), default=0.0)
    if not top_s:
        return Plot("setting_lags", "Lag: no record waited", "", None)
    every_s, end_s = max(c.lag_interval_s for c in series.values()), max(map(_length_s, series.values()))
    on = figure(HEIGHT_IN)
    box = (LEFT_IN, FOOT_IN, WIDTH_IN - LEFT_IN - RIGHT_IN, HEIGHT_IN - FOOT_IN - 0.1)
    axes = on.add_axes(tuple(part / (WIDTH_IN, HEIGHT_IN)[i % 2] for i, part in enumerate(box)))  # type: ignore[arg-type]
    unit, of = time_unit(end_s), duration_unit(top_s)
    unit.mark(axes, end_s)
    for curves, line in zip(series.values(), LINES, strict=False):
        lags_s = _on_grid(curves, every_s)
        curve(axes, unit.of(_middles_s(len(lags_s), every_s)), lags_s / of.size, line.colour, 1.6, line.dashes)
    bound = _objective(choice)
    near = bound if bound and bound.at <= NEAR * top_s else None
    if near:
        axes.axhline(near.at / of.size, color=VERMILLION, linewidth=1.3, linestyle=DASHES)
    of.label(axes, "lag", max(top_s, near.at if near else 0.0))
    beyond = f" The objective, {bound.label}, lies above what is drawn." if bound and not near else ""
    subtitle = (
        f"The age, since its production, of the oldest record that has not ended: the greatest in each "
        f"{seconds(every_s)}, in the first replication.{beyond}{choice.which_mapping('lag')}{choice.how_many(some)}"
        f"{choice.how_named}"
    )
    lines = {_named(choice, setting): _on_grid(curves, every_s) for setting, curves in series.items()}
    charts = (_chart(lines, every_s, end_s, bound),)
    return head(on, "setting_lags", _title(choice, peaks), subtitle, _legend(list(lines), near), charts=charts)


def _named(choice: Choice, setting: Setting) -> str:
    """The name of a setting, with what it is."""
    name, mark = short(choice.names[setting], MOST_LETTERS), choice.marks.get(setting, "")
    return f"{name} ({mark})" if mark else name


def _lags(choice: Choice, setting: Setting) -> Curves:
    """Of the mapping that is the furthest behind."""
    return max(choice.runs[setting][0].curves.values(), key=lambda of: max(of.lag_max_s, default=0.0))


def _length_s(of: Curves) -> float:
    return len(of.lag_max_s) * of.lag_interval_s


def _on_grid(of: Curves, every_s: float) -> Floats:
    """The greatest lag in each of longer intervals, in which its own begin."""
    lags_s: Floats = np.array(of.lag_max_s, dtype=np.float64)
    rows = (np.arange(len(lags_s)) * of.lag_interval_s / every_s + 1e-9).astype(int)
    found: Floats = np.zeros(int(rows.max(initial=-1)) + 1)
    np.maximum.at(found, rows, lags_s)
    return found


def _middles_s(n: int, every_s: float) -> Floats:
    middles: Floats = np.arange(0.5, n) * every_s
    return middles


def _objective(choice: Choice) -> Mark | None:
    """The tightest objective for a time that a record may take."""
    judged = choice.assessments.get(choice.chosen, ()) if choice.chosen else ()
    bounds = {each.objective: each.bound for each in judged if each.objective.startswith(TIMED)}
    if not bounds:
        return None
    tightest = min(bounds, key=lambda each: bounds[each])
    return Mark(f"{objective_name(tightest)} at most {seconds(bounds[tightest])}", bounds[tightest])


def _legend(labels: Sequence[str], bound: Mark | None) -> list[tuple[Artist, str]]:
    found: list[tuple[Artist, str]] = [
        (Line2D([], [], color=line.colour, linestyle=line.dashes, linewidth=1.6), label)
        for label, line in zip(labels, LINES, strict=False)
    ]
    if bound:
        found.append((Line2D([], [], color=VERMILLION, linewidth=1.3, linestyle=DASHES), bound.label))
    return found


def _chart(lines: dict[str, Floats], every_s: float, end_s: float, bound: Mark | None) -> Chart:
    """All settings on one axis of time: where one was shorter, it has no values."""
    rows = max(map(len, lines.values()))
    series = (
        line_series(label, line, np.concatenate((lags_s, np.full(rows - len(lags_s), np.nan))))
        for (label, lags_s), line in zip(lines.items(), LINES, strict=False)
    )
    bounds = (bound,) if bound else ()
    return Chart("", "lag", "s", end_s, numbers(_middles_s(rows, every_s), 6), tuple(series), bounds=bounds)


def _title(choice: Choice, peaks: dict[str, float]) -> str:
    """How far the chosen one falls behind, or else that of today; and the worst that is shown."""
    first = choice.chosen or choice.standing_out[TODAY] or choice.best_first[0]
    mine, worst = _named(choice, first), max(peaks, key=lambda name: peaks[name])
    if worst == mine or peaks[worst] == peaks[mine]:
        return f"The oldest waiting record reaches {seconds(peaks[mine])} with {mine}"
    return f"The oldest waiting record reaches {seconds(peaks[mine])} with {mine}, {seconds(peaks[worst])} with {worst}"
