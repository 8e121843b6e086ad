"""A figure with a panel for each mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.report.plots import incidents
from simulator.report.plots.panels import chosen, common_scale, no_data, panels, short
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
    """Draw the mappings with the greatest peaks, each in a panel with its incidents shaded."""
    shown, unit = chosen(peaks), unit_of(tables)
    on, axes = panels(shown, unit, float(tables.summary["end_s"]), noted)
    if not shown:
        no_data(axes[0], "no event source mapping reads a stream")
    common = common_scale([peaks[each] for each in shown])
    for mapping, each in zip(shown, axes, strict=False):
        incidents.shade(each, tables, [mapping], unit)
        top = max(peaks[m] for m in shown) if common else peaks[mapping]
        draw(Panel(each, mapping, Rows.of(tables, mapping), top, len(shown) > 3, unit.of))
    return on, shown


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
