"""Where it breaks: lateness against load, saturation and knee."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator.scenario.overrides import Overrides
from simulator.scenario.scaling import scaled_traffic
from simulator.scenario.spec import Scenario
from simulator.study.estimate import estimates
from simulator.study.evaluate import Evaluate, evaluator
from simulator.study.executors import ExecutorError
from simulator.study.saturation import MOST, Break, Loaded, knee, saturation
from simulator.study.settings import AS_IT_IS, Setting, require_mapping
from simulator.study.space import needed

NARROWING: Final = 12  # loads that find saturation and knee, about


@dataclass(frozen=True)
class LoadSweep:
    """Runs by load, in ascending order: those asked for, and those that found saturation and knee."""

    name: str  # the scenario's
    mappings: tuple[str, ...]
    points: tuple[Loaded, ...]
    saturation: Break | None  # None: it keeps up at every load tried, up to saturation.MOST
    knee: Break | None  # None: nothing breaks before saturation
    sample: int | None = None  # so many shards were simulated in place of all


def factors(low: float, high: float, points: int) -> list[float]:
    """Loads at equal ratios from low to high, both included, rounded to three digits; 1 is among them if it can be."""
    if points < 2 or high == low:
        return [low]
    ratio = (high / low) ** (1 / (points - 1))
    between = [float(f"{low * ratio**i:.3g}") for i in range(1, points - 1)]
    if low < 1 < high and between:
        nearest = min(range(len(between)), key=lambda i: abs(math.log(between[i])))
        between[nearest] = 1.0
    return [low, *between, high]


def loaded(scenario: Scenario, factor: float) -> Setting:
    """The scenario with so many times its traffic."""
    return Setting(scaled_traffic(scenario, factor))


def sweep_load(
    scenario: str | Path | Scenario,
    factor: tuple[float, float] = (0.5, 3.0),
    points: int = 8,
    replications: int = 5,
    seed: int | None = None,
    overrides: Overrides = (),
    jobs: int = 1,
    executor: str | None = None,
    folder: str | Path | None = None,
    sample: int | None = None,
) -> LoadSweep:
    """Find the load at which a scenario breaks: every producer's rate times a factor, and nothing else changed.

    factor: from one multiple of the traffic to another. sample: simulate so many shards in place of all, where that
    tells the same (docs/studies.md; else SampleError). The other arguments are those of `compare`, and so is what it
    raises.
    """
    with evaluator(scenario, overrides, seed, jobs, executor, folder, sample=sample) as evaluate:
        return swept(evaluate.scenario(AS_IT_IS), evaluate, factors(*factor, points), replications, sample)


def swept(
    scenario: Scenario, evaluate: Evaluate, loads: Sequence[float], replications: int, sample: int | None = None
) -> LoadSweep:
    """Simulate each load, and find saturation and knee. sample: the shards that `evaluate` simulates in place of all.

    Raises ExecutorError when no run has finished, SettingsError for a scenario without a mapping.
    """
    require_mapping(scenario)
    sweep = _Sweep(scenario, evaluate, replications)
    sweep.simulate(loads)
    breaks = saturation(sweep.load)
    bend = knee(sweep.load, breaks)
    points = tuple(sweep.known[each] for each in sorted(sweep.known))
    if not points:
        raise ExecutorError("no run has finished, whatever the traffic")
    return LoadSweep(scenario.name, tuple(points[0].runs[0].values), points, breaks, bend, sample)


def likely_loads(scenario: Scenario, loads: Sequence[float]) -> list[float]:
    """About the loads that are simulated: those asked for, and some around what the closed-form estimate holds for."""
    asked = needed(estimates(scenario))
    own = max(stream.shards for stream in scenario.streams.values())
    return [*loads, *[min(MOST, max(1 / MOST, own / asked))] * NARROWING]


class _Sweep:
    """The loads that are known, each simulated once."""

    def __init__(self, scenario: Scenario, evaluate: Evaluate, replications: int) -> None:
        self.scenario, self.evaluate, self.replications = scenario, evaluate, replications
        self.known: dict[float, Loaded] = {}
        self.tried: set[float] = set()

    def load(self, factor: float) -> Loaded | None:
        """The scenario with so many times its traffic; None if no run has finished."""
        if factor not in self.tried:
            self.simulate([factor])
        return self.known.get(factor)

    def simulate(self, loads: Sequence[float]) -> None:
        """Simulate loads together."""
        settings = {loaded(self.scenario, factor): factor for factor in loads}
        self.tried.update(loads)
        for setting, runs in self.evaluate(list(settings), self.replications).items():
            if runs:
                self.known[settings[setting]] = Loaded(settings[setting], tuple(runs))
