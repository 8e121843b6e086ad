"""Evaluating settings: the figures of their replications, simulated or taken from what is stored.

`compare`, `size`, `advise` and `sweep-load` all ask through `Evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from simulator.scenario.spec import Scenario
from simulator.study.executors import Failure, Run, inline
from simulator.study.figures import Figures
from simulator.study.jobs import Job, scenario_digest
from simulator.study.settings import Setting
from simulator.study.source import Source

Evaluate = Callable[[Sequence[Setting], int], dict[Setting, list[Figures]]]
"""Takes settings and a number n of replications; gives for each setting its replications 0 to n - 1, less those that
failed. Replication r sees the same traffic in every setting. Asking again, also for more, repeats no work."""


@dataclass
class Evaluator:
    """The Evaluate of one scenario. What it has evaluated it keeps; `failures` are of all calls."""

    source: Source
    run: Run = inline
    seed: int | None = None  # instead of the scenario's
    finished: Callable[[Setting, Figures], None] = lambda setting, figures: None
    failures: dict[tuple[Setting, int], Failure] = field(default_factory=dict)
    _known: dict[tuple[Setting, int], Figures] = field(default_factory=dict)
    _scenarios: dict[Setting, tuple[Scenario, str]] = field(default_factory=dict)

    def __call__(self, settings: Sequence[Setting], replications: int) -> dict[Setting, list[Figures]]:
        """Evaluate settings. Raises ScenarioError with all faults of all settings."""
        self._resolve(settings)
        self._compute([(s, r) for r in range(replications) for s in settings])
        return {s: [self._known[s, r] for r in range(replications) if (s, r) in self._known] for s in settings}

    def _resolve(self, settings: Iterable[Setting]) -> None:
        new = [setting for setting in settings if setting not in self._scenarios]
        for setting, scenario in self.source.resolve(new)[0].items():
            self._scenarios[setting] = scenario, scenario_digest(scenario)

    def _job(self, setting: Setting, replication: int) -> Job:
        scenario, digest = self._scenarios[setting]
        return Job.of(scenario, digest, scenario.seed if self.seed is None else self.seed, replication)

    def _compute(self, wanted: Iterable[tuple[Setting, int]]) -> None:
        jobs: dict[Job, list[tuple[Setting, int]]] = {}  # settings may come to the same scenario
        for each in wanted:
            if each not in self._known:
                jobs.setdefault(self._job(*each), []).append(each)
        for job, outcome in self.run(jobs):
            for each in jobs[job]:
                self._note(each, outcome)

    def _note(self, which: tuple[Setting, int], outcome: Figures | Failure) -> None:
        if isinstance(outcome, Failure):
            self.failures[which] = outcome
        else:
            self._known[which] = outcome
            self.finished(which[0], outcome)
