"""How much more traffic a setting takes before it stops meeting the objectives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from simulator.study.bisection import edge
from simulator.study.objectives import Assessment
from simulator.study.racing import Trial

MOST_LOAD: Final = 10.0
STEP: Final = 1.5
PRECISION: Final = 0.05


@dataclass(frozen=True)
class Headroom:
    """The load up to which a setting holds, as a multiple of the scenario's traffic."""

    holds: float  # the highest load that was found to meet the objectives
    breaks: float  # the lowest that was found not to; infinite when the highest load tried holds
    first_to_break: Assessment | None
    trials: dict[float, Trial] = field(default_factory=dict)  # by load


def headroom(load: Callable[[float], Trial]) -> Headroom:
    """Find the edge, given what a load does to a setting that meets the objectives at 1.0.

    More traffic is taken to be never easier. The edge is known to 5 %; loads above 10 are not tried.
    """
    trials: dict[float, Trial] = {}

    def holds(factor: float) -> bool:
        trials[factor] = load(factor)
        return trials[factor].state == "met"

    low, high = 1.0, STEP
    while holds(high):
        if high == MOST_LOAD:
            return Headroom(high, math.inf, None, dict(sorted(trials.items())))
        low, high = high, min(high * STEP, MOST_LOAD)
    low, high = edge(holds, low, high, PRECISION)
    return Headroom(low, high, trials[high].worst, dict(sorted(trials.items())))
