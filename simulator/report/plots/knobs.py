"""What each knob does to the latency: bars with intervals, the best first."""

from __future__ import annotations

import math
from typing import Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from simulator.report.advice_words import MEASURES, money
from simulator.report.objective_words import amount
from simulator.report.plots.canvas import FOOT_IN, WIDTH_IN, Plot, figure, head
from simulator.report.plots.palette import BLUE, GREY, INK, PALE_INK, VERMILLION, YELLOW
from simulator.report.plots.panels import RIGHT_IN, no_data, short
from simulator.study.advice import Advice, Advised
from simulator.study.objectives import COST

LEFT_IN: Final = 3.1  # for the names of the changes
MONEY_IN: Final = 1.3
BAR_IN: Final = 0.27
MOST: Final = 2.0  # times today's value: bars end there
COLOURS: Final = {"better": BLUE, "worse": VERMILLION, "no gain": GREY, "cannot tell": YELLOW}


def knobs(advice: Advice) -> Plot:
    """A bar for each change: the difference of the latency p99 as a part of today's."""
    rows = max(1, len(advice.advised))
    height = 0.1 + BAR_IN * rows + FOOT_IN
    on = figure(height)
    wide = WIDTH_IN - LEFT_IN - MONEY_IN - RIGHT_IN
    axes = on.add_axes((LEFT_IN / WIDTH_IN, FOOT_IN / height, wide / WIDTH_IN, BAR_IN * rows / height))
    if advice.advised:
        _draw(axes, advice)
    else:
        no_data(axes, "no knob applies")
    words = {each.gain.word for each in advice.advised}
    legend: list[tuple[Artist, str]] = [(Patch(color=COLOURS[w]), w) for w in COLOURS if w in words]
    name = MEASURES[advice.ranked_by]
    subtitle = (
        f"Difference of the {name} of {short(advice.mapping.name)} with one change at a time, on the same traffic. "
        "Lines: 95% intervals. On the right: the cost of a month, against today's."
    )
    return head(on, "knobs", _title(advice), subtitle, legend, left_in=0.3)


def _title(advice: Advice) -> str:
    what = MEASURES[advice.ranked_by]
    if advice.best is None:
        return f"No knob lowers the {what}"
    before, after = (amount(advice.ranked_by, value.mean) for value in (advice.best.gain.today, advice.best.gain.then))
    return f"The most gain: {short(str(advice.best.change), 50)} takes the {what} from {before} to {after}"


def _draw(axes: Axes, advice: Advice) -> None:
    low = min(-0.1, *(_shown(each.gain.low) for each in advice.advised))
    high = max(0.1, *(_shown(each.gain.high) for each in advice.advised))
    axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axes.set_ylim(len(advice.advised) - 0.5, -0.5)
    for row, each in enumerate(advice.advised):
        _bar(axes, row, each)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(advice.advised)), [short(str(each.change), 44) for each in advice.advised])
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.0%}" if value else "today"))
    axes.set_xlabel(f"difference of the {MEASURES[advice.ranked_by]}")


def _bar(axes: Axes, row: int, each: Advised) -> None:
    gain = each.gain
    axes.barh(row, _shown(gain.relative), height=0.62, color=COLOURS[gain.word], edgecolor="none")
    axes.plot([_shown(gain.low), _shown(gain.high)], [row, row], color=PALE_INK, linewidth=1.2)
    if gain.relative > MOST:
        axes.annotate(
            f"{gain.relative:+.0%}" if math.isfinite(gain.relative) else "no end of it", (MOST, row), xytext=(-4, 0),
            textcoords="offset points", ha="right", va="center", fontsize=8,
            bbox={"facecolor": COLOURS[gain.word], "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    axes.annotate(
        money(each.effects[COST]), (1, row), xycoords=("axes fraction", "data"), xytext=(8, 0),
        textcoords="offset points", va="center", fontsize=8, color=PALE_INK,
    )  # fmt: skip


def _shown(value: float) -> float:
    """A value within what is drawn."""
    return max(-1.0, min(MOST, value))
