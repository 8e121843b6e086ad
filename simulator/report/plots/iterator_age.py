"""Iterator age over time."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.numbers import seconds
from simulator.report.plots import incidents
from simulator.report.plots.axes import duration_unit
from simulator.report.plots.by_mapping import Panel, by_mapping, named, own_scales, when_greatest
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.curves import band, curve
from simulator.report.plots.palette import BLUE, INK, ORANGE, PALE_BLUE
from simulator.report.plots.panels import left_out, name_panel, no_data
from simulator.report.plots.rows import Rows, beyond, grouped, peak
from simulator.report.plots.thinning import bridged
from simulator.report.tables import RunTables

LEGEND: tuple[tuple[Artist, str], ...] = (
    (Line2D([], [], color=BLUE, linewidth=1.8), "median"),
    (Line2D([], [], color=ORANGE, linewidth=2.2), "99th percentile"),
    (Line2D([], [], color=INK, linewidth=0.7), "maximum"),
    (Patch(facecolor=PALE_BLUE), "from median to maximum"),
)


def iterator_age(tables: RunTables) -> Plot:
    """The age of the newest record of each batch when its attempt ends: median, 99th percentile and maximum."""
    peaks = {mapping: peak(Rows.of(tables, mapping)["iterator_age_max_s"]) for mapping in tables.mappings}
    tops = {
        name: rows.scale(rows["iterator_age_max_s"]) for name in tables.mappings for rows in [Rows.of(tables, name)]
    }
    on, shown = by_mapping(tables, tops, _panel, noted=tops != peaks)
    subtitle = (
        f"Age of a batch's last record when its attempt ends. A point is {grouped(tables)}: mean of the medians, "
        f"highest 99th percentile and maximum.{own_scales(tops, shown)}"
        f"{left_out(shown, len(peaks), 'highest age')}"
    )
    legend = [*LEGEND, *incidents.legend(tables, shown)]
    return head(on, "iterator_age", _title(tables, peaks), subtitle, legend)


def _title(tables: RunTables, peaks: dict[str, float]) -> str:
    worst = max(peaks, key=lambda mapping: peaks[mapping], default="")
    if not worst or not peaks[worst]:
        return "Iterator age: no attempt has ended"
    when = when_greatest(tables, worst, "iterator_age_max_s")
    return f"Iterator age reaches {seconds(peaks[worst])}{named(tables, worst)}, {when}"


def _panel(panel: Panel) -> None:
    rows, axes, unit = panel.rows, panel.axes, duration_unit(panel.top)
    if np.isnan(rows["iterator_age_max_s"]).all():
        no_data(axes, rows.why_empty)
        return
    grouping = rows.grouping
    times, median, p99, most = bridged(
        grouping.middles_s,
        grouping.end_s,
        grouping.mean(rows["iterator_age_p50_s"]) / unit.size,
        grouping.highest(rows["iterator_age_p99_s"]) / unit.size,
        grouping.highest(rows["iterator_age_max_s"]) / unit.size,
    )
    x = panel.x(times)
    band(axes, x, median, most, PALE_BLUE)
    curve(axes, x, p99, ORANGE, 2.2)
    curve(axes, x, most, INK, 0.7)
    curve(axes, x, median, BLUE, 1.8)
    name_panel(axes, "", beyond(rows["iterator_age_max_s"], panel.top))
    unit.label(axes, "iterator age", panel.top)
