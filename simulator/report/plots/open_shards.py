"""Open shards over time, and the closed ones that are still read, where the shards of a stream change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from simulator.report.open_shards import open_shards as steps_of
from simulator.report.plots.axes import count_unit
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.chart import Chart, Series, numbers
from simulator.report.plots.palette import LINES, VERMILLION
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, chosen, left_out, shortened
from simulator.report.plots.rows import Rows, unit_of
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables

HEIGHT_IN: Final = 2.4
AN_INSTANT_S: Final = 1e-3


@dataclass(frozen=True)
class Steps:
    """How many shards of a stream are open: from each time on so many."""

    stream: str
    times_s: Floats
    open: Floats

    def at(self, times_s: Floats) -> Floats:
        """How many are open at some times."""
        return self.open[np.searchsorted(self.times_s, times_s, "right") - 1]


def open_shards(tables: RunTables) -> Plot:
    """Open shards of each stream, which change at once, and how many closed ones each mapping still reads."""
    steps = {each.stream: each for each in _steps(tables) if len(each.open) > 1}
    if not steps:
        return Plot("open_shards", "Open shards: they stay as they are", "No request has changed them.", None)
    shown = chosen({name: float(each.open.max()) for name, each in steps.items()})
    on, unit = figure(HEIGHT_IN), unit_of(tables)
    wide = 1 - (LEFT_IN + RIGHT_IN) / WIDTH_IN
    axes = on.add_axes((LEFT_IN / WIDTH_IN, FOOT_IN / HEIGHT_IN, wide, 1 - FOOT_IN / HEIGHT_IN - 0.05))
    unit.mark(axes, float(tables.summary["end_s"]))
    legend = [*_draw(axes, tables, [steps[name] for name in shown]), *_refusals(axes, tables, steps)]
    count_unit(1, "").label(axes, "shards", max(float(each.open.max()) for each in steps.values()), decimals=False)
    subtitle = (
        "New shards take records as soon as they are open; a mapping reads them when it has done with the closed ones "
        f"that they came from.{left_out(shown, len(steps), 'most shards')}"
    )
    return head(on, "open_shards", _title(tables, steps), subtitle, legend, charts=(_chart(tables, steps, shown),))


def _steps(tables: RunTables) -> Iterator[Steps]:
    for stream, mine in tables.shards.groupby("stream", sort=False):
        yield Steps(str(stream), *steps_of(mine))


def _title(tables: RunTables, steps: dict[str, Steps]) -> str:
    name = max(steps, key=lambda each: steps[each].open.max())
    of, named = steps[name].open, f"{name}: " if len(steps) > 1 else ""
    begin, least, most, end = int(of[0]), int(of.min()), int(of.max()), int(of[-1])
    if {least, most} == {begin, end}:
        return f"{named}From {begin:,} to {end:,} open shards"
    return f"{named}From {least:,} to {most:,} open shards; {begin:,} at first, {end:,} at the end"


def _draw(axes: Axes, tables: RunTables, steps: list[Steps]) -> Iterator[tuple[Artist, str]]:
    unit, end_s = unit_of(tables), float(tables.summary["end_s"])
    names = shortened([each.stream for each in steps])
    for each, line in zip(steps, LINES, strict=False):
        x = unit.of(np.append(each.times_s, end_s))
        axes.step(x, np.append(each.open, each.open[-1]), where="post", color=line.colour, linewidth=1.8)
        yield (
            Line2D([], [], color=line.colour, linewidth=1.8),
            f"open, {names[each.stream]}" if len(steps) > 1 else "open",
        )
    for mapping in _behind(tables, steps):
        rows, line = Rows.of(tables, mapping), LINES[(len(steps) + tables.mappings.index(mapping)) % len(LINES)]
        y = rows.grouping.highest(rows["closed_shards_left"])
        axes.plot(unit.of(rows.grouping.middles_s), y, color=line.colour, linewidth=1.4, linestyle=(0, (4, 2)))
        yield (
            Line2D([], [], color=line.colour, linewidth=1.4, linestyle=(0, (4, 2))),
            f"closed, still read by {mapping}",
        )


def _behind(tables: RunTables, steps: list[Steps]) -> list[str]:
    """Mappings that read closed shards of the streams for some time."""
    streams = {each.stream for each in steps}
    of = {
        m: Rows.of(tables, m)
        for m in tables.mappings
        if tables.summary["event_source_mappings"][m]["stream"] in streams
    }
    left = {mapping: float(np.nanmax(rows["closed_shards_left"], initial=0)) for mapping, rows in of.items()}
    return [mapping for mapping in chosen(left) if left[mapping]]


def _refusals(axes: Axes, tables: RunTables, steps: dict[str, Steps]) -> list[tuple[Artist, str]]:
    requests = tables.more["reshardings"].drop_duplicates(["stream", "request", "requested_at_s"])
    refused = requests[requests["refused"].fillna("") != ""]
    for stream, at_s in zip(refused["stream"], refused["begun_at_s"], strict=True):
        where = np.array([float(at_s)])
        axes.plot(
            unit_of(tables).of(where), steps[stream].at(where), "x", color=VERMILLION, markersize=7, clip_on=False
        )
    mark = Line2D([], [], color=VERMILLION, marker="x", markersize=7, linestyle="none")
    return [(mark, "a request is refused")] if len(refused) else []


def _chart(tables: RunTables, steps: dict[str, Steps], shown: list[str]) -> Chart:
    """The steps as a line that is drawn at once: two points at each change."""
    end_s, changes = (
        float(tables.summary["end_s"]),
        np.unique(np.concatenate([each.times_s for each in steps.values()])),
    )
    times_s = np.unique(np.concatenate((changes, np.maximum(changes - AN_INSTANT_S, 0), [end_s])))
    names = shortened(shown)
    series = tuple(
        Series(
            f"open, {names[name]}" if len(shown) > 1 else "open",
            line.colour,
            numbers(steps[name].at(times_s)),
            width=1.8,
        )
        for name, line in zip(shown, LINES, strict=False)
    )
    return Chart("", "open shards", "count", end_s, numbers(times_s, 10), series)
