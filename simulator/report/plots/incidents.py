"""Incidents as shaded times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.plots.axes import TimeUnit
from simulator.report.plots.palette import GREY, INCIDENTS, PALE_INK
from simulator.report.tables import RunTables

LEAST = 0.006  # of the axis: a shorter incident is drawn that wide, or it would not be seen


def shade(axes: Axes, tables: RunTables, mappings: Sequence[str], unit: TimeUnit) -> None:
    """Shade the incidents of some mappings; a dotted line where one had recovered."""
    if tables.incidents.empty:
        return
    found = tables.incidents[tables.incidents["mapping"].isin(list(mappings))]
    end = float(tables.summary["end_s"])
    for kind, fill in INCIDENTS.items():
        of_kind = found[found["kind"] == kind].drop_duplicates(["start_s", "end_s"])
        starts = of_kind["start_s"].to_numpy(float)
        stops = np.minimum(np.nan_to_num(of_kind["end_s"].to_numpy(float), nan=end), end)
        spans = [
            (low / unit.size, max(high - low, LEAST * end) / unit.size) for low, high in zip(starts, stops, strict=True)
        ]
        if spans:
            axes.broken_barh(
                spans, (0, 1), transform=axes.get_xaxis_transform(), zorder=0.5,
                facecolor=fill.colour, hatch=fill.hatch, edgecolor=GREY, linewidth=0,
            )  # fmt: skip
    recovered_s = _recovered(tables, mappings)
    for recovered in recovered_s if len(mappings) == 1 else recovered_s[-1:]:  # of several: when the last had
        axes.axvline(recovered / unit.size, color=PALE_INK, linestyle=":", linewidth=1.2)


def _recovered(tables: RunTables, mappings: Sequence[str]) -> list[float]:
    """When outages and slow periods were made good; of poison, often many, none."""
    found = tables.incidents
    long = found[found["mapping"].isin(list(mappings)) & (found["kind"] != "poison")]
    return sorted(set(long["recovered_s"].dropna().to_numpy(float).tolist()))


def legend(tables: RunTables, mappings: Sequence[str]) -> list[tuple[Artist, str]]:
    """What the shades of some mappings mean."""
    if tables.incidents.empty:
        return []
    kinds = set(tables.incidents.loc[tables.incidents["mapping"].isin(list(mappings)), "kind"])
    shades: list[tuple[Artist, str]] = [
        (Patch(facecolor=fill.colour, hatch=fill.hatch, edgecolor=GREY, linewidth=0), kind)
        for kind, fill in INCIDENTS.items()
        if kind in kinds
    ]
    if _recovered(tables, mappings):
        shades.append((Line2D([], [], color=PALE_INK, linestyle=":", linewidth=1.2), "recovered"))
    return shades
