"""Backlog over time."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.numbers import count
from simulator.report.plots import incidents
from simulator.report.plots.axes import count_unit
from simulator.report.plots.by_mapping import Panel, by_mapping, chart, named, nothing, own_scales, when_greatest
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.chart import Chart, Series, numbers
from simulator.report.plots.curves import band, curve
from simulator.report.plots.palette import BLUE, INK, PALE_BLUE
from simulator.report.plots.panels import left_out, shortened
from simulator.report.plots.rows import Rows, grouped, peak
from simulator.report.tables import RunTables

LEGEND: tuple[tuple[Artist, str], ...] = (
    (Line2D([], [], color=BLUE, linewidth=1.6), "mean"),
    (Patch(facecolor=PALE_BLUE), "up to the highest"),
)


def backlog(tables: RunTables) -> Plot:
    """Records accepted and not yet processed or lost."""
    peaks = {mapping: peak(Rows.of(tables, mapping)["backlog_max_records"]) for mapping in tables.mappings}
    if not any(peaks.values()):
        return nothing(tables, "backlog", "Backlog: none")
    on, shown = by_mapping(tables, peaks, _panel)
    subtitle = (
        f"Records accepted, but not yet processed or lost. A point is {grouped(tables)}."
        f"{own_scales(peaks, shown)}{left_out(shown, len(peaks), 'largest backlog')}"
    )
    legend = [*LEGEND, *incidents.legend(tables, shown)]
    return head(on, "backlog", _title(tables, peaks), subtitle, legend, charts=tuple(_charts(tables, shown)))


def _title(tables: RunTables, peaks: dict[str, float]) -> str:
    worst = max(peaks, key=lambda mapping: peaks[mapping])
    when = when_greatest(tables, worst, "backlog_max_records")
    return f"Backlog reaches {count(peaks[worst])} records{named(tables, worst)}, {when}"


def _panel(panel: Panel) -> None:
    rows, axes, grouping = panel.rows, panel.axes, panel.rows.grouping
    unit, highest = count_unit(panel.top, "records"), rows["backlog_max_records"]
    x = panel.x(grouping.middles_s)
    mean = grouping.mean(rows["backlog_mean_records"], rows.lengths_s) / unit.size
    band(axes, x, mean, grouping.highest(highest) / unit.size, PALE_BLUE)
    curve(axes, x, mean, BLUE, 1.6)
    unit.label(axes, "backlog", panel.top, decimals=panel.top > 5)


def _charts(tables: RunTables, shown: list[str]) -> Iterator[Chart]:
    for mapping, name in shortened(shown).items():
        rows = Rows.of(tables, mapping)
        mean = rows.grouping.mean(rows["backlog_mean_records"], rows.lengths_s)
        highest = rows.grouping.highest(rows["backlog_max_records"])
        series = (Series("highest", INK, numbers(highest), width=0.8), Series("mean", BLUE, numbers(mean)))
        yield chart(tables, mapping, name if len(shown) > 1 else "", "backlog", "count", series)
