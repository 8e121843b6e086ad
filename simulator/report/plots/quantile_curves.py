"""Curves of quantiles, the rare ones spread out: both axes logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from simulator.report.numbers import seconds
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, figure
from simulator.report.plots.palette import GREY, Line
from simulator.report.plots.panels import LEFT_IN, MOST, shortened

PERCENTS: Final = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99)
MARKED: Final = (50.0, 90.0, 99.0, 99.9, 99.99)
MAXIMUM_AT: Final = 4.6  # nines
HEIGHT_IN: Final = 3.85
RIGHT_IN: Final = 0.3
LETTER_IN: Final = 0.075
NAME: Final = 24  # letters
SMALLEST_S: Final = 1e-6
MINUTES: Final = tuple(60.0 * each for each in (1, 2, 5, 10, 20, 60, 120, 300, 720))
MORE_MINUTES: Final = tuple(60.0 * each for each in (1.5, 3, 4, 6, 8, 15, 30, 40, 90, 180, 240))


@dataclass(frozen=True)
class Quantiles:
    """What is drawn as one line: only the quantiles that its number of records can tell."""

    name: str
    line: Line
    nines: list[float]
    values_s: list[float]
    maximum_s: float
    p99_s: float


def quantile_figure(quantiles: Sequence[Quantiles], rest: str) -> Figure:
    """A figure with a line for each, the first ones told apart; `rest` says of the others what they are."""
    on = figure(HEIGHT_IN)
    names = shortened([each.name for each in quantiles], NAME)
    longest = max(map(len, names.values()))
    legend_in = 0.6 + max(longest, 14) * LETTER_IN if len(quantiles) > 1 else 0.0
    box_in = (LEFT_IN, FOOT_IN, WIDTH_IN - LEFT_IN - legend_in - RIGHT_IN, HEIGHT_IN - FOOT_IN - 0.15)
    axes = on.add_axes((box_in[0] / WIDTH_IN, box_in[1] / HEIGHT_IN, box_in[2] / WIDTH_IN, box_in[3] / HEIGHT_IN))
    _draw(axes, quantiles, rest)
    return on


def nines(percent: float) -> float:
    """How many nines a quantile has: 1 for 90 %, 2 for 99 %."""
    return float(-np.log10(1 - percent / 100))


def _draw(axes: Axes, quantiles: Sequence[Quantiles], rest: str) -> None:
    _mark_quantiles(axes)
    axes.set_ylabel("latency")
    names = shortened([each.name for each in quantiles], NAME)
    axes.set_yscale("log")
    legend: list[tuple[Artist, str]] = []
    for i, each in reversed(list(enumerate(quantiles))):
        line = each.line if i < MOST else Line(GREY, "-", "")
        _curve(axes, each, line, told=len(quantiles) == 1)
        if i < MOST:
            legend.insert(0, (_sample(line), names[each.name]))
    if len(quantiles) > MOST:
        legend.append((_sample(Line(GREY, "-", "")), f"{len(quantiles) - MOST} more, {rest}"))
    if len(quantiles) > 1:
        axes.legend(
            *zip(*legend, strict=True), loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, handlelength=3
        )
    _mark_seconds(axes, [v for each in quantiles for v in (*each.values_s, each.maximum_s)])


def _curve(axes: Axes, quantiles: Quantiles, line: Line, told: bool) -> None:
    """One mapping's line; `told`: with its values."""
    axes.plot(
        quantiles.nines, quantiles.values_s, color=line.colour, linestyle=line.dashes, linewidth=1.7,
        marker=line.marker, markersize=4.5,
    )  # fmt: skip
    if told:
        for x, value in (*zip(quantiles.nines, quantiles.values_s, strict=True), (MAXIMUM_AT, quantiles.maximum_s)):
            if x in (*map(nines, MARKED), MAXIMUM_AT):
                last = x == MAXIMUM_AT
                axes.annotate(
                    seconds(value), (x, value), xytext=(0 if last else 5, -6), textcoords="offset points",
                    ha="center" if last else "left", va="top", fontsize=8,
                )  # fmt: skip
    axes.plot([MAXIMUM_AT], [quantiles.maximum_s], color=line.colour, marker=line.marker or ".", markersize=4.5)


def _sample(line: Line) -> Line2D:
    return Line2D([], [], color=line.colour, linestyle=line.dashes, linewidth=1.7, marker=line.marker, markersize=4.5)


def _mark_quantiles(axes: Axes) -> None:
    axes.set_xlim(nines(50) - 0.15, MAXIMUM_AT + 0.2)
    names = [*(f"{percent:g}%" for percent in MARKED), "max"]
    axes.set_xticks([*map(nines, MARKED), MAXIMUM_AT], names)
    axes.set_xlabel("part of the records that are as fast or faster")


def _mark_seconds(axes: Axes, values_s: list[float]) -> None:
    """From one round time below all values to one above them: 1, 2, 5, 10 s and so on, 1, 2, 5 min, 1 h."""
    close = max(values_s) <= 4 * min(values_s)
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if close else (1, 2, 5)
    below = np.concatenate([step * 10.0 ** np.arange(-6, 2) for step in steps])
    above = [
        *MINUTES,
        *(MORE_MINUTES if close else ()),
        *(86400.0 * step * 10**power for power in range(4) for step in (1, 2, 5)),
    ]
    round_s = np.sort(np.concatenate([below[below < 60], above]))
    low = round_s[max(0, int(np.searchsorted(round_s, min(values_s) * 0.85, "right")) - 1)]
    high = round_s[min(len(round_s) - 1, int(np.searchsorted(round_s, max(values_s) * 1.001)))]
    ticks = round_s[(round_s >= low) & (round_s <= high)]
    if len(ticks) > 9:
        ticks = ticks[:: -(-len(ticks) // 8)]
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(ticks.tolist()))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: seconds(value)))
