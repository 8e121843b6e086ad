"""What `size`, `advise` and `sweep-load` do around their question: they evaluate settings, and keep the runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli_effort import permit, permit_settling
from simulator.cli_exit import SOME_FAILED
from simulator.cli_files import show_faults
from simulator.cli_sets import pairs
from simulator.cli_studies import greet, in_processes, runs_folder, tell_damaged, workers
from simulator.cli_what_if import check_simulating

if TYPE_CHECKING:
    from simulator.study.effort.estimate import Work
    from simulator.study.evaluate import Evaluator
    from simulator.study.settings import Setting


@dataclass(frozen=True)
class Request:
    """A study as it was asked for on the command line."""

    path: Path
    kind: str
    options: Mapping[str, Any]  # those of cli_studies.study_options
    factor: float = 1.0  # of the traffic
    sample: int | None = None  # so many shards in place of all

    @property
    def target(self) -> Path:
        """The folder of the results."""
        times = "" if self.factor == 1 else f"-{self.factor:g}x"
        return self.options["out"] or Path("reports") / f"{self.path.stem}-{self.kind}{times}"

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
        return str(self.options["executor"] or in_processes(workers(self.options["jobs"])))


def evaluator_of(request: Request) -> Evaluator:
    """The Evaluator of a request; warnings of the scenario are shown. Raises ScenarioError."""
    from simulator.study.evaluate import Evaluator
    from simulator.study.settings import AS_IT_IS
    from simulator.study.source import Source
    from simulator.study.store import Store

    source = Source.of(request.path, pairs(request.options["sets"])).times(request.factor)
    evaluator = Evaluator(source, seed=request.options["seed"], store=Store(request.runs), sample=request.sample)
    permit_settling(source.scenario(), request.path, request.options["long"])
    warnings = evaluator.resolve([AS_IT_IS])
    if not request.quiet:
        show_faults(warnings)
    if request.options["what_if"]:
        check_simulating([evaluator.scenario(AS_IT_IS)])
    return evaluator


@contextmanager
def study_in(request: Request, evaluator: Evaluator, title: str, best_shown: bool = False) -> Iterator[Path]:
    """A folder for the results, while processes evaluate and a terminal shows the progress; then it gets its page.

    Raises OutputError when the folder may not be written, ExecutorError, StoreError.
    """
    from simulator.report.study_folder import finish, study_folder
    from simulator.report.study_progress import study_progress
    from simulator.study.executors import Patience, runner
    from simulator.study.settings import AS_IT_IS

    options = request.options
    objectives = evaluator.scenario(AS_IT_IS).objectives if best_shown else None
    with (
        study_folder(request.target, request.kind, options["force"]) as folder,
        runner(options["executor"], workers(options["jobs"]), Patience(options["wait"])) as evaluator.run,
        study_progress(title, objectives, not request.quiet) as evaluator.progress,
    ):
        greet(evaluator, request.quiet)
        yield folder
        tell_damaged(evaluator, request.quiet)
        finish(folder, evaluator, options["what_if"])


def goes_ahead(request: Request, work: Work, plan: str) -> bool:
    """Print what is going to be done; false for a dry run, of which that is the result. Raises TooMuchError."""
    if request.dry_run or not request.quiet:
        click.echo(plan, err=not request.dry_run)
    if not request.dry_run:
        permit(work, request.path, request.options["long"], request.quiet)
    return not request.dry_run


def work_of(request: Request, evaluator: Evaluator, runs: Sequence[tuple[Setting, int]]) -> Work:
    """The work of so many runs of settings. A fraction of a second is spent to find out how fast this machine is."""
    from simulator.study.effort.estimate import Work, predicted_s
    from simulator.study.effort.speed import machine_factor
    from simulator.study.settings import AS_IT_IS

    efforts = [each for setting, n in runs for each in [evaluator.effort(setting)] * n]
    factor = machine_factor(evaluator.scenario(AS_IT_IS), predicted_s)
    return Work(efforts, workers(request.options["jobs"]), factor)


def seconds_a_run(evaluator: Evaluator, work: Work) -> str:
    """About how long a run of the scenario takes in one process."""
    from simulator.report.numbers import seconds
    from simulator.study.settings import AS_IT_IS

    return seconds(work.factor * evaluator.effort(AS_IT_IS).seconds)


def failures_told(evaluator: Evaluator) -> int:
    """Name each run that failed; the exit code for that, or 0."""
    for (setting, number), failure in evaluator.failures.items():
        click.echo(f"error: {setting}, replication {number}: {failure.why}", err=True)
    return SOME_FAILED if evaluator.failures else 0
