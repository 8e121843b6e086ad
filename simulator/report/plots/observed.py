"""What was observed of a metric beside what a twin says of it, over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.clock import Clock
from simulator.report.numbers import percent, seconds
from simulator.report.plots.axes import TimeUnit, Unit, count_unit, duration_unit, time_unit
from simulator.report.plots.canvas import Plot, head
from simulator.report.plots.chart import Chart, Mark, Series, Span, numbers
from simulator.report.plots.curves import band, curve
from simulator.report.plots.palette import BLUE, INK, PALE_BLUE, SHADE
from simulator.report.plots.panels import chosen, left_out, panels, short, shortened
from simulator.report.plots.thinning import Floats, Grouping
from simulator.report.vocabulary import OBSERVED, metric_words

MS: Final = 1000.0
LOWEST_TOP: Final = 1e-9
OBSERVED_STYLE: Final = (INK, 1.4)
LEGEND: Final[tuple[tuple[Artist, str], ...]] = (
    (Line2D([], [], color=INK, linewidth=1.4), "observed"),
    (Line2D([], [], color=BLUE, linewidth=1.8), "simulated, median"),
    (Patch(facecolor=PALE_BLUE), "simulated, interval of the runs"),
    (Patch(facecolor=SHADE, hatch="//", edgecolor=INK, linewidth=0), "missed"),
)


@dataclass(frozen=True)
class Missed:
    """A stretch that was missed; `chance`: so short, and by so little, that it is nothing."""

    start_s: float
    end_s: float
    chance: bool


@dataclass(frozen=True)
class Curves:
    """A metric of a function or stream: a value for each interval, NaN where there is none.

    inside: the part of the judged intervals that is.
    """

    name: str
    observed: Floats
    low: Floats
    median: Floats
    high: Floats
    inside: float
    misses: Sequence[Missed]


@dataclass(frozen=True)
class Times:
    """The intervals, where the judged ones begin, and the clock."""

    step_s: float
    end_s: float
    judged_from_s: float
    clock: Clock


def plot_name(metric: str) -> str:
    """What the plot of a metric of CloudWatch is called."""
    return f"observed_{metric_words(metric).replace(' ', '_')}"


NAMES: Final = tuple(map(plot_name, OBSERVED))


def observed_plot(metric: str, greatest: bool, given: bool, curves: Sequence[Curves], times: Times) -> Plot:
    """A metric over time, a panel for each function or stream. `greatest`: its statistic is a maximum."""
    tops = {each.name: _top(each) for each in curves}
    if not any(tops.values()):
        what = metric_words(metric)
        return Plot(plot_name(metric), f"No {what}", f"No {what} were observed, and none were simulated.", None)
    shown = [each for each in curves if each.name in chosen(tops)]
    unit_of_time = time_unit(times.end_s, times.clock)
    on, axes = panels([each.name for each in shown], unit_of_time, times.end_s)
    grouping = Grouping(len(curves[0].observed), times.step_s, times.end_s)
    for each, panel in zip(shown, axes, strict=False):
        _panel(panel, metric, each, _Drawn.of(each, grouping, greatest), tops[each.name], unit_of_time, times)
    subtitle = _reading(metric, greatest, given, grouping) + left_out(
        [each.name for each in shown], len(curves), "most"
    )
    charts = tuple(_charts(metric, shown, grouping, greatest, times))
    return head(on, plot_name(metric), _title(metric, given, curves), subtitle, list(LEGEND), charts=charts)


def _top(each: Curves) -> float:
    values = np.concatenate((each.observed, each.high))
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else 0.0


def _title(metric: str, given: bool, curves: Sequence[Curves]) -> str:
    what = metric_words(metric)
    if given:
        return f"{what.capitalize()} are given: no evidence"
    if len(curves) == 1:
        return f"{what.capitalize()}: {percent(curves[0].inside)} of the judged intervals are inside"
    parts = [f"{percent(each.inside)} ({short(each.name, 20)})" for each in curves[:3]]
    return f"{what.capitalize()}: of the judged intervals are inside {', '.join(parts)}"


def _reading(metric: str, greatest: bool, given: bool, grouping: Grouping) -> str:
    what = "the greatest of each interval" if greatest else "the sum of each interval"
    what = "the mean of each interval" if metric == "Duration" else what
    point = f" A point is {seconds(grouping.seconds)}: {'the highest' if greatest else 'the mean'} of its intervals."
    taken = " The scenario's errors were taken from these." if given else ""
    return (
        f"CloudWatch's {metric}, {what}; from the dotted line on it is judged."
        f"{point if grouping.stride > 1 else ''}{taken}"
    )


@dataclass(frozen=True)
class _Drawn:
    """Curves, thinned to what can be seen."""

    times_s: Floats
    observed: Floats
    low: Floats
    median: Floats
    high: Floats

    @classmethod
    def of(cls, each: Curves, grouping: Grouping, greatest: bool) -> _Drawn:
        thin = grouping.highest if greatest else grouping.mean
        return cls(grouping.middles_s, *(thin(part) for part in (each.observed, each.low, each.median, each.high)))


def _unit(metric: str, top: float) -> tuple[Unit, float]:
    """The unit of an axis up to a value, and by what values are divided before."""
    if OBSERVED[metric][1] == "ms":
        return duration_unit(top / MS), MS
    return count_unit(top, ""), 1.0


def _panel(
    axes: Axes, metric: str, each: Curves, drawn: _Drawn, top: float, unit_of_time: TimeUnit, times: Times
) -> None:
    unit, divisor = _unit(metric, top)
    size, x = unit.size * divisor, unit_of_time.of(drawn.times_s)
    for missed in each.misses:
        from_to = (missed.start_s / unit_of_time.size, missed.end_s / unit_of_time.size)
        axes.axvspan(*from_to, facecolor=SHADE, edgecolor=INK, hatch="//", linewidth=0, zorder=0.5)
    band(axes, x, drawn.low / size, drawn.high / size, PALE_BLUE)
    curve(axes, x, drawn.median / size, BLUE, 1.8)
    curve(axes, x, drawn.observed / size, *OBSERVED_STYLE)
    if times.judged_from_s:
        axes.axvline(times.judged_from_s / unit_of_time.size, color=INK, linewidth=1, linestyle=":")
    unit.label(axes, metric_words(metric), max(top / divisor, LOWEST_TOP), decimals=divisor != 1.0 or top < 5)


def _charts(metric: str, shown: Sequence[Curves], grouping: Grouping, greatest: bool, times: Times) -> Iterator[Chart]:
    for each, name in zip(shown, shortened([each.name for each in shown]).values(), strict=True):
        drawn = _Drawn.of(each, grouping, greatest)
        divisor = MS if OBSERVED[metric][1] == "ms" else 1.0
        series = (
            Series("observed", INK, numbers(drawn.observed / divisor), width=1.4),
            Series("simulated, median", BLUE, numbers(drawn.median / divisor), width=1.8),
            Series("lower end", BLUE, numbers(drawn.low / divisor), (3.0, 2.0), width=0.8),
            Series("upper end", BLUE, numbers(drawn.high / divisor), (3.0, 2.0), width=0.8),
        )
        spans = tuple(Span("missed" * (not of.chance), of.start_s, of.end_s) for of in each.misses)
        marks = (Mark("judged from here", times.judged_from_s),) if times.judged_from_s else ()
        yield Chart(
            name if len(shown) > 1 else "", metric_words(metric), "s" if divisor == MS else "count", times.end_s,
            numbers(drawn.times_s, 6), series, spans=spans, moments=marks,
            starts=times.clock.start.isoformat() if times.clock.start else "",
        )  # fmt: skip
