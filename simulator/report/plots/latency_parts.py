"""Where latency comes from, over time."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.measures.parts import PARTS
from simulator.report.numbers import seconds
from simulator.report.plots import incidents, palette
from simulator.report.plots.axes import duration_unit
from simulator.report.plots.by_mapping import Panel, by_mapping, own_scales
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.curves import curve
from simulator.report.plots.panels import left_out, name_panel, no_data
from simulator.report.plots.rows import Rows, beyond, grouped, peak
from simulator.report.plots.thinning import Floats, bridged
from simulator.report.tables import RunTables

SEEN = 0.04  # of the highest latency, or of all latency: a part that is less is too thin to be told in the legend


def latency_parts(tables: RunTables) -> Plot:
    """The parts of the mean latency, stacked."""
    peaks = {name: rows.scale(_means_s(rows)) for name in tables.mappings for rows in [Rows.of(tables, name)]}
    on, shown = by_mapping(tables, peaks, _panel)
    subtitle = (
        f"Mean latency of the records processed in each {grouped(tables)}, by part; the line is the highest mean of "
        f"{seconds(float(tables.summary['interval_s']))}.{own_scales(peaks, shown)}"
        f"{left_out(shown, len(peaks), 'highest latency')}"
    )
    line: tuple[Artist, str] = (Line2D([], [], color=palette.INK, linewidth=0.7), "highest mean")
    legend = [*_legend(tables, shown), line]
    return head(on, "latency_parts", _title(tables), subtitle, [*legend, *incidents.legend(tables, shown)])


def _title(tables: RunTables) -> str:
    """The two greatest parts, over the whole run and all mappings."""
    mappings = tables.summary["event_source_mappings"].values()
    total = {part: sum(m["latency_parts_mean_s"][part] * m["latency"]["n"] for m in mappings) for part in PARTS}
    everything = sum(total.values())
    if not everything:
        return "Where latency comes from: no record was processed"
    first, second = sorted(PARTS, key=lambda part: -total[part])[:2]
    text = f"Latency comes mostly from {_words(first)} ({total[first] / everything:.0%})"
    share = total[second] / everything
    return text + (f" and {_words(second)} ({share:.0%})" if share >= 0.1 else "")


def _words(part: str) -> str:
    return part.replace("_", " ")


def _means_s(rows: Rows) -> Floats:
    """The mean latency of each row."""
    return np.sum([rows[f"{part}_mean_s"] for part in PARTS], axis=0)  # type: ignore[no-any-return]


def _seen(rows: Rows, part: str) -> bool:
    values, latency, records = rows[f"{part}_mean_s"], _means_s(rows), rows["processed_records"]
    in_all = np.nansum(values * records) > SEEN * np.nansum(latency * records)
    return bool(in_all or (values > SEEN * peak(latency)).any())


def _legend(tables: RunTables, shown: list[str]) -> list[tuple[Artist, str]]:
    rows = [Rows.of(tables, mapping) for mapping in shown]
    return [
        (Patch(facecolor=fill.colour, hatch=fill.hatch, edgecolor=palette.INK, linewidth=0), _words(part))
        for part, fill in palette.PARTS.items()
        if any(_seen(each, part) for each in rows)
    ]


def _panel(panel: Panel) -> None:
    rows, axes, grouping, unit = panel.rows, panel.axes, panel.rows.grouping, duration_unit(panel.top)
    if np.isnan(_means_s(rows)).all():
        no_data(axes, rows.why_empty)
        return
    weights = rows["processed_records"]
    parts = [grouping.mean(rows[f"{part}_mean_s"], weights) / unit.size for part in PARTS]
    most = grouping.highest(_means_s(rows)) / unit.size
    times, most, *parts = bridged(grouping.middles_s, grouping.end_s, most, *parts)
    x, below = panel.x(times), np.zeros(len(times))
    for part, values in zip(PARTS, parts, strict=True):
        fill, above = palette.PARTS[part], below + values
        if np.nan_to_num(values).any():
            axes.fill_between(
                x, below, above, facecolor=fill.colour, hatch=fill.hatch, edgecolor=palette.INK, linewidth=0
            )
        below = above
    curve(axes, x, most, palette.INK, 0.7)
    name_panel(axes, "", beyond(_means_s(rows), panel.top))
    unit.label(axes, "latency", panel.top)
