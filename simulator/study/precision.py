"""Replications until the intervals are narrow enough: `-n auto`."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulator.study.evaluate import Evaluate
from simulator.study.figures import Figures, seen
from simulator.study.settings import Setting

FIRST: Final = 5
FINE_S: Final = 0.001  # of times, no interval needs to be narrower

Runs = dict[Setting, list[Figures]]


@dataclass(frozen=True)
class Precision:
    """When to stop: each measure's half-width is at most this part of its mean, or a budget is spent."""

    relative: float = 0.05
    measures: tuple[str, ...] = ("latency_p99_s", "iterator_age_max_s")
    most_replications: int = 100
    budget_s: float = math.inf  # of wall time; the round that is running is finished


@dataclass(frozen=True)
class Widest:
    """The measure that is known least, and its half-width as a part of its mean."""

    relative: float
    setting: Setting
    mapping: str
    measure: str

    def __str__(self) -> str:
        of = f" of {self.mapping}" if self.mapping else ""
        return f"{self.measure}{of} with {self.setting} is known to ±{self.relative:.1%}"


def until_precise(evaluate: Evaluate, settings: Sequence[Setting], wanted: Precision) -> tuple[Runs, str]:
    """Evaluate all settings with equally many replications, more and more; why it stopped, as a sentence."""
    began, n = time.monotonic(), min(FIRST, wanted.most_replications)
    while True:
        runs = evaluate(settings, n)
        widest = widest_interval(runs, wanted.measures)
        if widest is None or widest.relative <= wanted.relative:
            return runs, f"{n} replications: every chosen interval is within ±{wanted.relative:.3g} of its mean"
        if n >= wanted.most_replications:
            return runs, f"stopped at {n} replications, the most allowed: {widest}"
        if time.monotonic() - began >= wanted.budget_s:
            return runs, f"stopped at {n} replications, the time is spent: {widest}"
        n = min(wanted.most_replications, more(n, widest.relative / wanted.relative))


def more(n: int, too_wide: float) -> int:
    """Replications that should do when the interval of n is so many times too wide; it shrinks with their root."""
    return min(2 * n, max(n + 1, math.ceil(n * too_wide**2)))


def widest_interval(runs: Mapping[Setting, Sequence[Figures]], measures: Sequence[str]) -> Widest | None:
    """The widest relative half-width; what replications cannot narrow (infinite, or nothing measured) is left out."""
    found = [
        Widest(interval_.half_width / abs(interval_.mean), setting, mapping, measure)
        for setting, some in runs.items()
        for mapping in (some[0].values if some else ())
        for measure in measures
        if measure in some[0].values[mapping]
        and FINE_S < (interval_ := seen(some, mapping, measure)).half_width < math.inf
        and interval_.mean
    ]
    return max(found, key=lambda each: each.relative, default=None)
