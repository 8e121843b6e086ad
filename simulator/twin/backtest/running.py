"""All replications of the twin beside what was observed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simulator.scenario.spec import Scenario
from simulator.twin.backtest.judging import Band, judged, misses
from simulator.twin.backtest.minutes import simulated
from simulator.twin.backtest.observed import observed
from simulator.twin.backtest.telling import Backtest
from simulator.twin.measured.series import Metric


def backtest(
    scenario: Scenario,
    paths: Sequence[Path],
    replications: int = 39,
    holdout: float = 0.5,
    seed: int | None = None,
    given: Mapping[str, Metric] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Backtest:
    """Simulate the observed traffic, and compare. `holdout`: the part at the end that is judged; 0: all of it.

    Raises NothingObservedError.
    """
    seen = observed(scenario, paths, given or {})
    steps, step_s = seen.metrics.steps, seen.metrics.step_s
    runs = []
    for number in range(replications):
        runs.append(simulated(seen.scenario, number, seed, step_s, steps))
        progress(number + 1)
    bands = {key: Band.of([run[key] for run in runs]) for key in seen.values if key in runs[0]}
    values = {key: column for key, column in seen.values.items() if key in bands}
    since = round(steps * (1 - holdout)) if holdout else 0
    figures = [found for key in values if (found := judged(*key, values[key], bands[key], since)) is not None]
    missed = [miss for key in values if not key[0].given for miss in misses(*key, values[key], bands[key], since)]
    missed.sort(key=lambda miss: miss.first - miss.to)
    return Backtest(seen, bands, figures, missed, replications, since)
