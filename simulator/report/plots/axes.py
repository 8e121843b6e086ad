"""Axes with units that suit what they show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.report.clock import Clock
from simulator.report.plots.thinning import Floats

MOST_TICKS: Final = 11
MOST_TICKS_NARROW: Final = 7
CLOCK_FROM_S: Final = 20.0  # of a run that is shorter the ticks are fractions of a second


def number(value: float) -> str:
    """A number of an axis."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def percent(part: float) -> str:
    """A part as a percentage; of small ones a digit more."""
    return f"{part:.0%}" if part >= 0.01 else f"{100 * part:.1g}%"


@dataclass(frozen=True)
class Unit:
    """A unit to divide values by."""

    name: str
    size: float

    def label(self, axes: Axes, of: str, top: float, decimals: bool = True) -> None:
        """Mark the vertical axis from 0 to a bit above `top`, which is not yet divided."""
        highest = top / self.size if top > 0 else 1.0
        axes.set_ylim(0, highest * 1.08)
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=not decimals))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axes.set_ylabel(f"{of} ({self.name})" if self.name else of)


def duration_unit(longest_s: float) -> Unit:
    """The unit for times up to this."""
    for name, size in (("days", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        if longest_s >= 5 * size:
            return Unit(name, size)
    if longest_s >= 0.2 or not longest_s > 0:
        return Unit("s", 1.0)
    return Unit("ms", 1e-3) if longest_s >= 2e-4 else Unit("µs", 1e-6)


def count_unit(greatest: float, of: str) -> Unit:
    """The unit for counts up to this."""
    return Unit(f"million {of}", 1e6) if greatest >= 5e5 else Unit(of, 1.0)


@dataclass(frozen=True)
class TimeUnit:
    """The unit of the time of the run, and the distances of ticks that people like."""

    name: str
    size: float
    steps: tuple[float, ...]
    clock: Clock | None = None  # of a run that says when it starts

    def of(self, times_s: Floats) -> Floats:
        return times_s / self.size

    def mark(self, axes: Axes, end_s: float, narrow: bool = False, labelled: bool = True) -> None:
        """Mark the horizontal axis from 0 to the end of the run."""
        end, most = end_s / self.size, MOST_TICKS_NARROW if narrow else MOST_TICKS
        step = next((s for s in self.steps if end / s < most), self.steps[-1] * np.ceil(end / self.steps[-1] / most))
        axes.set_xlim(0, end)
        first = self.clock.first_tick_s(step * self.size) / self.size if self.clock else 0.0
        ticks = np.arange(first, end * 1.0001, step)
        axes.set_xticks(ticks, [self._told(tick) for tick in ticks] if labelled else [""] * len(ticks))
        if labelled:
            axes.set_xlabel(self.clock.axis if self.clock else f"time ({self.name})")

    def _told(self, tick: float) -> str:
        return self.clock.tick(tick * self.size) if self.clock else number(tick)


THOUSAND: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MICROSECONDS: Final = TimeUnit("µs", 1e-6, (0.001, 0.01, *THOUSAND))
MILLISECONDS: Final = TimeUnit("ms", 1e-3, THOUSAND)
SECONDS: Final = TimeUnit("s", 1, (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30))
MINUTES: Final = TimeUnit("min", 60, (0.5, 1, 2, 5, 10, 15, 20, 30))
HOURS: Final = TimeUnit("h", 3600, (0.5, 1, 2, 3, 4, 6, 8, 12, 24))
DAYS: Final = TimeUnit("days", 86400, (0.5, 1, 2, 7, 14, 28, 91, 182, 364))


def time_unit(end_s: float, clock: Clock | None = None) -> TimeUnit:
    """The unit for a run of this length; `clock` tells its times if they are told by the clock."""
    unit = _unit(end_s)
    return replace(unit, clock=clock) if clock and clock.start and end_s >= CLOCK_FROM_S else unit


def _unit(end_s: float) -> TimeUnit:
    if end_s <= 1:
        return MILLISECONDS if end_s > 1e-3 else MICROSECONDS
    if end_s <= 180:
        return SECONDS
    if end_s <= 3 * 3600:
        return MINUTES
    return HOURS if end_s <= 72 * 3600 else DAYS
