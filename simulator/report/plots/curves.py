"""Curves and bands."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from simulator.report.plots.thinning import Floats


def curve(axes: Axes, x: Floats, y: Floats, colour: str, width: float, dashes: Any = "-") -> None:
    """A line; values that have no neighbour are dots, or they would not be seen."""
    axes.plot(x, y, color=colour, linewidth=width, linestyle=dashes)
    known = np.concatenate(([False], ~np.isnan(y), [False]))
    alone = known[1:-1] & ~known[:-2] & ~known[2:]
    if alone.any():
        axes.plot(x[alone], y[alone], color=colour, linestyle="", marker=".", markersize=3 + width)


def band(axes: Axes, x: Floats, low: Floats, high: Floats, colour: str) -> None:
    """What lies between two curves."""
    axes.fill_between(x, low, high, facecolor=colour, edgecolor=colour, linewidth=0.4)
