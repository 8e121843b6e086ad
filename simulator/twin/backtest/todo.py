"""A back-test as it is asked for: what there is to simulate for it, and doing that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from simulator.scenario.spec import Scenario
from simulator.study.effort.estimate import Work, effort, predicted_s
from simulator.study.effort.speed import machine_factor
from simulator.study.evaluate import Progress
from simulator.study.executors import Failure, RunOf
from simulator.study.settings import AS_IT_IS, Setting
from simulator.study.source import Source
from simulator.twin.backtest import fitting
from simulator.twin.backtest.minutes import ERRORS, READS_REFUSED, Minutes
from simulator.twin.backtest.observed import Observed, driven
from simulator.twin.backtest.running import Backtest, Runs, compared, replicated
from simulator.twin.backtest.unknowns import Fitted, Unknown

WITH_READS: Final = 7.0  # times as long, as a run is then measured from its facts


class AllFailedError(Exception):
    """No replication has come to its end; the message says why."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A scenario, what was observed, the first interval that is judged, and the fields that are fitted before it."""

    source: Source
    seen: Observed
    since: int
    replications: int
    fields: Sequence[Unknown]
    seed: int | None = None  # in place of the scenario's

    @property
    def fitted_to(self) -> int:
        """So many of the first intervals are what fields are fitted to: all that are not judged, else all."""
        return self.since or self.seen.metrics.steps

    @property
    def plan(self) -> str:
        """What there is to simulate, in words."""
        fit = f"about {fitting.most_trials(len(self.fields))} trials x {fitting.RUNS} runs of the fit, and then "
        return f"{fit * bool(self.fields)}{self.replications} runs of {self.seen.metrics.steps} intervals"

    def work(self, workers: int) -> Work:
        """What that takes."""
        whole = effort(self._driven(AS_IT_IS, self.seen.metrics.steps))
        efforts = [whole] * self.replications
        if self.fields:
            first = effort(self._driven(AS_IT_IS, self.fitted_to))
            efforts += [first] * (fitting.most_trials(len(self.fields)) * fitting.RUNS)
        factor = machine_factor(self._driven(AS_IT_IS, self.seen.metrics.steps), predicted_s)
        return Work(efforts, workers, factor * (WITH_READS if self.seen.axis.reads else 1.0))

    def done(self, run: RunOf[Minutes], progress: Progress | None) -> tuple[list[Fitted], Backtest, Sequence[Failure]]:
        """What was fitted, the back-test with that, and replications that failed.

        Raises CannotTellError, AllFailedError.
        """
        found = self._fitted(run, progress) if self.fields else []
        setting = Setting(tuple((each.field, each.value) for each in found))
        [runs] = self._runs([setting], self.seen.metrics.steps, self.replications, run, progress)
        if not runs.values:
            raise AllFailedError(f"no replication has come to its end: {runs.failures[0].why}")
        scenario = self.source.scenario(setting)
        scenario = scenario if self.seed is None else replace(scenario, seed=self.seed)
        test = compared(scenario, self.seen, runs, self.since)
        return found, test, runs.failures

    def _fitted(self, run: RunOf[Minutes], progress: Progress | None) -> list[Fitted]:
        """By what was observed; not by errors, as these are given, nor by reads refused where none was."""
        steps = self.fitted_to
        seen = {
            key: column[:steps]
            for key, column in self.seen.values.items()
            if key[0] != ERRORS and (key[0] != READS_REFUSED or self.seen.axis.reads)
        }

        def simulate(values: Sequence[fitting.Setting]) -> list[Runs]:
            names = [each.field for each in self.fields]
            settings = [Setting(tuple(zip(names, each, strict=True))) for each in values]
            return self._runs(settings, steps, fitting.RUNS, run, progress)

        return fitting.fitted(self.fields, seen, simulate)

    def _runs(
        self, settings: Sequence[Setting], steps: int, numbers: int, run: RunOf[Minutes], progress: Progress | None
    ) -> list[Runs]:
        scenarios = [self._driven(each, steps) for each in settings]
        found = replicated(scenarios, numbers, self.seed, run, progress)
        return [Runs({key: rows[:, :steps] for key, rows in each.values.items()}, each.failures) for each in found]

    def _driven(self, setting: Setting, steps: int) -> Scenario:
        return driven(self.source.scenario(setting), self.seen, steps)
