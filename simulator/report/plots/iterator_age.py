"""Iterator age over time."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.numbers import seconds
from simulator.report.plots import incidents
from simulator.report.plots.axes import duration_unit
from simulator.report.plots.by_mapping import Panel, by_mapping, chart, named, nothing, own_scales, when_greatest
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.chart import Chart, Series, numbers
from simulator.report.plots.curves import band, curve
from simulator.report.plots.palette import BLUE, INK, ORANGE, PALE_BLUE
from simulator.report.plots.panels import left_out, shortened
from simulator.report.plots.rows import Rows, grouped, peak
from simulator.report.plots.thinning import Floats, bridged
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
    if not any(peaks.values()):
        return nothing(tables, "iterator_age", "Iterator age: no attempt has ended")
    on, shown = by_mapping(tables, peaks, _panel)
    subtitle = (
        f"Age of a batch's last record when its attempt ends. A point is {grouped(tables)}: mean of the medians, "
        f"highest 99th percentile and maximum.{own_scales(peaks, shown)}"
        f"{left_out(shown, len(peaks), 'highest age')}"
    )
    legend = [*LEGEND, *incidents.legend(tables, shown)]
    charts = tuple(_charts(tables, shown))
    return head(on, "iterator_age", _title(tables, peaks), subtitle, legend, charts=charts)


def _title(tables: RunTables, peaks: dict[str, float]) -> str:
    worst = max(peaks, key=lambda mapping: peaks[mapping])
    when = when_greatest(tables, worst, "iterator_age_max_s")
    return f"Iterator age reaches {seconds(peaks[worst])}{named(tables, worst)}, {when}"


def _ages(rows: Rows) -> dict[str, Floats]:
    return {
        "maximum": rows.grouping.highest(rows["iterator_age_max_s"]),
        "99th percentile": rows.grouping.highest(rows["iterator_age_p99_s"]),
        "median": rows.grouping.mean(rows["iterator_age_p50_s"]),
    }


def _panel(panel: Panel) -> None:
    axes, unit, grouping = panel.axes, duration_unit(panel.top), panel.rows.grouping
    ages = (ages_s / unit.size for ages_s in _ages(panel.rows).values())
    times, most, p99, median = bridged(grouping.middles_s, grouping.end_s, *ages)
    x = panel.x(times)
    band(axes, x, median, most, PALE_BLUE)
    curve(axes, x, p99, ORANGE, 2.2)
    curve(axes, x, most, INK, 0.7)
    curve(axes, x, median, BLUE, 1.8)
    unit.label(axes, "iterator age", panel.top)


def _charts(tables: RunTables, shown: list[str]) -> Iterator[Chart]:
    colours = {"maximum": (INK, 0.8), "99th percentile": (ORANGE, 2.2), "median": (BLUE, 1.8)}
    for mapping, name in shortened(shown).items():
        series = [
            Series(label, colours[label][0], numbers(ages_s), width=colours[label][1])
            for label, ages_s in _ages(Rows.of(tables, mapping)).items()
        ]
        yield chart(tables, mapping, name if len(shown) > 1 else "", "iterator age", "s", series)
