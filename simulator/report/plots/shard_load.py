"""Load per shard as a heat map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FixedLocator, FuncFormatter

from simulator.report.numbers import seconds
from simulator.report.plots.axes import percent
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.panels import LEFT_IN, NAME_IN, chosen, left_out, name_panel, short, shortened
from simulator.report.plots.rows import unit_of
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

MOST_ROWS: Final = 100  # drawn; of more shards each row shows the greatest of several
MOST_NUMBERED: Final = 40  # of more shards the busiest come first
NAMED: Final = 3  # of the hottest, by their numbers
BAR_IN: Final = 1.25  # at the right, for the scale of colours
GAP_IN: Final = 0.5
COLOURS: Final = "viridis"  # its lightness grows with the value, for greyscale and colour-blind readers


@dataclass(frozen=True)
class Load:
    """The load of a stream's shards as parts of the limit that is nearer: one row a shard, or a few shards."""

    stream: str
    shards: int
    sorted: bool
    parts: Any  # by row and time, masked where no shard of the row is open
    interval_s: float

    @property
    def height_in(self) -> float:
        """One shard is a strip; many fill a panel."""
        return float(np.interp(self.parts.shape[0], (1, 2, 8, 40), (0.7, 1.2, 2.4, 3.6)))


def shard_load(tables: RunTables) -> Plot:
    """What each shard accepts over time, as a part of its limit in records or in bytes, whichever is nearer."""
    parts = {stream: _parts(tables, stream) for stream in tables.shard_load}
    peaks = {stream: float(each.filled(0).max(initial=0.0)) for stream, each in parts.items()}
    if not any(peaks.values()):
        return Plot("shard_load", "Load per shard: nothing arrived", "No shard accepted a record.", None)
    loads = [_load(tables, stream, parts[stream]) for stream in chosen(peaks) if peaks[stream]]
    heights = [each.height_in * (1 if len(loads) == 1 else 0.6) for each in loads]
    top = NAME_IN if len(loads) > 1 else 0.15
    height = top + sum(heights) + GAP_IN * (len(loads) - 1) + FOOT_IN
    on, names = figure(height), shortened([each.stream for each in loads])
    for i, (load, tall) in enumerate(zip(loads, heights, strict=True)):
        axes = on.add_axes((LEFT_IN / WIDTH_IN, 1 - (top + tall) / height, _wide_in() / WIDTH_IN, tall / height))
        image = _panel(axes, tables, load, last=i == len(loads) - 1)
        if len(loads) > 1:
            name_panel(axes, names[load.stream])
        if i == 0:
            _colour_bar(on, axes, image, max(peaks.values()) > 1.02)
        top += tall + GAP_IN
    subtitle = _subtitle(tables, parts, loads) + left_out([each.stream for each in loads], len(peaks), "highest load")
    return head(on, "shard_load", _title(tables, parts, peaks), subtitle, [])


def _wide_in() -> float:
    return WIDTH_IN - LEFT_IN - BAR_IN


def _parts(tables: RunTables, stream: str) -> Any:
    """By time and shard what is accepted, as a part of the shard's nearer limit at its records' mean size.

    A masked array: where a shard is not open there is none.
    """
    load = tables.shard_load[stream]
    rates = load.drop(columns="time_s").to_numpy(float)
    shards = tables.shards[tables.shards["stream"] == stream].drop_duplicates("shard").sort_values("shard")
    records, size = (shards[f"accepted_{what}"].to_numpy(float) for what in ("records", "bytes"))
    a_record = np.maximum(1 / RECORDS_PER_S, size / np.maximum(records, 1) / BYTES_PER_S)
    begins_s, opens_s = load["time_s"].to_numpy(float)[:, np.newaxis], shards["opened_at_s"].to_numpy(float)
    closes_s = shards["closed_at_s"].fillna(math.inf).to_numpy(float)
    shut = (begins_s + tables.load_interval_s(stream) <= opens_s) | (begins_s >= closes_s)
    return np.ma.masked_array(rates * a_record, shut)


def _load(tables: RunTables, stream: str, of: Any) -> Load:
    parts = of.T
    shards = len(parts)
    if shards > MOST_NUMBERED:
        parts = parts[np.argsort(-parts.mean(axis=1).filled(0), kind="stable")]
    if shards > MOST_ROWS:
        rows = np.array_split(np.arange(shards), MOST_ROWS)
        parts = np.ma.stack([parts[some].max(axis=0) for some in rows])
    return Load(stream, shards, shards > MOST_NUMBERED, parts, tables.load_interval_s(stream))


def _title(tables: RunTables, parts: dict[str, Any], peaks: dict[str, float]) -> str:
    stream = max(peaks, key=lambda each: peaks[each])
    of_time, interval_s = parts[stream], tables.load_interval_s(stream)
    busiest = _busiest(of_time, interval_s)
    means = of_time.mean(axis=0).filled(0)
    hottest = int(means.argmax())
    ratio = means.max() / of_time.mean()
    of = f" of {short(stream, 24)}" if len(peaks) > 1 else ""
    if of_time.shape[1] == 1:
        return f"The only shard{of} takes up to {percent(busiest[0])} of what it may"
    if np.ma.is_masked(of_time):  # shards of different times are not compared
        hottest = int(busiest.argmax())
        return f"Shard {hottest}{of} takes up to {percent(busiest[hottest])} of what it may, while it is open"
    share = f"{ratio:.2g} times the load of the mean shard" if ratio > 1.05 else "the load is shared evenly"
    return f"Shard {hottest}{of} takes up to {percent(busiest[hottest])} of what it may; {share}"


def _busiest(rates: Any, interval_s: float) -> Floats:
    """By shard the highest rate in as many rows as make up a second at least: so long it may exceed its limit."""
    rows = max(1, math.ceil(round(1 / interval_s, 9)))
    means = np.add.reduceat(rates.filled(0), np.arange(0, len(rates), rows), axis=0) / rows
    return np.asarray(means.max(axis=0, initial=0.0))


def _subtitle(tables: RunTables, parts: dict[str, Any], loads: list[Load]) -> str:
    interval = seconds(loads[0].interval_s)
    text = (
        f"Accepted in each {interval}, as a part of the 1,000 records/s or the 1 MiB/s that a shard accepts, whichever "
        "is nearer."
    )
    if any(each.shards > MOST_ROWS for each in loads):
        text += " A row is the greatest of several shards."
    if any(each.sorted for each in loads):
        of = f" of {short(loads[0].stream)}" if len(loads) > 1 else ""
        text += f" The hottest{of}: {_hottest(parts[loads[0].stream])}."
    return text


def _hottest(of_time: Any) -> str:
    """The shards with the highest means, by number: 17 (74%), 3 (71%)."""
    means = of_time.mean(axis=0).filled(0)
    order = np.argsort(-means, kind="stable")[:NAMED]
    return ", ".join(f"shard {shard} ({percent(means[shard])} in the mean)" for shard in order.tolist())


def _panel(axes: Axes, tables: RunTables, load: Load, last: bool) -> AxesImage:
    unit, end = unit_of(tables), float(tables.summary["end_s"])
    axes.grid(visible=False)
    unit.mark(axes, end, labelled=last)
    right = load.parts.shape[1] * load.interval_s / unit.size
    image = axes.imshow(
        load.parts, aspect="auto", interpolation="nearest", cmap=COLOURS, vmin=0, vmax=1,
        extent=(0, right, load.shards - 0.5, -0.5),
    )  # fmt: skip
    axes.set_xlim(0, end / unit.size)
    _mark_shards(axes, load)
    return image


def _mark_shards(axes: Axes, load: Load) -> None:
    axes.set_ylabel("shards, busiest first" if load.sorted else "shard")
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if load.shards / s <= 8)
    if load.sorted:
        ticks = [0, *range(step - 1, load.shards, step)]
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value + 1:,.0f}"))
    else:
        ticks = list(range(0, load.shards, step))
    axes.yaxis.set_major_locator(FixedLocator(ticks))


def _colour_bar(on: Figure, axes: Axes, image: AxesImage, beyond: bool) -> None:
    box = axes.get_position()
    low_in = min(box.height * on.get_figheight(), 3.0)
    place = on.add_axes((box.x1 + 0.02, box.y1 - low_in / on.get_figheight(), 0.018, low_in / on.get_figheight()))
    bar = on.colorbar(image, cax=place, extend="max" if beyond else "neither")
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:.3g}%"))
    bar.ax.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1] if low_in > 1.5 else [0, 0.5, 1]))
    bar.set_label("of its limit" if low_in < 1 else "of the nearer limit")
