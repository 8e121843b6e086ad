"""All replications of the twin beside what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

import numpy as np

from simulator.scenario.spec import Scenario
from simulator.study.effort.estimate import effort
from simulator.study.evaluate import Progress
from simulator.study.executors import Failure, RunOf
from simulator.study.jobs import Job, scenario_digest
from simulator.study.settings import AS_IT_IS
from simulator.traffic.log import Floats
from simulator.twin.backtest.causes import Both, cause
from simulator.twin.backtest.judging import Band, Judged, Miss, Word, judged, misses, verdict
from simulator.twin.backtest.minutes import ERRORS, Key, Minutes
from simulator.twin.backtest.observed import Observed


@dataclass(frozen=True, slots=True)
class Backtest:
    """A back-test: what was observed, what the replications say, and the figures of the part that is judged.

    scenario: as it was asked about; saw: whether it was made from the intervals that are judged, None if it does not
    tell; misses: longest first, each with its cause.
    """

    scenario: Scenario
    observed: Observed
    bands: Mapping[Key, Band]
    figures: Sequence[Judged]
    misses: Sequence[tuple[Miss, str]]
    replications: int
    since: int  # the first interval that is judged
    saw: bool | None

    @property
    def word(self) -> Word:
        """The verdict."""
        return verdict(self.figures)


@dataclass(frozen=True, slots=True)
class Runs:
    """Replications of a scenario: of each metric an array with a row for each, and those that failed."""

    values: Mapping[Key, Floats]
    failures: Sequence[Failure]


def replicated(
    scenarios: Sequence[Scenario], numbers: int, seed: int | None, run: RunOf[Minutes], progress: Progress | None
) -> list[Runs]:
    """The replications 0 to `numbers` - 1 of scenarios, all with the same seeds."""
    jobs: dict[Job, int] = {}
    for i, each in enumerate(scenarios):
        digest, of = scenario_digest(each), each.seed if seed is None else seed
        jobs |= {Job.of(each, digest, of, number): i for number in range(numbers)}
    predicted_s = [effort(each).seconds for each in scenarios]
    if progress:
        progress.expect(len(jobs), sum(predicted_s[i] for i in jobs.values()))
    found: list[dict[int, Minutes]] = [{} for _ in scenarios]
    failures: list[list[Failure]] = [[] for _ in scenarios]
    for job, outcome in run(jobs):
        i = jobs[job]
        if isinstance(outcome, Failure):
            failures[i].append(outcome)
        else:
            found[i][job.replication] = outcome
        if progress:
            progress.done(AS_IT_IS, outcome, predicted_s[i])
    return [_together(*each) for each in zip(found, failures, strict=True)]


def _together(found: Mapping[int, Minutes], failures: Sequence[Failure]) -> Runs:
    """In the order of their numbers, whatever the order in which they ended."""
    ordered = [found[number] for number in sorted(found)]
    keys = ordered[0] if ordered else {}
    return Runs({key: np.array([each[key] for each in ordered]) for key in keys}, failures)


def compared(scenario: Scenario, seen: Observed, runs: Runs, since: int) -> Backtest:
    """What was observed beside the replications of a scenario, judged from an interval on."""
    saw = _saw(scenario, seen, since)
    values = {key: column for key, column in seen.values.items() if key in runs.values}
    bands = {key: Band.of(runs.values[key]) for key in values}
    figures = [
        found
        for key, column in values.items()
        if (found := judged(key, key[0] == ERRORS and saw is not False, column, bands[key], since)) is not None
    ]
    both = Both(values, runs.values, _streams(scenario), seen.metrics.step_s)
    evidence = [(each.measure, each.name) for each in figures if not each.given]
    missed = [miss for key in evidence for miss in misses(key, values[key], bands[key], since)]
    missed.sort(key=lambda miss: (-miss.intervals, -miss.how_much))
    n = len(next(iter(runs.values.values()), ()))
    return Backtest(scenario, seen, bands, figures, [(each, cause(both, each)) for each in missed], n, since, saw)


def _saw(scenario: Scenario, seen: Observed, since: int) -> bool | None:
    """Whether a scenario was made from intervals that are judged: import writes from which it is as its own time."""
    if scenario.start_time is None:
        return None
    start = scenario.start_time.replace(tzinfo=scenario.start_time.tzinfo or UTC)
    metrics = seen.metrics
    judged_from, end = (metrics.start + timedelta(seconds=at * metrics.step_s) for at in (since, metrics.steps))
    return start < end and start + timedelta(seconds=scenario.duration) > judged_from


def _streams(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The streams that each function reads."""
    return {
        name: tuple(dict.fromkeys(each.stream for each in scenario.event_source_mappings if each.function == name))
        for name in scenario.functions
    }
