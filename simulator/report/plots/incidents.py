"""Episodes as shaded times: the event that they go back to, or else the time in which a mapping was behind."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.plots.axes import TimeUnit
from simulator.report.plots.palette import GREY, INCIDENTS, PALE_INK
from simulator.report.tables import RunTables

MOST = 20  # episodes of a panel
LEAST = 0.006  # of the axis: a shorter incident is drawn that wide, or it would not be seen


def shade(axes: Axes, tables: RunTables, mappings: Sequence[str], unit: TimeUnit) -> None:
    """Shade the events, or else the times in which some mappings were behind; a dotted line where one caught up."""
    if tables.incidents.empty:
        return
    end = float(tables.summary["end_s"])
    for kind, low_s, high_s in sorted(set(_spans(tables, mappings, end))):
        fill = INCIDENTS[kind]
        spans = [(low_s / unit.size, max(high_s - low_s, LEAST * end) / unit.size)]
        axes.broken_barh(
            spans, (0, 1), transform=axes.get_xaxis_transform(), zorder=0.5,
            facecolor=fill.colour, hatch=fill.hatch, edgecolor=GREY, linewidth=0,
        )  # fmt: skip
    recovered_s = _recovered(tables, mappings)
    for recovered in recovered_s if len(mappings) == 1 else recovered_s[-1:]:  # of several: when the last had
        axes.axvline(recovered / unit.size, color=PALE_INK, linestyle=":", linewidth=1.2)


def _of(tables: RunTables, mappings: Sequence[str]) -> pd.DataFrame:
    """The episodes of some mappings; of many the ones that went the furthest."""
    found = tables.incidents[tables.incidents["mapping"].isin(list(mappings))]
    return found.nlargest(MOST, "peak_lag_s")


def _spans(tables: RunTables, mappings: Sequence[str], end: float) -> list[tuple[str, float, float]]:
    """What is shaded: its kind, begin and end."""
    return [
        (kind, float(each[f"{since}_s"]), min(float(each[f"{until}_s"]), end))
        if each[f"{until}_s"] == each[f"{until}_s"]
        else (kind, float(each[f"{since}_s"]), end)
        for _, each in _of(tables, mappings).iterrows()
        for kind, since, until in [_kind(str(each["event"]))]
    ]


def _kind(event: str) -> tuple[str, str, str]:
    kind = event.split(" ")[0]
    return (kind, "event_start", "event_end") if kind in ("outage", "slow", "disabled") else ("behind", "start", "end")


def _recovered(tables: RunTables, mappings: Sequence[str]) -> list[float]:
    """When they had caught up."""
    return sorted(set(_of(tables, mappings)["end_s"].dropna().to_numpy(float).tolist()))


def legend(tables: RunTables, mappings: Sequence[str]) -> list[tuple[Artist, str]]:
    """What the shades of some mappings mean."""
    if tables.incidents.empty:
        return []
    kinds = {kind for kind, _, _ in _spans(tables, mappings, float(tables.summary["end_s"]))}
    shades: list[tuple[Artist, str]] = [
        (Patch(facecolor=fill.colour, hatch=fill.hatch, edgecolor=GREY, linewidth=0), kind)
        for kind, fill in INCIDENTS.items()
        if kind in kinds
    ]
    if _recovered(tables, mappings):
        shades.append((Line2D([], [], color=PALE_INK, linestyle=":", linewidth=1.2), "caught up"))
    return shades
