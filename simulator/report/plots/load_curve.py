"""How late it is, against the load, with the knee."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from simulator.report.plots.axes import number
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.palette import GRID, INK, LINES, Line
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, no_data, short
from simulator.report.plots.thinning import Floats
from simulator.study.load_sweep import LoadSweep
from simulator.study.saturation import LATENESS, MOST

HEIGHT_IN: Final = 3.6
MOST_MAPPINGS: Final = 4
SMALLEST_S: Final = 1e-4


def load_curve(sweep: LoadSweep) -> Plot:
    """The 99th percentiles of latency and iterator age by load, both axes logarithmic."""
    on = figure(HEIGHT_IN)
    box_in = (LEFT_IN, FOOT_IN, WIDTH_IN - LEFT_IN - RIGHT_IN, HEIGHT_IN - FOOT_IN - 0.15)
    axes = on.add_axes((box_in[0] / WIDTH_IN, box_in[1] / HEIGHT_IN, box_in[2] / WIDTH_IN, box_in[3] / HEIGHT_IN))
    legend = _draw(axes, sweep)
    subtitle = (
        "99th percentiles by load, as a multiple of the scenario's traffic; logarithmic axes. Bars: 95% intervals. "
        "Knee: a worse verdict than at a quarter of the load that saturates, or three times as late."
    )
    return head(on, "load_curve", _title(sweep), subtitle, legend)


def _title(sweep: LoadSweep) -> str:
    found = sweep.saturation
    if found is None:
        return f"Keeps up at every load up to {MOST:g} times the traffic"
    if not found.holds:
        return f"Keeps up at no load, down to {found.breaks:.3g} times the traffic"
    return f"Keeps up to {found.holds:.3g} times the traffic, and no longer at {found.breaks:.3g} times"


def _draw(axes: Axes, sweep: LoadSweep) -> list[tuple[Artist, str]]:
    loads = np.array([point.factor for point in sweep.points])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_autoscale_on(False)  # it fails where all lines are level
    drawn = [
        _curve(axes, sweep, mapping, measure, line)
        for (mapping, measure), line in zip(_curves(sweep), LINES, strict=False)
    ]
    legend = [sample for sample, _ in drawn]
    if sweep.knee is not None:
        _line(axes, "knee", sweep.knee.breaks, loads)
    if sweep.saturation is not None:
        legend.append((_shade(axes, sweep.saturation.breaks, loads), "does not keep up"))
    _mark(axes, loads)
    _reach(axes, np.concatenate([reached_s for _, reached_s in drawn]))
    return legend


def _curves(sweep: LoadSweep) -> Iterator[tuple[str, str]]:
    return product(sweep.mappings[:MOST_MAPPINGS], LATENESS)


def _curve(axes: Axes, sweep: LoadSweep, mapping: str, measure: str, line: Line) -> tuple[tuple[Artist, str], Floats]:
    """Draw how late a mapping is; its sample for the legend, and how far its bars reach."""
    found = [point.seen(mapping, measure) for point in sweep.points]
    means = np.maximum(SMALLEST_S, [each.mean for each in found])
    means[~np.isfinite(means)] = np.nan  # nothing was processed, or more was lost than a percentile leaves out
    errors = np.minimum(np.nan_to_num([each.high - each.mean for each in found]), 0.95 * means)
    axes.errorbar(
        [point.factor for point in sweep.points], means, errors, color=line.colour, linestyle=line.dashes,
        marker=line.marker, markersize=4.5, linewidth=1.7, elinewidth=1, capsize=2,
    )  # fmt: skip
    of = f" of {short(mapping, 20)}" if len(sweep.mappings) > 1 else ""
    sample = Line2D([], [], color=line.colour, linestyle=line.dashes, marker=line.marker, markersize=4.5)
    return (sample, f"{measure.removesuffix('_s').replace('_', ' ')}{of}"), np.concatenate(
        [means - errors, means + errors]
    )


def _reach(axes: Axes, reached_s: Floats) -> None:
    """Set the axis to whole decades by what is drawn."""
    known = reached_s[np.isfinite(reached_s)]
    if known.size:
        low, high = 10 ** np.floor(np.log10(known.min() / 1.1)), 10 ** np.ceil(np.log10(known.max() * 1.1))
        axes.set_ylim(low, high)
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high <= 100 * low else (1.0,)))
    else:
        no_data(axes, "too little was processed for a 99th percentile")
        axes.yaxis.set_minor_locator(NullLocator())


def _shade(axes: Axes, breaks: float, loads: Floats) -> Artist:
    axes.axvspan(breaks, loads[-1] * 1.05, color=GRID, zorder=0)
    _line(axes, "saturated", breaks, loads)
    return Patch(color=GRID)


def _line(axes: Axes, what: str, at: float, loads: Floats) -> None:
    """A line at a load, told on the side where there is more room."""
    left = at > np.sqrt(loads[0] * loads[-1])
    axes.axvline(at, color=INK, linewidth=1, linestyle="-" if what == "saturated" else ":")
    axes.annotate(
        f"{what}: {at:.3g}", (at, 1 if what == "saturated" else 0.9), xycoords=("data", "axes fraction"),
        xytext=(-5 if left else 5, -4), textcoords="offset points", ha="right" if left else "left", va="top",
        fontsize=8.5,
    )  # fmt: skip


def _mark(axes: Axes, loads: Floats) -> None:
    axes.set_xlim(loads[0] / 1.05, loads[-1] * 1.05)
    steps = np.array([1, 1.5, 2, 3, 4, 5, 7])
    ticks = np.concatenate([steps * 10.0**power for power in range(-3, 4)])
    axes.set_xticks(ticks[(ticks >= loads[0]) & (ticks <= loads[-1])])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.set_xlabel("load: times the scenario's traffic")
    axes.set_ylabel("seconds")
