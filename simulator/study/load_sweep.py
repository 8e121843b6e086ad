"""Where it breaks: lateness against load, and the knee."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator.measures.verdict import STATES
from simulator.scenario.overrides import Overrides
from simulator.scenario.scaling import scaled_traffic
from simulator.scenario.spec import Scenario
from simulator.study.bisection import edge
from simulator.study.evaluate import Evaluate, evaluator
from simulator.study.executors import ExecutorError
from simulator.study.figures import Figures, values_of
from simulator.study.settings import AS_IT_IS, Setting, require_mapping
from simulator.study.statistics import Interval, measure_interval

LATENESS: Final = ("iterator_age_p99_s", "latency_p99_s")
TIMES_LATER: Final = 3.0  # than at the lowest load: past the knee
PRECISION: Final = 0.02


@dataclass(frozen=True)
class Loaded:
    """The scenario with so many times its traffic."""

    factor: float
    runs: tuple[Figures, ...]

    def seen(self, mapping: str, measure: str) -> Interval:
        """A measure of a mapping over the replications."""
        return measure_interval(measure, values_of(self.runs, mapping, measure))

    def usual_verdict(self, mapping: str) -> str:
        """The verdict of the middle replication, by badness."""
        found = sorted((run.verdicts[mapping] for run in self.runs), key=STATES.index)
        return found[len(found) // 2]

    def usual_binding(self, mapping: str) -> str:
        """The limit that binds in most replications."""
        return most_common([run.binding[mapping] for run in self.runs])


@dataclass(frozen=True)
class Knee:
    """Between the last load that holds and the first that does not; which mapping breaks first, and how."""

    holds: float
    breaks: float
    mapping: str
    why: str


@dataclass(frozen=True)
class LoadSweep:
    """Runs by load, in ascending order; `knee` is None when every load holds."""

    name: str  # the scenario's
    mappings: tuple[str, ...]
    points: tuple[Loaded, ...]
    knee: Knee | None


def most_common(words: Sequence[str]) -> str:
    """The word that is there most often; of several the first in the alphabet."""
    return max(sorted(set(words)), key=words.count)


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
) -> LoadSweep:
    """Find the load at which a scenario breaks: every producer's rate times a factor, and nothing else changed.

    factor: from one multiple of the traffic to another. The other arguments are those of `compare`, and so is what it
    raises.
    """
    with evaluator(scenario, overrides, seed, jobs, executor, folder) as evaluate:
        return swept(evaluate.scenario(AS_IT_IS), evaluate, factors(*factor, points), replications)


def swept(scenario: Scenario, evaluate: Evaluate, loads: Sequence[float], replications: int) -> LoadSweep:
    """Simulate each load, in ascending order, and narrow down the knee.

    Past the knee is a load at which a mapping has a worse verdict than at the lowest load, in most replications, or is
    three times as late as there: the 99th percentile of its iterator age or of its latency, in the mean.
    Raises ExecutorError when no run of the lowest load has finished, SettingsError for a scenario without a mapping.
    """
    require_mapping(scenario)
    sweep = _Sweep(scenario, evaluate, replications)
    sweep.load(loads)
    lowest = sweep.known.get(loads[0])
    if lowest is None:
        raise ExecutorError(f"no run at {loads[0]:g} times the traffic has finished")
    first = next((i for i, each in enumerate(loads) if broken(lowest, sweep.known.get(each))), None)
    knee = None if first is None else sweep.knee(lowest, loads[first - 1], loads[first])
    mappings = tuple(lowest.runs[0].values)
    return LoadSweep(scenario.name, mappings, tuple(sweep.known[each] for each in sorted(sweep.known)), knee)


def broken(low: Loaded, high: Loaded | None) -> tuple[str, str] | None:
    """The mapping that breaks at the higher load, and how; None when all hold. A load without a finished run breaks."""
    if high is None:
        return "", "no run has finished"
    for mapping in low.runs[0].values:
        before, after = low.usual_verdict(mapping), high.usual_verdict(mapping)
        if STATES.index(after) > STATES.index(before):
            return mapping, f"is {after}, and is {before} at {low.factor:g} times the traffic"
        for measure in LATENESS:
            times = high.seen(mapping, measure).mean / max(low.seen(mapping, measure).mean, 1e-9)
            if times > TIMES_LATER:
                name = measure.removesuffix("_s").replace("_", " ")
                return mapping, f"has {times:.2g} times the {name} of {low.factor:g} times the traffic"
    return None


class _Sweep:
    def __init__(self, scenario: Scenario, evaluate: Evaluate, replications: int) -> None:
        self.scenario, self.evaluate, self.replications = scenario, evaluate, replications
        self.known: dict[float, Loaded] = {}

    def load(self, loads: Sequence[float]) -> None:
        settings = {loaded(self.scenario, factor): factor for factor in loads}
        for setting, runs in self.evaluate(list(settings), self.replications).items():
            if runs:
                self.known[settings[setting]] = Loaded(settings[setting], tuple(runs))

    def knee(self, low: Loaded, holds: float, breaks: float) -> Knee:
        def still_holds(factor: float) -> bool:
            self.load([factor])
            return broken(low, self.known.get(factor)) is None

        last, first = edge(still_holds, holds, breaks, PRECISION)
        how = broken(low, self.known.get(first))
        assert how is not None
        return Knee(last, first, *how)
