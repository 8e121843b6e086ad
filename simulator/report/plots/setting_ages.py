"""Iterator age over time, the settings on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from simulator.report.numbers import seconds
from simulator.report.plots.axes import duration_unit, time_unit
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.chart import Chart, Mark, line_series, numbers
from simulator.report.plots.curves import curve
from simulator.report.plots.palette import LINES, VERMILLION
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, short
from simulator.report.plots.rows import peak
from simulator.report.plots.setting_choice import names, of_all, of_names, of_worst, shown, worst_mapping
from simulator.report.plots.thinning import Floats, Grouping, bridged
from simulator.study.compare import Comparison
from simulator.study.settings import Setting

HEIGHT_IN: Final = 3.0
MOST_LETTERS: Final = 34  # of a setting in the title


def setting_ages(comparison: Comparison) -> Plot:
    """The greatest iterator age over time in the first replication, which all settings share the traffic of."""
    some, named = shown(comparison), names(comparison)
    series = {setting: _ages(comparison, setting) for setting in some}
    peaks = {named[setting]: peak(ages) for setting, (_, ages) in series.items()}
    if not any(peaks.values()):
        return Plot("setting_ages", "Iterator age: no attempt has ended", "", None)
    end_s = max(times[-1] for times, _ in series.values())
    bound = comparison.objectives.iterator_age_max
    on = figure(HEIGHT_IN)
    box = (LEFT_IN, FOOT_IN, WIDTH_IN - LEFT_IN - RIGHT_IN, HEIGHT_IN - FOOT_IN - 0.1)
    axes = on.add_axes(tuple(part / (WIDTH_IN, HEIGHT_IN)[i % 2] for i, part in enumerate(box)))  # type: ignore[arg-type]
    unit, of = time_unit(end_s), duration_unit(max(peaks.values()))
    unit.mark(axes, end_s)
    for (times, ages), line in zip(series.values(), LINES, strict=False):
        known_s, known = bridged(times, end_s, ages)
        curve(axes, unit.of(known_s), known / of.size, line.colour, 1.5, line.dashes)
    if bound is not None and bound <= 3 * max(peaks.values()):
        axes.axhline(bound / of.size, color=VERMILLION, linewidth=1.2, linestyle=(0, (5, 2)))
    of.label(axes, "iterator age", max(peaks.values()))
    subtitle = (
        "Highest age of a batch's last record when its attempt ends, in the first replication."
        f"{of_worst(comparison, 'age')}{of_all(some, comparison)}{of_names(comparison)}"
    )
    legend = _legend([named[setting] for setting in some], bound)
    charts = (_chart({named[setting]: of_time for setting, of_time in series.items()}, end_s, bound),)
    return head(on, "setting_ages", _title(peaks), subtitle, legend, charts=charts)


def _legend(labels: Sequence[str], bound: float | None) -> list[tuple[Artist, str]]:
    found: list[tuple[Artist, str]] = [
        (Line2D([], [], color=line.colour, linestyle=line.dashes, linewidth=1.5), short(label, MOST_LETTERS))
        for label, line in zip(labels, LINES, strict=False)
    ]
    if bound is not None:
        line = Line2D([], [], color=VERMILLION, linewidth=1.2, linestyle=(0, (5, 2)))
        found.append((line, f"objective, {seconds(bound)}"))
    return found


def _chart(series: dict[str, tuple[Floats, Floats]], end_s: float, bound: float | None) -> Chart:
    """All settings on one axis of time: where one was shorter, it has no values."""
    times = max((of_time for of_time, _ in series.values()), key=len)
    grouping = Grouping(len(times), float(times[0]) * 2, end_s)
    drawn = []
    for (label, (_, ages)), line in zip(series.items(), LINES, strict=False):
        whole = np.concatenate((ages, np.full(len(times) - len(ages), np.nan)))
        drawn.append(line_series(label, line, grouping.highest(whole)))
    bounds = (Mark(f"at most {seconds(bound)}", bound),) if bound is not None else ()
    return Chart("", "iterator age", "s", end_s, numbers(grouping.middles_s, 6), tuple(drawn), bounds=bounds)


def _ages(comparison: Comparison, setting: Setting) -> tuple[Floats, Floats]:
    curves = comparison.runs[setting][0].curves[worst_mapping(comparison, setting, "iterator_age_max_s")]
    ages: Floats = np.array(curves.age_max_s)
    times: Floats = np.arange(0.5, len(ages)) * curves.age_interval_s
    return times, ages


def _title(peaks: dict[str, float]) -> str:
    low, high = min(peaks, key=lambda s: peaks[s]), max(peaks, key=lambda s: peaks[s])
    if low == high:
        return f"Iterator age reaches {seconds(peaks[high])}"
    return (
        f"Iterator age reaches {seconds(peaks[low])} ({short(low, MOST_LETTERS)}) to "
        f"{seconds(peaks[high])} ({short(high, MOST_LETTERS)})"
    )
