"""Iterator age over time, a panel for each setting."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from simulator.report.numbers import seconds
from simulator.report.plots.axes import duration_unit, time_unit
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.curves import curve
from simulator.report.plots.palette import BLUE, VERMILLION
from simulator.report.plots.panels import common_scale, no_data, panels, short
from simulator.report.plots.rows import peak
from simulator.report.plots.setting_choice import names, of_all, of_names, of_worst, shown, worst_mapping
from simulator.report.plots.thinning import Floats, bridged
from simulator.study.compare import Comparison
from simulator.study.settings import Setting

MOST_LETTERS: Final = 20  # of a setting in the title


def setting_ages(comparison: Comparison) -> Plot:
    """The greatest iterator age over time in the first replication, which all settings share the traffic of."""
    some, named = shown(comparison), names(comparison)
    series = {setting: _ages(comparison, setting) for setting in some}
    peaks = {setting: peak(ages) for setting, (_, ages) in series.items()}
    end_s = max((times[-1] for times, _ in series.values()), default=1.0)
    unit = time_unit(end_s)
    on, all_axes = panels([named[setting] for setting in some], unit, end_s)
    bound = comparison.objectives.iterator_age_max
    for setting, axes in zip(some, all_axes, strict=False):
        times, ages = bridged(series[setting][0], end_s, series[setting][1])
        top = max(peaks.values()) if common_scale(list(peaks.values())) else peaks[setting]
        scale = duration_unit(top)
        if not peaks[setting]:
            no_data(axes, "no attempt ended")
            continue
        curve(axes, unit.of(times), ages / scale.size, BLUE, 1.4)
        if bound is not None and bound <= 1.08 * top:
            axes.axhline(bound / scale.size, color=VERMILLION, linewidth=1.2, linestyle=(0, (5, 2)))
        scale.label(axes, "iterator age", top)
    own = "" if common_scale(list(peaks.values())) else " Each panel has its own scale."
    subtitle = (
        "Highest age of a batch's last record when its attempt ends, in the first replication."
        f"{of_worst(comparison, 'age')}{own}{of_all(some, comparison)}{of_names(comparison)}"
    )
    legend: list[tuple[Artist, str]] = [(Line2D([], [], color=BLUE, linewidth=1.4), "highest iterator age")]
    if bound is not None:
        line = Line2D([], [], color=VERMILLION, linewidth=1.2, linestyle=(0, (5, 2)))
        legend.append((line, f"objective, {seconds(bound)}, where it is within the panel"))
    return head(
        on, "setting_ages", _title({named[setting]: value for setting, value in peaks.items()}), subtitle, legend
    )


def _ages(comparison: Comparison, setting: Setting) -> tuple[Floats, Floats]:
    curves = comparison.runs[setting][0].curves[worst_mapping(comparison, setting, "iterator_age_max_s")]
    ages: Floats = np.array(curves.age_max_s)
    times: Floats = np.arange(0.5, len(ages)) * curves.age_interval_s
    return times, ages


def _title(peaks: dict[str, float]) -> str:
    if not any(peaks.values()):
        return "Iterator age: no attempt has ended"
    low, high = min(peaks, key=lambda s: peaks[s]), max(peaks, key=lambda s: peaks[s])
    if low == high:
        return f"Iterator age reaches {seconds(peaks[high])}"
    return (
        f"Iterator age reaches {seconds(peaks[low])} ({short(low, MOST_LETTERS)}) to "
        f"{seconds(peaks[high])} ({short(high, MOST_LETTERS)})"
    )
