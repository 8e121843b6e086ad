"""Lag over time: how long the oldest record that has not ended has waited, for each mapping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from simulator.report.numbers import seconds
from simulator.report.plots import incidents
from simulator.report.plots.axes import duration_unit
from simulator.report.plots.by_mapping import line_of, named, when_greatest
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.chart import Chart, Mark, line_series, numbers
from simulator.report.plots.curves import curve
from simulator.report.plots.palette import VERMILLION
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, chosen, left_out, shortened
from simulator.report.plots.rows import Rows, grouped, peak, unit_of
from simulator.report.tables import RunTables
from simulator.scenario.units import parse_duration
from simulator.study.objectives import MEASURES

HEIGHT_IN: Final = 2.95
WIDE_IN: Final = WIDTH_IN - LEFT_IN - RIGHT_IN
NEAR: Final = 3.0  # times the data: an objective further up is told, but does not stretch the axis
DASHES: Final = (0, (5.0, 2.0))
TIMED: Final = ("latency_", "iterator_age_")


def lag(tables: RunTables) -> Plot:
    """The age of the oldest waiting record, one line a mapping; events are shaded, and their ends marked."""
    peaks = {mapping: peak(Rows.of(tables, mapping)["lag_max_s"]) for mapping in tables.mappings}
    shown = [mapping for mapping in chosen(peaks) if peaks[mapping]]
    if not shown:
        return Plot("lag", "Lag: no record waited", _why_none(tables), None)
    words = incidents.named(tables, shown, WIDE_IN)
    above_in = 0.1 + incidents.ROW_IN * len(words)
    on = figure(HEIGHT_IN + above_in)
    high_in = HEIGHT_IN - FOOT_IN
    box = (LEFT_IN, FOOT_IN, WIDE_IN, high_in)
    size = (WIDTH_IN, HEIGHT_IN + above_in)
    axes = on.add_axes(tuple(part / size[i % 2] for i, part in enumerate(box)))  # type: ignore[arg-type]
    bound = _objective(tables)
    _draw(axes, tables, shown, max(peaks.values()), bound)
    incidents.name(axes, tables, words)
    subtitle = (
        f"The age, since its production, of the oldest record that has not ended: the greatest in each "
        f"{grouped(tables)}.{_told(bound, max(peaks.values()))}{left_out(shown, len(peaks), 'greatest lag')}"
    )
    legend = [*_legend(tables, shown), *_bound_legend(bound, max(peaks.values())), *incidents.legend(tables, shown)]
    charts = (_chart(tables, shown, bound),)
    return head(on, "lag", _title(tables, peaks), subtitle, legend, charts=charts)


def _why_none(tables: RunTables) -> str:
    return "Nothing arrived." if tables.mappings else "No event source mapping reads a stream."


def _title(tables: RunTables, peaks: dict[str, float]) -> str:
    worst = max(peaks, key=lambda mapping: peaks[mapping])
    when = when_greatest(tables, worst, "lag_max_s")
    return f"The oldest waiting record reaches {seconds(peaks[worst])}{named(tables, worst)}, {when}"


def _draw(axes: Axes, tables: RunTables, shown: Sequence[str], top_s: float, bound: Mark | None) -> None:
    unit, of = unit_of(tables), duration_unit(top_s)
    unit.mark(axes, float(tables.summary["end_s"]))
    incidents.shade(axes, tables, shown, unit)
    for mapping in shown:
        rows, line = Rows.of(tables, mapping), line_of(tables, mapping)
        x, y = unit.of(rows.grouping.middles_s), rows.grouping.highest(rows["lag_max_s"]) / of.size
        every = max(1, len(x) // 10)
        curve(axes, x, y, line.colour, 1.7, line.dashes)
        if len(shown) > 1:
            axes.plot(x[every // 2 :: every], y[every // 2 :: every], line.marker, color=line.colour, markersize=4.5)
    if bound and bound.at <= NEAR * top_s:
        axes.axhline(bound.at / of.size, color=VERMILLION, linewidth=1.3, linestyle=DASHES)
    of.label(axes, "lag", max(top_s, bound.at if bound and bound.at <= NEAR * top_s else 0.0))


def _objective(tables: RunTables) -> Mark | None:
    """The tightest objective for a time that a record may take."""
    stated = tables.resolved.get("objectives", {})
    times = {name: stated[name] for name in MEASURES if name.startswith(TIMED) and stated.get(name, "none") != "none"}
    bounds = {name: parse_duration(str(text)) for name, text in times.items()}
    if not bounds:
        return None
    name = min(bounds, key=lambda each: bounds[each])
    return Mark(f"{name.replace('_', ' ')} at most {seconds(bounds[name])}", bounds[name])


def _told(bound: Mark | None, top_s: float) -> str:
    if bound is None or bound.at <= NEAR * top_s:
        return ""
    return f" The objective, {bound.label}, lies above what is drawn."


def _bound_legend(bound: Mark | None, top_s: float) -> list[tuple[Artist, str]]:
    if bound is None or bound.at > NEAR * top_s:
        return []
    return [(Line2D([], [], color=VERMILLION, linewidth=1.3, linestyle=DASHES), bound.label)]


def _legend(tables: RunTables, shown: Sequence[str]) -> list[tuple[Artist, str]]:
    found: list[tuple[Artist, str]] = []
    for mapping, short in shortened(shown).items():
        line = line_of(tables, mapping)
        marker = line.marker if len(shown) > 1 else ""
        sample = Line2D([], [], color=line.colour, linestyle=line.dashes, linewidth=1.7, marker=marker, markersize=4.5)
        found.append((sample, short))
    return found


def _chart(tables: RunTables, shown: Sequence[str], bound: Mark | None) -> Chart:
    rows = {mapping: Rows.of(tables, mapping) for mapping in shown}
    series = (
        line_series(short, line_of(tables, mapping), rows[mapping].grouping.highest(rows[mapping]["lag_max_s"]))
        for mapping, short in shortened(shown).items()
    )
    times_s = rows[shown[0]].grouping.middles_s
    return Chart(
        "", "lag", "s", float(tables.summary["end_s"]), numbers(times_s, 6), tuple(series),
        spans=incidents.spans(tables, shown), moments=incidents.moments(tables, shown),
        bounds=(bound,) if bound else (),
    )  # fmt: skip
