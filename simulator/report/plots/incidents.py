"""Episodes as shaded times: the event that they go back to, or else the time in which a mapping was behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.plots.axes import TimeUnit
from simulator.report.plots.chart import Mark, Span
from simulator.report.plots.palette import GREY, INCIDENTS, PALE_INK
from simulator.report.plots.rows import clock, unit_of
from simulator.report.tables import RunTables

MOST: Final = 20  # episodes of a panel
LEAST: Final = 0.006  # of the axis: a shorter incident is drawn that wide, or it would not be seen
OVER: Final = {"outage": "fixed", "slow": "fixed", "disabled": "enabled"}  # what the end of an event is called
MOST_NAMED: Final = 6  # moments that have their words beside them
ROW_IN: Final = 0.17  # of words above a panel
LETTER_IN: Final = 0.072


def shade(axes: Axes, tables: RunTables, mappings: Sequence[str], unit: TimeUnit) -> None:
    """Shade the events that some mappings were behind by; dotted lines where they were over, and the lag caught up."""
    least_s = LEAST * float(tables.summary["end_s"])
    for each in spans(tables, mappings):
        fill = INCIDENTS[_kind(each.label)]
        low_s, long_s = each.start_s, max(each.end_s - each.start_s, least_s)
        axes.broken_barh(
            [(low_s / unit.size, long_s / unit.size)], (0, 1), transform=axes.get_xaxis_transform(), zorder=0.5,
            facecolor=fill.colour, hatch=fill.hatch, edgecolor=GREY, linewidth=0,
        )  # fmt: skip
    for moment in moments(tables, mappings):
        axes.axvline(moment.at / unit.size, color=PALE_INK, linestyle=":", linewidth=1.2)


def spans(tables: RunTables, mappings: Sequence[str]) -> tuple[Span, ...]:
    """The declared events that some mappings were behind by."""
    end_s = float(tables.summary["end_s"])
    found = {
        Span(str(each["event"]), float(each["event_start_s"]), min(float(each["event_end_s"]), end_s), fill.hatch[:1])
        for _, each in _of(tables, mappings).iterrows()
        if (fill := INCIDENTS.get(_kind(str(each["event"]))))
    }
    return tuple(sorted(found, key=lambda span: (span.start_s, span.label)))


def moments(tables: RunTables, mappings: Sequence[str]) -> tuple[Mark, ...]:
    """When events were over, and when a mapping had caught up: after the last of them, and where it was furthest."""
    of, end_s = _of(tables, mappings), float(tables.summary["end_s"])
    over = {(OVER[_kind(each.label)], each.end_s) for each in spans(tables, mappings) if each.end_s < end_s}
    told = of[of["event"] != ""].sort_values("end_s").tail(1), of.head(1)
    caught = {("caught up", float(up)) for some in told for up in some["end_s"].dropna()}
    told_at = {f"{word} {clock(tables, at)}": at for word, at in sorted(over | caught, key=lambda each: each[1])}
    return tuple(Mark(words, at) for words, at in told_at.items())


def _of(tables: RunTables, mappings: Sequence[str]) -> pd.DataFrame:
    """The episodes of some mappings; of many the ones that went the furthest."""
    found = tables.incidents[tables.incidents["mapping"].isin(list(mappings))]
    return found.sort_values("peak_lag_s", ascending=False, kind="stable").head(MOST)


def _kind(event: str) -> str:
    return event.split(" ")[0]


def legend(tables: RunTables, mappings: Sequence[str]) -> list[tuple[Artist, str]]:
    """What the shades of some mappings mean."""
    kinds = {_kind(each.label) for each in spans(tables, mappings)}
    shades: list[tuple[Artist, str]] = [
        (Patch(facecolor=fill.colour, hatch=fill.hatch, edgecolor=GREY, linewidth=0), kind)
        for kind, fill in INCIDENTS.items()
        if kind in kinds
    ]
    if any(each.label.startswith("caught up") for each in moments(tables, mappings)):
        shades.append((Line2D([], [], color=PALE_INK, linestyle=":", linewidth=1.2), "caught up"))
    return shades


def named(tables: RunTables, mappings: Sequence[str], wide_in: float) -> list[list[tuple[float, str]]]:
    """The words that stand above a panel of that width, in rows in which none touches another; nothing if many."""
    events = [(each.start_s, each.label) for each in spans(tables, mappings)]
    told = [*events, *((each.at, each.label) for each in moments(tables, mappings))]
    rows: list[list[tuple[float, str]]] = []
    if len(told) > MOST_NAMED:
        return rows
    an_inch_s = float(tables.summary["end_s"]) / wide_in
    for at_s, words in sorted(told):
        free = (row for row in rows if at_s > row[-1][0] + LETTER_IN * (len(row[-1][1]) + 2) * an_inch_s)
        row = next(free, None)
        if row is None:
            rows.append(row := [])
        row.append((at_s, words))
    return rows


def name(axes: Axes, tables: RunTables, rows: Sequence[Sequence[tuple[float, str]]]) -> None:
    """Write these words above a panel, each where its time begins; near the right end it ends there."""
    unit, end_s = unit_of(tables), float(tables.summary["end_s"])
    for number, row in enumerate(rows):
        for at_s, words in row:
            axes.annotate(
                words, (at_s / unit.size, 1), xytext=(0, 4 + 72 * ROW_IN * number), textcoords="offset points",
                xycoords=axes.get_xaxis_transform(), fontsize=8, color=PALE_INK, va="bottom",
                ha="right" if at_s > 0.85 * end_s else "left",
            )  # fmt: skip
