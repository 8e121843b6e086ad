"""What records wait for, over time: the records that wait, stacked by cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Patch

from simulator.measures.waiting import CAUSES
from simulator.report.numbers import percent
from simulator.report.plots import incidents
from simulator.report.plots.axes import count_unit
from simulator.report.plots.by_mapping import Panel, by_mapping, chart, nothing, own_scales
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.chart import Chart, area_series
from simulator.report.plots.palette import CAUSES as FILLS
from simulator.report.plots.palette import INK, OTHERS, Fill
from simulator.report.plots.panels import left_out, shortened
from simulator.report.plots.rows import Rows, grouped, peak
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables
from simulator.report.vocabulary import cause_words

SEEN: Final = 0.01  # of all waiting of a mapping, or of its peak: a cause that is less is one of the others
REST: Final = "other causes"


def waiting(tables: RunTables) -> Plot:
    """How many records wait in the mean, by what they wait for."""
    rows = {mapping: Rows.of(tables, mapping) for mapping in tables.mappings}
    peaks = {name: peak(each.grouping.mean(_total(each), each.lengths_s)) for name, each in rows.items()}
    if not any(peaks.values()):
        return nothing(tables, "waiting", "Waiting by cause: nothing waited")
    on, shown = by_mapping(tables, peaks, _panel)
    subtitle = (
        f"Records that wait, from production to their end, by what holds them up at that moment: the mean of each "
        f"{grouped(tables)}.{own_scales(peaks, shown)}{left_out(shown, len(peaks), 'most records waiting')}"
    )
    legend = [*_legend(tables, shown), *incidents.legend(tables, shown)]
    charts = tuple(_charts(tables, shown))
    return head(on, "waiting", _title(tables), subtitle, legend, charts=charts)


def _records(rows: Rows, cause: str) -> Floats:
    """How many records wait for a cause in the mean of each row: seconds waited over the seconds that passed."""
    return rows[f"waiting_{cause}_s"] / rows.lengths_s


def _total(rows: Rows) -> Floats:
    total: Floats = np.sum([_records(rows, cause) for cause in CAUSES], axis=0)
    return total


def _title(tables: RunTables) -> str:
    """The causes with most waiting, over the whole run and all mappings."""
    total = {cause: sum(Rows.of(tables, m)[f"waiting_{cause}_s"].sum() for m in tables.mappings) for cause in CAUSES}
    everything = sum(total.values())
    first, second = sorted(total, key=lambda cause: -total[cause])[:2]
    text = f"{percent(total[first] / everything)} of all waiting is for {cause_words(first)}"
    share = total[second] / everything
    return text + (f", {percent(share)} for {cause_words(second)}" if share >= 0.1 else "")


def _stack(rows: Rows) -> list[tuple[str, Fill, Floats]]:
    """What is drawn on top of each other: label, fill and records waiting; small causes are one."""
    parts = {cause: _records(rows, cause) for cause in CAUSES if rows[f"waiting_{cause}_s"].any()}
    all_s, top = sum(float(part.sum()) for part in parts.values()), peak(_total(rows))
    seen = {c: part for c, part in parts.items() if part.sum() >= SEEN * all_s or part.max() >= SEEN * top}
    rest = [part for cause, part in parts.items() if cause not in seen]
    found = [(cause_words(cause), FILLS[cause], part) for cause, part in seen.items()]
    return found + ([(REST, OTHERS, np.sum(rest, axis=0))] if rest else [])


def _panel(panel: Panel) -> None:
    grouping, axes, unit = panel.rows.grouping, panel.axes, count_unit(panel.top, "records")
    x, stack = panel.x(grouping.middles_s), _stack(panel.rows)
    means = [grouping.mean(records, panel.rows.lengths_s) / unit.size for _, _, records in stack]
    tops = np.cumsum(means, axis=0)
    for (_, fill, _), top in zip(reversed(stack), tops[::-1], strict=True):  # each covers what lies below it
        axes.fill_between(x, top, facecolor=fill.colour, hatch=fill.hatch, edgecolor=INK, linewidth=0)
    unit.label(axes, "waiting", panel.top, decimals=panel.top > 5)


def _legend(tables: RunTables, shown: Sequence[str]) -> list[tuple[Artist, str]]:
    fills = {label: fill for mapping in shown for label, fill, _ in _stack(Rows.of(tables, mapping))}
    order = [*map(cause_words, CAUSES), REST]
    return [
        (Patch(facecolor=fills[label].colour, hatch=fills[label].hatch, edgecolor=INK, linewidth=0), label)
        for label in order
        if label in fills
    ]


def _charts(tables: RunTables, shown: Sequence[str]) -> Iterator[Chart]:
    for mapping, name in shortened(shown).items():
        rows = Rows.of(tables, mapping)
        means = ((label, fill, rows.grouping.mean(records, rows.lengths_s)) for label, fill, records in _stack(rows))
        series = [area_series(*each) for each in means]
        yield chart(tables, mapping, name if len(shown) > 1 else "", "waiting", "count", series, stacked=True)
