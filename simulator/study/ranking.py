"""Which of several settings is best: what the terminal shows while a study runs, and its headline at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.scenario.objectives import Objectives
from simulator.study.figures import Figures, seen
from simulator.study.objectives import COST, ORDER, assess, worst
from simulator.study.settings import Setting


def best(runs: Mapping[Setting, Sequence[Figures]], objectives: Objectives) -> Setting | None:
    """The setting that keeps up and meets the objectives, or comes nearest to it; of equals the cheapest."""
    return next(iter(ranked(runs, objectives)), None)


def ranked(runs: Mapping[Setting, Sequence[Figures]], objectives: Objectives) -> list[Setting]:
    """The settings that have been simulated, the best first."""
    known = [setting for setting, some in runs.items() if some]
    return sorted(known, key=lambda setting: _rank(runs[setting], objectives))


def one_step_cheaper(runs: Mapping[Setting, Sequence[Figures]], chosen: Setting) -> Setting | None:
    """The dearest of the settings that are cheaper than the one chosen."""
    costs = {setting: usd_per_month(some) for setting, some in runs.items() if some}
    cheaper = [setting for setting, cost in costs.items() if cost < costs[chosen]]
    return max(cheaper, key=lambda setting: costs[setting], default=None)


def usd_per_month(runs: Sequence[Figures]) -> float:
    """The mean bill of a month."""
    return seen(runs, "", COST).mean


def _rank(runs: Sequence[Figures], objectives: Objectives) -> tuple[int, float, float, float]:
    judged = assess(objectives, runs)
    state = worst(each.state for each in judged)
    excess = max((each.excess for each in judged if each.state != "met"), default=0.0)
    age_s = max((seen(runs, m, "iterator_age_p99_s").mean for m in runs[0].values), default=0.0)
    return ORDER.index(state), excess, usd_per_month(runs), age_s
