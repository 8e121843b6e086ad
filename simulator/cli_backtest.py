"""The command `backtest`: the observed traffic through the twin, simulated beside observed."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli_effort import permit
from simulator.cli_exit import INVALID_FILE, SOME_FAILED
from simulator.cli_import import SOMETHING_MISSING, given_metrics, require
from simulator.cli_session import Request
from simulator.cli_sets import pairs
from simulator.cli_studies import SHORT_S, command_line, faults_told, study_options, workers

if TYPE_CHECKING:
    from simulator.scenario.spec import Scenario
    from simulator.study.effort.estimate import Work
    from simulator.study.evaluate import Progress
    from simulator.study.executors import Failure, RunOf
    from simulator.twin.backtest.minutes import Minutes
    from simulator.twin.backtest.observed import Observed
    from simulator.twin.backtest.running import Backtest
    from simulator.twin.backtest.todo import Todo
    from simulator.twin.backtest.unknowns import Fitted, Unknown
    from simulator.twin.measured.series import Metric


def _names(ctx: click.Context, param: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip()) if text else ()


@click.command()
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.option("--observed", "paths", multiple=True, required=True, metavar="PATH", type=click.Path(path_type=Path),
              help="Files or folders with metrics.")  # fmt: skip
@click.option("-n", "--replications", type=click.IntRange(3, 1000), default=39, show_default=True,
              help="Runs; 39 give a 95 % interval.")  # fmt: skip
@click.option("--holdout", type=click.FloatRange(0, 1, max_open=True), default=0.5, show_default=True,
              help="The part at the end that is judged; 0: all.")  # fmt: skip
@click.option("--fit", "fit", metavar="FIELD,...", callback=_names,
              help="Fit assumed fields, such as polling.missed, to what is before the judged part.")  # fmt: skip
@click.option(
    "--metric", "metrics", multiple=True, metavar="ID=NAME", callback=given_metrics,
    help="Which metric the result ID of get-metric-data is, such as m1=Duration.Sum.",
)  # fmt: skip
@study_options
def backtest(
    scenario: Path, paths: tuple[Path, ...], replications: int, holdout: float, fit: tuple[str, ...],
    metrics: dict[str, Metric], **options: Any,
) -> None:  # fmt: skip
    """Put the observed traffic through SCENARIO, and say how well it explains what else was observed.

    Prints the verdict, figures of each metric, and what is missed with what else differs then; the folder has a page
    with each metric over time. Exit code 0: it explains that; 4: partly, or not; 3: nothing usable was observed, or
    the data cannot tell what is to be fitted.
    """
    require(paths)
    request = Request(scenario, "backtest", options)
    with faults_told(options["debug"], None):
        sys.exit(_backtest(request, paths, replications, holdout, fit, metrics))


class NothingUsableError(click.ClickException):
    """The data do not tell what was asked for: one line on stderr and exit code 3."""

    exit_code = INVALID_FILE

    def show(self, file: Any = None) -> None:
        """Print why."""
        click.echo(f"error: {self.message}", err=True)


def _backtest(
    request: Request, paths: Sequence[Path], replications: int, holdout: float, fit: Sequence[str],
    metrics: dict[str, Metric],
) -> int:  # fmt: skip
    from simulator.report.backtest_console import tell
    from simulator.report.study_folder import study_folder
    from simulator.report.study_progress import study_progress
    from simulator.study.executors import Patience, runner_of
    from simulator.study.source import Source
    from simulator.twin.backtest.minutes import minutes_of
    from simulator.twin.backtest.telling import summary, write
    from simulator.twin.backtest.todo import Todo
    from simulator.twin.measured.grid import first_held_out

    began, options = time.perf_counter(), request.options
    source = Source.of(request.path, pairs(options["sets"]))
    fields = _unknowns(source.scenario(), fit)
    seen = _observed(source.scenario(), paths, metrics, request.quiet)
    since = first_held_out(seen.metrics.steps, holdout) if holdout else 0
    todo = Todo(source, seen, since, replications, fields, options["seed"])
    work = todo.work(workers(options["jobs"]))
    if options["dry_run"]:
        click.echo(f"{todo.plan}; about {_seconds(work)} {request.where}")
        return 0
    permit(work, request.path, options["long"], request.quiet)
    processes = 1 if options["jobs"] is None and work.wall_s < SHORT_S else workers(options["jobs"])
    with (
        study_folder(request.target, request.kind, options["force"]) as folder,
        runner_of(
            partial(minutes_of, axis=seen.axis), options["executor"], processes, Patience(options["wait"])
        ) as run,
        study_progress("back-testing", None, not request.quiet) as progress,
    ):
        found, test, failures = _done(todo, run, progress)
        study = summary(test, found)
        write(test, study, folder, command_line(), time.perf_counter() - began)
    for failure in failures:
        click.echo(f"error: replication {failure.job.replication}: {failure.why}", err=True)
    if not request.quiet:
        tell(study, request.target, options["as_json"])
    if failures:
        return SOME_FAILED
    return 0 if test.word == "explains" else SOMETHING_MISSING


def _unknowns(scenario: Scenario, names: Sequence[str]) -> list[Unknown]:
    from simulator.twin.backtest.unknowns import UnknownFieldError, unknowns

    try:
        return unknowns(scenario, names) if names else []
    except UnknownFieldError as error:
        raise click.UsageError(f"--fit: {error}") from None


def _observed(scenario: Scenario, paths: Sequence[Path], metrics: dict[str, Metric], quiet: bool) -> Observed:
    from simulator.twin.backtest.observed import NothingObservedError, observed
    from simulator.twin.console import remarks

    try:
        seen = observed(scenario, paths, metrics)
    except NothingObservedError as error:
        remarks([each.text for each in error.remarks], "warning")
        raise NothingUsableError(str(error)) from None
    if not quiet:
        remarks([each.text for each in seen.remarks], "warning")
    return seen


def _seconds(work: Work) -> str:
    from simulator.report.numbers import seconds

    return seconds(work.wall_s)


def _done(
    todo: Todo, run: RunOf[Minutes], progress: Progress | None
) -> tuple[list[Fitted], Backtest, Sequence[Failure]]:
    from simulator.twin.backtest.fitting import CannotTellError
    from simulator.twin.backtest.todo import AllFailedError

    try:
        return todo.done(run, progress)
    except (CannotTellError, AllFailedError) as error:
        raise NothingUsableError(str(error)) from None
