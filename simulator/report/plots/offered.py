"""Limits: a bar for each, what was offered to it over its capacity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from simulator.report.numbers import percent
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.palette import BLUE, INK, ORANGE, VERMILLION
from simulator.report.plots.panels import shortened
from simulator.report.tables import RunTables, endless
from simulator.report.vocabulary import LIMITS, limit_words

LEFT_IN: Final = 2.3  # for the names of the limits
RIGHT_IN: Final = 2.6  # for the figures
BAR_IN: Final = 0.34
SPREAD: Final = 8.0  # times: limits that are used that differently stand on a logarithmic axis
LEAST: Final = 0.001  # of a capacity: a logarithmic axis begins there at the lowest


@dataclass(frozen=True)
class Use:
    """What was offered to a limit by the shard, lane or pool most used; NaN: none, inf: of no capacity."""

    limit: str
    whose: str
    mean: float
    peak: float

    @property
    def words(self) -> str:
        """The figures beside its bar."""
        mean = "more than there is" if math.isinf(self.mean) else percent(self.mean)
        return mean if math.isnan(self.peak) else f"{mean}, {self.busiest}"

    @property
    def busiest(self) -> str:
        """How much is offered when it is the most."""
        return f"{percent(self.peak)} {LIMITS[self.limit].busiest}"

    @property
    def known(self) -> list[float]:
        """Its figures that can be drawn."""
        return [part for part in (self.mean, self.peak) if math.isfinite(part)]


def offered(tables: RunTables) -> Plot:
    """A bar for each limit, of the mapping that uses it the most."""
    uses = sorted(most_used(tables.summary), key=lambda use: -use.mean)
    if not any(part for use in uses for part in use.known):
        return Plot("offered", "Limits: nothing was offered to any", "Nothing arrived.", None)
    height = 0.12 + BAR_IN * len(uses) + FOOT_IN
    on = figure(height)
    wide = WIDTH_IN - LEFT_IN - RIGHT_IN
    axes = on.add_axes((LEFT_IN / WIDTH_IN, FOOT_IN / height, wide / WIDTH_IN, BAR_IN * len(uses) / height))
    _draw(axes, uses)
    logarithmic = " The axis is logarithmic." if _spread(uses) else ""
    subtitle = (
        "What was offered to each limit over what it allows, whether it got through or not, by the shard, lane or pool "
        "most used. Above 100% in the mean something has to wait, or is lost; in a single second up to 200% may pass."
        f"{logarithmic}"
    )
    return head(on, "offered", _title(uses), subtitle, _legend(uses), left_in=0.3)


def most_used(summary: dict[str, Any]) -> list[Use]:
    """Each limit where most is offered to it: of the mappings, or of streams that none reads."""
    things = summary["event_source_mappings"] or summary["streams"]
    names = shortened(list(things))
    found = []
    for limit in LIMITS:
        of = {name: each["limits"][limit] for name, each in things.items() if limit in each["limits"]}
        if of:
            name = max(of, key=lambda each: endless(of[each]["offered_mean"]))
            peak = of[name]["offered_peak"]
            mean = endless(of[name]["offered_mean"])
            found.append(
                Use(limit, names[name] if len(of) > 1 else "", mean, math.nan if peak is None else float(peak))
            )
    return found


def _title(uses: Sequence[Use]) -> str:
    most = uses[0]
    if math.isinf(most.mean):
        return f"There is no {limit_words(most.limit)} at all for what was offered"
    above = [use for use in uses if use.mean > 1]
    if not above:
        burst = max(uses, key=lambda use: -1 if math.isnan(use.peak) else use.peak)
        short = f"; {limit_words(burst.limit)} to {burst.busiest}" if burst.peak > 1 else ""
        return f"{_capital(limit_words(most.limit))} is the limit most used, to {percent(most.mean)}{short}"
    others = f", {limit_words(above[1].limit)} for {percent(above[1].mean)}" if len(above) > 1 else ""
    return f"{_capital(limit_words(most.limit))} is asked for {percent(most.mean)} of what there is{others}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _spread(uses: Sequence[Use]) -> bool:
    parts = [part for use in uses for part in use.known if part > 0]
    return max(parts) > 1.5 and max(parts) > SPREAD * min(parts)


def _draw(axes: Axes, uses: Sequence[Use]) -> None:
    parts = [part for use in uses for part in use.known if part > 0]
    low, high = _range(parts, _spread(uses))
    if _spread(uses):
        axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(len(uses) - 0.5, -0.5)
    for row, use in enumerate(uses):
        mean = min(use.mean, high)
        colour, hatch = (ORANGE, "///") if use.mean > 1 else (BLUE, "")
        if mean > low:
            axes.barh(row, mean - low, left=low, height=0.6, color=colour, hatch=hatch, edgecolor=INK, linewidth=0)
        if use.peak > low:
            axes.plot([use.peak], [row], marker="D", markersize=5, color=INK, linestyle="", clip_on=False, zorder=4)
        axes.annotate(
            use.words, (1, row), xycoords=("axes fraction", "data"), xytext=(10, 0), textcoords="offset points",
            va="center", fontsize=8.5, color=INK,
        )  # fmt: skip
    axes.axvline(1, color=VERMILLION, linewidth=1.6, zorder=5)
    _mark(axes, uses, low, high)


def _range(parts: Sequence[float], logarithmic: bool) -> tuple[float, float]:
    if not logarithmic:
        return 0.0, max(1.05, *(1.05 * part for part in parts))
    return max(LEAST, 10 ** math.floor(math.log10(min(parts)))), max(parts) * 1.15


def _mark(axes: Axes, uses: Sequence[Use], low: float, high: float) -> None:
    names = [limit_words(use.limit) + (f" ({use.whose})" if use.whose else "") for use in uses]
    axes.set_yticks(range(len(uses)), names, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_minor_locator(NullLocator())
    if _spread(uses):
        ticks = [step * 10.0**power for power in range(-3, 6) for step in ((1, 3) if high < 100 * low else (1,))]
    else:
        ticks = np.arange(0, high, 0.25 if high < 3 else 1.0).tolist()
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    axes.set_xlabel("offered, as a part of the capacity")


def _legend(uses: Sequence[Use]) -> list[tuple[Artist, str]]:
    found: list[tuple[Artist, str]] = []
    if any(use.mean <= 1 for use in uses):
        found.append((Patch(facecolor=BLUE, linewidth=0), "mean over the traffic"))
    if any(use.mean > 1 for use in uses):
        found.append((Patch(facecolor=ORANGE, hatch="///", edgecolor=INK, linewidth=0), "mean, more than fits"))
    if any(not math.isnan(use.peak) for use in uses):
        marker = Line2D([], [], color=INK, marker="D", markersize=5, linestyle="")
        found.append((marker, "in the busiest second, or at once"))
    return [*found, (Line2D([], [], color=VERMILLION, linewidth=1.6), "100%: all that there is")]
