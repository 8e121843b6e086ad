"""Judging settings with as few replications as it takes: a clear case needs five, a close one all that are allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simulator.scenario.objectives import Objectives
from simulator.study.evaluate import Evaluate
from simulator.study.figures import Figures, values_of
from simulator.study.objectives import COST, ORDER, Assessment, State, assess, worst
from simulator.study.settings import Setting
from simulator.study.statistics import CONFIDENCE, Interval

FINISHES: Final = "finishes"
FAILED: Final = Assessment(FINISHES, "", math.nan, Interval(math.nan, math.nan, 0), 0, 0, "missed")
FIRST_ROUND: Final = 5  # replications: fewer give intervals that are wide, and normal in name only


@dataclass(frozen=True)
class Trial:
    """A setting that was simulated, and whether it meets the objectives."""

    setting: Setting
    runs: tuple[Figures, ...]
    assessments: tuple[Assessment, ...]

    @property
    def state(self) -> State:
        """The worst of its objectives' states."""
        return worst(each.state for each in self.assessments)

    @property
    def usd_per_month(self) -> float:
        """The mean bill of a month; infinite when no run has finished."""
        values = values_of(self.runs, "", COST)
        return sum(values) / len(values) if values else math.inf

    @property
    def worst(self) -> Assessment | None:
        """The objective that is furthest from being met, or nearest to not being met; None without objectives."""
        return max(self.assessments, key=lambda each: (ORDER.index(each.state), each.excess), default=None)


def race(evaluate: Evaluate, settings: Sequence[Setting], objectives: Objectives, most: int) -> list[Trial]:
    """Judge settings, with twice as many replications for those that are undecided, until `most` are spent.

    A setting keeps the replications that it has: they are the first of what the next round asks for. A setting at a
    bound is called met or missed in one study of twenty, however often it is looked at (Bonferroni's inequality).
    """
    sure = confidence(most)
    runs: dict[Setting, list[Figures]] = {}
    open_ = list(settings)
    for n in rounds(most):
        if not open_:
            break
        runs |= evaluate(open_, n)
        open_ = [each for each in open_ if trial(each, runs[each], objectives, sure).state == "undecided"]
    return [trial(each, runs[each], objectives, sure) for each in settings]


def rounds(most: int) -> list[int]:
    """The replications after each round of a race."""
    found = [min(FIRST_ROUND, most)]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return found


def confidence(most: int) -> float:
    """Of a single look at a setting, so that all looks of a race together are right as often as CONFIDENCE says."""
    return 1 - (1 - CONFIDENCE) / len(rounds(most))


def trial(setting: Setting, runs: Sequence[Figures], objectives: Objectives, sure: float = CONFIDENCE) -> Trial:
    """Judge a setting by its runs: by the objectives, and by whether it keeps up with its traffic."""
    return Trial(setting, tuple(runs), tuple(assess(objectives, runs, sure)) if runs else (FAILED,))
