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

Load = Callable[[float], Trial]


@dataclass(frozen=True)
class Headroom:
    """The load up to which a setting holds, as a multiple of the scenario's traffic."""

    holds: float  # the highest load that was found to meet the objectives
    breaks: float  # the lowest that was found not to; infinite when the highest load tried holds
    first_to_break: Assessment | None
    trials: dict[float, Trial] = field(default_factory=dict)  # by load


def headroom(race: Load, confirm: Load, least: float = 1.0) -> Headroom:
    """Find the edge, given what a load does to a setting that meets the objectives at the least load.

    More traffic is taken to be never easier. The edge is known to 5 %, and both sides of it are confirmed; loads above
    10 are not tried.
    """
    trials: dict[float, Trial] = {}

    def holds(factor: float) -> bool:
        if factor not in trials:
            trials[factor] = race(factor)
        return trials[factor].state == "met"

    sides: tuple[float, ...] = ()
    while True:
        low, high = _edge(holds, least)
        if (low, high) == sides:
            break
        sides = (low, high)
        trials |= {side: confirm(side) for side in sides if side != least and side < math.inf}
    first = None if high == math.inf else trials[high].worst
    return Headroom(low, high, first, dict(sorted(trials.items())))


def _edge(holds: Callable[[float], bool], least: float) -> tuple[float, float]:
    low = least
    while low < MOST_LOAD:
        high = min(low * STEP, MOST_LOAD)
        if not holds(high):
            return edge(holds, low, high, PRECISION)
        low = high
    return low, math.inf
