"""How late it is, against the load, with the knee."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullFormatter

from simulator.report.plots.axes import number
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.palette import GRID, INK, LINES
from simulator.report.plots.panels import LEFT_IN, RIGHT_IN, short
from simulator.report.plots.thinning import Floats
from simulator.study.load_sweep import LATENESS, LoadSweep

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
        "Past the knee: a worse verdict than at the lowest load, or three times as late."
    )
    return head(on, "load_curve", _title(sweep), subtitle, legend)


def _title(sweep: LoadSweep) -> str:
    if sweep.knee is None:
        return f"Holds at every load up to {sweep.points[-1].factor:g} times the traffic"
    return f"Holds up to {sweep.knee.holds:.3g} times the traffic, and breaks at {sweep.knee.breaks:.3g} times"


def _draw(axes: Axes, sweep: LoadSweep) -> list[tuple[Artist, str]]:
    loads = np.array([point.factor for point in sweep.points])
    legend: list[tuple[Artist, str]] = []
    axes.set_xscale("log")
    axes.set_yscale("log")
    lines = iter(LINES)
    for mapping in sweep.mappings[:MOST_MAPPINGS]:
        for measure in LATENESS:
            line = next(lines)
            found = [point.seen(mapping, measure) for point in sweep.points]
            means = np.array([max(SMALLEST_S, each.mean) for each in found])
            means[~np.isfinite(means)] = np.nan  # more records were lost than a percentile leaves out
            errors = np.minimum(np.nan_to_num([each.half_width for each in found]), 0.95 * means)
            axes.errorbar(
                loads, means, errors, color=line.colour, linestyle=line.dashes, marker=line.marker, markersize=4.5,
                linewidth=1.7, elinewidth=1, capsize=2,
            )  # fmt: skip
            of = f" of {short(mapping, 20)}" if len(sweep.mappings) > 1 else ""
            sample = Line2D([], [], color=line.colour, linestyle=line.dashes, marker=line.marker, markersize=4.5)
            legend.append((sample, f"{measure.removesuffix('_s').replace('_', ' ')}{of}"))
    if sweep.knee is not None:
        legend.append((_shade(axes, sweep.knee.breaks, float(loads[-1])), "past the knee"))
    _mark(axes, loads)
    return legend


def _shade(axes: Axes, knee: float, last: float) -> Artist:
    axes.axvspan(knee, last * 1.05, color=GRID, zorder=0)
    axes.axvline(knee, color=INK, linewidth=1)
    axes.annotate(
        f"knee: {knee:.3g}", (knee, 1), xycoords=("data", "axes fraction"), xytext=(-5, -4),
        textcoords="offset points", ha="right", va="top", fontsize=8.5,
    )  # fmt: skip
    return Patch(color=GRID)


def _mark(axes: Axes, loads: Floats) -> None:
    axes.set_xlim(loads[0] / 1.05, loads[-1] * 1.05)
    steps = np.array([1, 1.5, 2, 3, 4, 5, 7])
    ticks = np.concatenate([steps * 10.0**power for power in range(-3, 4)])
    axes.set_xticks(ticks[(ticks >= loads[0]) & (ticks <= loads[-1])])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.set_xlabel("load: times the scenario's traffic")
    axes.set_ylabel("seconds")
