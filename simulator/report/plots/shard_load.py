"""Load per shard as a heat map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from simulator.report.limits import mean_size_bytes
from simulator.report.numbers import seconds
from simulator.report.plots.axes import percent
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.panels import LEFT_IN, NAME_IN, chosen, left_out, name_panel, no_data, short
from simulator.report.plots.rows import unit_of
from simulator.report.plots.thinning import Floats
from simulator.report.tables import RunTables
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

MOST_ROWS: Final = 100  # drawn; of more shards each row shows the greatest of several
MOST_NUMBERED: Final = 40  # of more shards the busiest come first
BAR_IN: Final = 1.25  # at the right, for the scale of colours
GAP_IN: Final = 0.5
COLOURS: Final = "viridis"  # its lightness grows with the value, for greyscale and colour-blind readers


@dataclass(frozen=True)
class Load:
    """The load of a stream's shards as parts of the write limit: one row a shard, or a few shards."""

    stream: str
    shards: int
    sorted: bool
    parts: Floats  # by row and time
    interval_s: float

    @property
    def height_in(self) -> float:
        """One shard is a strip; many fill a panel."""
        return float(np.interp(self.parts.shape[0], (1, 2, 8, 40), (0.7, 1.2, 2.4, 3.6)))


def shard_load(tables: RunTables) -> Plot:
    """Accepted records/s by shard and time, as a part of the write limit of 1,000 records/s."""
    peaks = {stream: float(_values(tables, stream).max(initial=0.0)) for stream in tables.shard_load}
    loads = [_load(tables, stream) for stream in chosen(peaks)]
    heights = [each.height_in * (1 if len(loads) == 1 else 0.6) for each in loads]
    top = NAME_IN if len(loads) > 1 else 0.15
    height = top + sum(heights) + GAP_IN * (len(loads) - 1) + FOOT_IN
    on = figure(height)
    scale = _scale(max(peaks.values()) / RECORDS_PER_S)
    for i, (load, tall) in enumerate(zip(loads, heights, strict=True)):
        axes = on.add_axes((LEFT_IN / WIDTH_IN, 1 - (top + tall) / height, _wide_in() / WIDTH_IN, tall / height))
        image = _panel(axes, tables, load, scale, last=i == len(loads) - 1)
        if len(loads) > 1:
            name_panel(axes, short(load.stream))
        if i == 0 and image:
            _colour_bar(on, axes, image, max(peaks.values()) / RECORDS_PER_S > 1.02 * scale)
        top += tall + GAP_IN
    subtitle = _subtitle(tables, loads) + left_out([each.stream for each in loads], len(peaks), "highest load")
    return head(on, "shard_load", _title(tables, peaks), subtitle, [])


def _wide_in() -> float:
    return WIDTH_IN - LEFT_IN - BAR_IN


def _values(tables: RunTables, stream: str) -> Floats:
    return tables.shard_load[stream].drop(columns="time_s").to_numpy(float)


def _load(tables: RunTables, stream: str) -> Load:
    parts = _values(tables, stream).T / RECORDS_PER_S
    shards = len(parts)
    if shards > MOST_NUMBERED:
        parts = parts[np.argsort(-parts.mean(axis=1), kind="stable")]
    if shards > MOST_ROWS:
        parts = np.array([some.max(axis=0) for some in np.array_split(parts, MOST_ROWS)])
    return Load(stream, shards, shards > MOST_NUMBERED, parts, tables.load_interval_s(stream))


def _scale(most: float) -> float:
    """The part of the limit that the brightest colour stands for."""
    return next((nice for nice in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if most <= nice), 1.0)


def _title(tables: RunTables, peaks: dict[str, float]) -> str:
    stream = max(peaks, key=lambda each: peaks[each])
    if not peaks[stream]:
        return "Load per shard: nothing arrived"
    values, interval_s = _values(tables, stream), tables.load_interval_s(stream)
    busiest = _busiest(values, interval_s)
    hottest = int(values.mean(axis=0).argmax())
    ratio = values.mean(axis=0).max() / values.mean()
    of = f" of {short(stream, 24)}" if len(peaks) > 1 else ""
    if values.shape[1] == 1:
        return f"The only shard{of} takes up to {percent(busiest[0] / RECORDS_PER_S)} of its write limit"
    share = f"{ratio:.2g} times the load of the mean shard" if ratio > 1.05 else "the load is shared evenly"
    part = percent(busiest[hottest] / RECORDS_PER_S)
    return f"Shard {hottest}{of} takes up to {part} of its write limit; {share}"


def _busiest(rates: Floats, interval_s: float) -> Floats:
    """By shard the highest rate in as many rows as make up a second at least: so long it may exceed its limit."""
    rows = max(1, math.ceil(round(1 / interval_s, 9)))
    means = np.add.reduceat(rates, np.arange(0, len(rates), rows), axis=0) / rows
    return np.asarray(means.max(axis=0, initial=0.0))


def _subtitle(tables: RunTables, loads: list[Load]) -> str:
    interval = seconds(loads[0].interval_s)
    text = f"Records accepted in each {interval}, as a part of the 1,000 records/s that a shard accepts."
    size = mean_size_bytes(tables, loads[0].stream)
    if len(loads) == 1 and size * RECORDS_PER_S > 1.05 * BYTES_PER_S:
        text += f" Its limit in bytes is reached at {BYTES_PER_S / size / RECORDS_PER_S:.0%}."
    if any(each.shards > MOST_ROWS for each in loads):
        text += " A row is the greatest of several shards."
    return text


def _panel(axes: Axes, tables: RunTables, load: Load, scale: float, last: bool) -> AxesImage | None:
    unit, end = unit_of(tables), float(tables.summary["end_s"])
    axes.grid(visible=False)
    unit.mark(axes, end, labelled=last)
    if not load.parts.any():
        no_data(axes, "nothing arrived")
        return None
    right = load.parts.shape[1] * load.interval_s / unit.size
    image = axes.imshow(
        load.parts, aspect="auto", interpolation="nearest", cmap=COLOURS, vmin=0, vmax=scale,
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
    bar.ax.yaxis.set_major_locator(MaxNLocator(5 if low_in > 1.5 else 2))
    bar.set_label("of the limit" if low_in < 1 else "of the write limit")
