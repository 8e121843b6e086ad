"""A figure with a panel for each mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.report.plots import incidents
from simulator.report.plots.canvas import Plot
from simulator.report.plots.chart import Chart, Series, Unit, numbers
from simulator.report.plots.palette import LINES, Line
from simulator.report.plots.panels import chosen, common_scale, panels, short
from simulator.report.plots.rows import Rows, moment, unit_of
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables


@dataclass(frozen=True)
class Panel:
    """Where a mapping is drawn. `top`: the greatest value that the panel, or those it is compared with, has to show."""

    axes: Axes
    mapping: str
    rows: Rows
    top: float
    narrow: bool

    def x(self, times_s: Floats) -> Floats:
        """Times in the unit of the axis."""
        return self._unit_of(times_s)

    _unit_of: Callable[[Floats], Floats]


def by_mapping(
    tables: RunTables, peaks: Mapping[str, float], draw: Callable[[Panel], None], noted: bool = False
) -> tuple[Figure, list[str]]:
    """Draw the mappings with the greatest peaks, each in a panel with its incidents shaded.

    A mapping without anything to show has no panel; one at least must have.
    """
    shown, unit = [mapping for mapping in chosen(peaks) if peaks[mapping]], unit_of(tables)
    on, axes = panels(shown, unit, float(tables.summary["end_s"]), noted)
    common = common_scale([peaks[each] for each in shown])
    for mapping, each in zip(shown, axes, strict=False):
        incidents.shade(each, tables, [mapping], unit)
        top = max(peaks[m] for m in shown) if common else peaks[mapping]
        draw(Panel(each, mapping, Rows.of(tables, mapping), top, len(shown) > 3, unit.of))
    return on, shown


def line_of(tables: RunTables, mapping: str) -> Line:
    """How a mapping's line looks, in all pictures."""
    return LINES[tables.mappings.index(mapping) % len(LINES)]


def chart(
    tables: RunTables, mapping: str, name: str, axis: str, unit: Unit, series: Sequence[Series], stacked: bool = False
) -> Chart:
    """The curves of a mapping as numbers, with its incidents."""
    grouping = Rows.of(tables, mapping).grouping
    return Chart(
        name, axis, unit, grouping.end_s, numbers(grouping.middles_s, 6), tuple(series), stacked,
        incidents.spans(tables, [mapping]), incidents.moments(tables, [mapping]),
    )  # fmt: skip


def nothing(tables: RunTables, name: str, title: str) -> Plot:
    """A plot that has nothing to show, which its title says."""
    why = {Rows.of(tables, mapping).why_empty for mapping in tables.mappings}
    told = " and ".join(sorted(why)) if why else "no event source mapping reads a stream"
    return Plot(name, title, f"{told[0].upper()}{told[1:]}.", None)


def when_greatest(tables: RunTables, mapping: str, column: str) -> str:
    """When a column is greatest, as text."""
    rows = Rows.of(tables, mapping)
    return moment(tables, float(rows["time_s"][int(np.nanargmax(rows[column]))]))


def named(tables: RunTables, mapping: str) -> str:
    """A mapping's name in brackets, if there are others."""
    return f" ({short(mapping, 24)})" if len(tables.mappings) > 1 else ""


def own_scales(peaks: Mapping[str, float], shown: list[str]) -> str:
    """What to say when panels cannot be compared by height."""
    return "" if common_scale([peaks[each] for each in shown]) else " Each panel has its own scale."
