"""What `size`, `advise` and `sweep-load` do around their question: they evaluate settings, and keep the runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli_files import show_faults
from simulator.cli_run import SOME_FAILED
from simulator.cli_studies import pairs, runs_folder, workers

if TYPE_CHECKING:
    from simulator.study.evaluate import Evaluator


@dataclass(frozen=True)
class Request:
    """A study as it was asked for on the command line."""

    path: Path
    kind: str
    options: Mapping[str, Any]  # those of cli_studies.study_options

    @property
    def target(self) -> Path:
        """The folder of the results."""
        return self.options["out"] or Path("reports") / f"{self.path.stem}-{self.kind}"

    @property
    def runs(self) -> Path:
        """Where finished runs are kept."""
        return runs_folder(self.target, self.path)

    @property
    def quiet(self) -> bool:
        """Whether nothing but errors is wanted."""
        return bool(self.options["quiet"])

    @property
    def dry_run(self) -> bool:
        """Whether the plan is all that is wanted."""
        return bool(self.options["dry_run"])

    @property
    def where(self) -> str:
        """Where runs are simulated, in words."""
        processes = workers(self.options["jobs"])
        if self.options["executor"]:
            return f"on {self.options['executor']}"
        return f"in {processes} process{'es' if processes > 1 else ''}"


@contextmanager
def evaluation(request: Request, title: str, best_shown: bool = True) -> Iterator[Evaluator]:
    """The Evaluator of a request, whose progress is shown on a terminal, with the best setting so far if that is asked.

    Raises ScenarioError, ExecutorError; warnings of the scenario are shown.
    """
    from simulator.report.study_progress import study_progress
    from simulator.study.evaluate import Evaluator
    from simulator.study.executors import runner
    from simulator.study.settings import AS_IT_IS
    from simulator.study.source import Source
    from simulator.study.store import Store

    options = request.options
    source = Source.of(request.path, pairs(options["sets"]))
    with (
        runner(options["executor"], workers(options["jobs"])) as run,
        study_progress(title, source.scenario().objectives if best_shown else None, not request.quiet) as progress,
    ):
        evaluator = Evaluator(source, run, options["seed"], Store(request.runs), progress)
        show_faults(evaluator.resolve([AS_IT_IS]))
        yield evaluator


def seconds_a_run(evaluator: Evaluator) -> float:
    """About how long a run of the scenario takes in one process: a fraction of a second is spent to find out."""
    from simulator.study.effort import machine_factor, predicted_s
    from simulator.study.settings import AS_IT_IS

    scenario = evaluator.scenario(AS_IT_IS)
    return machine_factor(scenario) * predicted_s(scenario)


def failures_told(evaluator: Evaluator) -> int:
    """Name each run that failed; the exit code for that, or 0."""
    for (setting, number), failure in evaluator.failures.items():
        click.echo(f"error: {setting}, replication {number}: {failure.why}", err=True)
    return SOME_FAILED if evaluator.failures else 0
