"""Incoming against processed against limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from simulator.report.limits import RateLimit, mean_size_bytes, rate_limits
from simulator.report.numbers import count
from simulator.report.plots import incidents
from simulator.report.plots.axes import count_unit, number, percent
from simulator.report.plots.by_mapping import Panel, by_mapping, chart, nothing, own_scales
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.chart import Chart, Mark, Series, numbers
from simulator.report.plots.curves import band, curve
from simulator.report.plots.palette import BLACK, BLUE, PALE_BLUE, PALE_GREY, VERMILLION
from simulator.report.plots.panels import left_out, name_panel, short, shortened
from simulator.report.plots.rows import Rows, grouped, peak
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

NEAR: Final = 1.75  # times the data: a limit further up is told, but does not stretch the axis
DASHES: Final[dict[str, Literal["--", ":", "-."]]] = {
    "write limit, records": "--",
    "write limit, bytes": ":",
    "read limit, bytes": "-.",
}


def throughput(tables: RunTables) -> Plot:
    """Records/s accepted and processed, and the limits of the stream's shards."""
    peaks = {mapping: _peak(Rows.of(tables, mapping)) for mapping in tables.mappings}
    tops = {mapping: _top(peaks[mapping], rate_limits(tables, mapping)) for mapping in peaks}
    if not any(peaks.values()):
        return nothing(tables, "throughput", "Incoming and processed: nothing arrived")
    on, shown = by_mapping(tables, tops, partial(_panel, tables), noted=True)
    subtitle = (
        f"A point is {grouped(tables)}: its mean, and the band from lowest to highest. Limits in bytes are given for "
        f"records of mean size.{own_scales(tops, shown)}{left_out(shown, len(peaks), 'highest rates')}"
    )
    near = {_kind(limit) for m in shown for limit in rate_limits(tables, m) if limit.records_per_s <= NEAR * peaks[m]}
    legend = [*_legend(near), *incidents.legend(tables, shown)]
    return head(on, "throughput", _title(tables), subtitle, legend, charts=tuple(_charts(tables, shown, tops)))


def _title(tables: RunTables) -> str:
    """The stream that is nearest to its write limit."""
    use = {stream: _use(tables, stream) for stream in tables.shard_load}
    name = max(use, key=lambda stream: use[stream][1])
    rate, part = use[name]
    records = number(float(f"{rate:.3g}"))
    return f"{short(name, 24)} takes in {records} records/s on average, {percent(part)} of its write limit"


def _use(tables: RunTables, stream: str) -> tuple[float, float]:
    """The mean records/s of a stream while there was traffic, and the part of the limit that is nearest."""
    load = tables.shard_load[stream].drop(columns="time_s").to_numpy(float)
    rate = load.sum() * tables.load_interval_s(stream) / float(tables.summary["duration_s"])
    shards = load.shape[1]
    of_bytes = rate * mean_size_bytes(tables, stream) / (shards * BYTES_PER_S)
    return rate, max(rate / (shards * RECORDS_PER_S), of_bytes)


def _peak(rows: Rows) -> float:
    return max(peak(rows.rate(f"{what}_records")) for what in ("produced", "accepted", "processed"))


def _top(data: float, limits: Sequence[RateLimit]) -> float:
    return max([data, *(each.records_per_s for each in limits if each.records_per_s <= NEAR * data)])


def _kind(limit: RateLimit) -> str:
    return next(kind for kind in DASHES if limit.name.startswith(kind))


def _legend(near: set[str]) -> list[tuple[Artist, str]]:
    return [
        (Line2D([], [], color=BLACK, linewidth=1.2), "incoming"),
        (Line2D([], [], color=BLUE, linewidth=1.8), "processed"),
        *(
            (Line2D([], [], color=VERMILLION, linewidth=1.4, linestyle=dash), kind)
            for kind, dash in DASHES.items()
            if kind in near
        ),
    ]


def _panel(tables: RunTables, panel: Panel) -> None:
    rows, axes, limits = panel.rows, panel.axes, rate_limits(tables, panel.mapping)
    name_panel(axes, "", _note(limits, panel.narrow))
    unit = count_unit(panel.top, "records/s")
    _band(panel, rows.rate("processed_records") / unit.size, PALE_BLUE, BLUE, 1.8)
    _band(panel, rows.rate("accepted_records") / unit.size, PALE_GREY, BLACK, 1.2)
    for limit in limits:
        if limit.records_per_s <= panel.top:
            axes.axhline(
                limit.records_per_s / unit.size, color=VERMILLION, linewidth=1.4, linestyle=DASHES[_kind(limit)]
            )
    unit.label(axes, "rate", panel.top)


def _band(panel: Panel, values: Floats, shade: str, colour: str, width: float) -> None:
    grouping, axes = panel.rows.grouping, panel.axes
    x = panel.x(grouping.middles_s)
    band(axes, x, grouping.lowest(values), grouping.highest(values), shade)
    curve(axes, x, grouping.mean(values), colour, width)


def _note(limits: Sequence[RateLimit], narrow: bool) -> str:
    """All limits in numbers, those beyond the axis too."""
    write = min(each.records_per_s for each in limits if each.name.startswith("write"))
    read = [each.records_per_s for each in limits if each.name.startswith("read")]
    if narrow:
        return f"write ≤ {_compact(write)}/s" + "".join(f", read ≤ {_compact(each)}/s" for each in read)
    by = {_kind(each): each for each in limits}
    text = f"limits in records/s:  write {count(by['write limit, records'].records_per_s)}"
    if read:
        text += f" and, by bytes, {count(by['write limit, bytes'].records_per_s)}"
        text += f";  read, by bytes, {count(read[0])} ({by['read limit, bytes'].whose})"
    return text


def _compact(value: float) -> str:
    return count(value) if value < 1e5 else f"{value / 1e6:.3g}M"


def _charts(tables: RunTables, shown: Sequence[str], tops: dict[str, float]) -> Iterator[Chart]:
    for mapping, name in shortened(shown).items():
        rows = Rows.of(tables, mapping)
        of = {"incoming": (BLACK, "accepted_records"), "processed": (BLUE, "processed_records")}
        series = [
            Series(label, colour, numbers(rows.grouping.mean(rows.rate(column))))
            for label, (colour, column) in of.items()
        ]
        near = (each for each in rate_limits(tables, mapping) if each.records_per_s <= tops[mapping])
        bounds = tuple(Mark(_kind(each), each.records_per_s) for each in near)
        drawn = chart(tables, mapping, name if len(shown) > 1 else "", "rate", "records/s", series)
        yield replace(drawn, bounds=bounds)
