"""Concurrency of functions against their limits, and throttles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from simulator.report.limits import ConcurrencyLimit, concurrency_limit
from simulator.report.numbers import count
from simulator.report.plots import incidents
from simulator.report.plots.axes import Unit, count_unit
from simulator.report.plots.by_mapping import chart, nothing
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.chart import Chart, Mark, Series, numbers
from simulator.report.plots.curves import band, curve
from simulator.report.plots.palette import BLUE, INK, PALE_BLUE, VERMILLION
from simulator.report.plots.panels import chosen, common_scale, left_out, name_panel, panels, short, shortened
from simulator.report.plots.rows import Rows, grouped, peak, unit_of
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables

NEAR: Final = 2.5  # times the data: a limit further up is told, but does not stretch the axis
STRIP: Final = 0.26  # of a panel, for the throttles


@dataclass(frozen=True)
class Use:
    """What a function uses of its concurrency."""

    function: str
    mappings: tuple[str, ...]
    rows: Rows  # of the first mapping; the function's own columns are the same in all
    throttles: Floats  # in each row
    limit: ConcurrencyLimit

    @cached_property
    def peak(self) -> float:
        return peak(self.rows["function_concurrency_max"])

    @property
    def top(self) -> float:
        """What the axis has to show."""
        return max(self.peak, self.limit.units) if self.limit.units <= NEAR * self.peak else self.peak


def concurrency(tables: RunTables) -> Plot:
    """Invocations that run at once, their limit, and the throttles."""
    uses = {use.function: use for use in _uses(tables)}
    weights = {name: use.peak / max(1, use.limit.units) + (use.throttles.sum() > 0) for name, use in uses.items()}
    shown = [name for name in chosen(weights) if weights[name]]
    if not shown:
        return nothing(tables, "concurrency", _title(list(uses.values())))
    unit, end = unit_of(tables), float(tables.summary["end_s"])
    on, all_axes = panels(shown, unit, end)
    common = common_scale([uses[name].top for name in shown])
    for name, axes in zip(shown, all_axes, strict=False):
        incidents.shade(axes, tables, uses[name].mappings, unit)
        _panel(
            axes, uses[name], max(uses[n].top for n in shown) if common else uses[name].top, unit.size, len(shown) > 3
        )
    subtitle = (
        f"Invocations that run at once. A point is {grouped(tables)}."
        f"{'' if common else ' Each panel has its own scale.'}{left_out(shown, len(uses), 'highest use')}"
    )
    legend = [*_legend([uses[name] for name in shown]), *incidents.legend(tables, tables.mappings)]
    charts = tuple(
        _chart(tables, uses[each], name if len(shown) > 1 else "") for each, name in shortened(shown).items()
    )
    return head(on, "concurrency", _title(list(uses.values())), subtitle, legend, charts=charts)


def _chart(tables: RunTables, use: Use, name: str) -> Chart:
    rows, grouping = use.rows, use.rows.grouping
    mean = numbers(grouping.mean(rows["function_concurrency_mean"], rows.lengths_s))
    highest = numbers(grouping.highest(rows["function_concurrency_max"]))
    series = [Series("highest", INK, highest, width=0.8), Series("mean", BLUE, mean)]
    if use.throttles.any():
        throttles = numbers(grouping.highest(rows.per_second(use.throttles)))
        series.append(Series("throttles/s", VERMILLION, throttles, (5, 2)))
    bounds = (Mark("limit", use.limit.units),) if use.limit.units <= use.top else ()
    return replace(chart(tables, use.mappings[0], name, "concurrency", "count", series), bounds=bounds)


def _uses(tables: RunTables) -> list[Use]:
    of: dict[str, list[str]] = {}
    for name, mapping in tables.summary["event_source_mappings"].items():
        of.setdefault(mapping["function"], []).append(name)
    uses = []
    for function, mappings in of.items():
        rows = [Rows.of(tables, mapping) for mapping in mappings]
        throttles = np.sum([each["throttles"] for each in rows], axis=0)
        uses.append(Use(function, tuple(mappings), rows[0], throttles, concurrency_limit(tables.resolved, function)))
    return uses


def _title(uses: list[Use]) -> str:
    if not any(use.peak for use in uses):
        return "Concurrency: no function was invoked"
    most = max(uses, key=lambda use: use.peak / max(1, use.limit.units))
    throttles = sum(use.throttles.sum() for use in uses)
    end = f"{count(throttles)} throttles" if throttles else "nothing is throttled"
    return f"{short(most.function, 24)} reaches a concurrency of {count(most.peak)} of {count(most.limit.units)}; {end}"


def _legend(uses: list[Use]) -> list[tuple[Artist, str]]:
    legend: list[tuple[Artist, str]] = [
        (Line2D([], [], color=BLUE, linewidth=1.6), "mean"),
        (Patch(facecolor=PALE_BLUE), "up to the highest"),
    ]
    if any(use.limit.units <= NEAR * use.peak for use in uses):
        legend.append((Line2D([], [], color=VERMILLION, linewidth=1.4, linestyle="--"), "limit"))
    return legend


def _panel(axes: Axes, use: Use, top: float, size_s: float, narrow: bool) -> None:
    name_panel(axes, "", _note(use, narrow))
    if use.throttles.any():
        _throttles(axes, use, size_s)
    grouping = use.rows.grouping
    x = grouping.middles_s / size_s
    mean = grouping.mean(use.rows["function_concurrency_mean"], use.rows.lengths_s)
    band(axes, x, mean, grouping.highest(use.rows["function_concurrency_max"]), PALE_BLUE)
    curve(axes, x, mean, BLUE, 1.6)
    if use.limit.units <= top:
        axes.axhline(use.limit.units, color=VERMILLION, linewidth=1.4, linestyle="--")
    Unit("", 1.0).label(axes, "concurrency", top, decimals=top > 5)


def _note(use: Use, narrow: bool) -> str:
    limit = f"limit {count(use.limit.units)}"
    return limit if narrow else f"{limit} ({use.limit.what})"


def _throttles(axes: Axes, use: Use, size_s: float) -> None:
    """A strip below the panel, with the panel's time axis."""
    box = axes.get_position()
    strip = axes.figure.add_axes((box.x0, box.y0, box.width, box.height * STRIP))
    axes.set_position((box.x0, box.y0 + box.height * (STRIP + 0.08), box.width, box.height * (1 - STRIP - 0.08)))
    strip.set_xlim(axes.get_xlim())
    strip.set_xticks(axes.get_xticks(), [label.get_text() for label in axes.get_xticklabels()])
    strip.set_xlabel(axes.get_xlabel())
    axes.set_xticklabels([])
    axes.set_xlabel("")
    rates = use.rows.per_second(use.throttles)
    grouping, unit = use.rows.grouping, count_unit(peak(rates), "/s")
    values = grouping.highest(rates) / unit.size
    strip.fill_between(grouping.middles_s / size_s, 0, values, step="mid", color=VERMILLION, linewidth=0)
    unit.label(strip, "throttles", peak(rates))
    strip.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
