"""Evaluating settings: the figures of their replications, simulated or taken from what is stored.

`compare`, `size`, `advise` and `sweep-load` all ask through `Evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from simulator.scenario.faults import Fault
from simulator.scenario.overrides import Overrides
from simulator.scenario.spec import Scenario
from simulator.study.effort.estimate import Effort, effort
from simulator.study.executors import Failure, Outcome, Run, inline, runner
from simulator.study.figures import Figures
from simulator.study.jobs import Job, scenario_digest
from simulator.study.sample import SampleError, sampled
from simulator.study.settings import Setting
from simulator.study.settling import settled
from simulator.study.source import Source
from simulator.study.store import Store

Evaluate = Callable[[Sequence[Setting], int], dict[Setting, list[Figures]]]
"""Takes settings and a number n of replications; gives for each setting its replications 0 to n - 1, less those that
failed. Replication r sees the same traffic in every setting. Asking again, also for more, repeats no work."""


class Progress(Protocol):
    """Is told how an evaluation goes. Predicted seconds are right in proportion only."""

    def expect(self, runs: int, predicted_s: float) -> None:
        """So many runs are to be simulated, beyond those that were expected before."""

    def done(self, setting: Setting, outcome: object, predicted_s: float) -> None:
        """A run is over, of one setting or of each of several that come to the same; outcome: what came of it."""


@dataclass(frozen=True)
class _Resolved:
    scenario: Scenario
    simulated: Scenario  # the scenario, or a sample of it
    times: float
    digest: str  # of what is simulated
    effort: Effort


@dataclass
class Evaluator:
    """The Evaluate of one scenario. What it has evaluated it keeps; `failures` are of all calls."""

    source: Source
    run: Run = inline
    seed: int | None = None  # instead of the scenario's
    store: Store | None = None
    progress: Progress | None = None
    sample: int | None = None  # so many shards are simulated in place of all (see study.sample)
    failures: dict[tuple[Setting, int], Failure] = field(default_factory=dict)
    warmup: str | None = None  # once known: how it was found for `warmup: auto`, as a sentence, else an empty text
    _known: dict[tuple[Setting, int], Figures] = field(default_factory=dict)
    _resolved: dict[Setting, _Resolved] = field(default_factory=dict)

    def __call__(self, settings: Sequence[Setting], replications: int) -> dict[Setting, list[Figures]]:
        """Evaluate settings. Raises ScenarioError with all faults of all settings, ExecutorError and StoreError."""
        jobs = self.missing(settings, replications)
        if self.progress:
            self.progress.expect(len(jobs), sum(self.effort(whose[0][0]).seconds for whose in jobs.values()))
        for job, outcome in self.run(jobs):
            self._finish(job, jobs[job], outcome)
        numbers = range(replications)
        return {s: [self._known[s, r] for r in numbers if (s, r) in self._known] for s in settings}

    def missing(self, settings: Sequence[Setting], replications: int) -> dict[Job, list[tuple[Setting, int]]]:
        """The runs that are still to be simulated, longest first, and of which settings and replications they are."""
        self.resolve(settings)
        jobs: dict[Job, list[tuple[Setting, int]]] = {}
        for each in self._unknown(settings, replications):
            job = self._job(*each)
            stored = None if job in jobs or self.store is None else self.store.get(job)
            if stored:
                self._known[each] = stored
            else:
                jobs.setdefault(job, []).append(each)
        return dict(sorted(jobs.items(), key=lambda item: -self.effort(item[1][0][0]).seconds))

    def _unknown(self, settings: Sequence[Setting], replications: int) -> Iterator[tuple[Setting, int]]:
        for replication in range(replications):
            for setting in settings:
                if (setting, replication) not in self._known and (setting, replication) not in self.failures:
                    yield setting, replication

    def resolve(self, settings: Iterable[Setting]) -> list[Fault]:
        """Make the scenarios of settings; the warnings that all new ones share. Raises ScenarioError, SampleError."""
        if self.warmup is None:
            self.source, self.warmup = settled(self.source, self.seed)
        new = [setting for setting in settings if setting not in self._resolved]
        scenarios, warnings = self.source.resolve(new)
        for setting, scenario in scenarios.items():
            self._resolved[setting] = self._of(setting, scenario)
        return warnings

    def _of(self, setting: Setting, scenario: Scenario) -> _Resolved:
        try:
            simulated, times = (scenario, 1.0) if self.sample is None else sampled(scenario, self.sample)
        except SampleError as error:
            raise SampleError(f"{error}, or do not try {setting}" if setting.overrides else str(error)) from None
        return _Resolved(scenario, simulated, times, scenario_digest(simulated), effort(simulated))

    def scenario(self, setting: Setting) -> Scenario:
        """The scenario with a setting's values in it. Raises ScenarioError."""
        self.resolve([setting])
        return self._resolved[setting].scenario

    def effort(self, setting: Setting) -> Effort:
        """What one run of a setting takes. Raises ScenarioError."""
        self.resolve([setting])
        return self._resolved[setting].effort

    def _job(self, setting: Setting, replication: int) -> Job:
        of = self._resolved[setting]
        seed = of.scenario.seed if self.seed is None else self.seed
        return Job.of(of.simulated, of.digest, seed, replication, of.times)

    def _finish(self, job: Job, whose: list[tuple[Setting, int]], outcome: Outcome) -> None:
        for each in whose:
            if isinstance(outcome, Failure):
                self.failures[each] = outcome
            else:
                self._known[each] = outcome
        if self.store and not isinstance(outcome, Failure):
            self.store.put(job, outcome)
        if self.progress:
            self.progress.done(whose[0][0], outcome, self.effort(whose[0][0]).seconds)


@contextmanager
def evaluator(
    scenario: str | Path | Scenario,
    overrides: Overrides = (),
    seed: int | None = None,
    jobs: int = 1,
    executor: str | None = None,
    folder: str | Path | None = None,
    factor: float = 1.0,
    sample: int | None = None,
) -> Iterator[Evaluator]:
    """The Evaluator of a scenario with so many times its traffic, with its processes while the block lasts.

    sample: so many shards are simulated in place of all. The other arguments are those of `compare`.

    Raises ScenarioError and ExecutorError.
    """
    source = Source.of(scenario, overrides).times(factor)
    with runner(executor, jobs) as run:
        yield Evaluator(source, run, seed, Store(Path(folder)) if folder else None, sample=sample)
