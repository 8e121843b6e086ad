"""What the commands that simulate many settings have in common: their options, and how faults and Ctrl-C end them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from simulator.cli_effort import long_option
from simulator.cli_exit import BUG, SOME_FAILED, USAGE
from simulator.cli_files import InvalidFileError, show_faults
from simulator.cli_sets import set_option
from simulator.cli_signals import ending
from simulator.cli_what_if import what_if_option

if TYPE_CHECKING:
    from simulator.study.evaluate import Evaluator
    from simulator.study.plan import Plan

SHORT_S = 1.0  # what takes no longer is not worth starting processes for


class ReplicationsType(click.ParamType):  # type: ignore[type-arg]  # generic only where it is checked, not where it runs
    """A number of replications, or auto."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Literal["auto"]:
        """The number, or auto."""
        if value == "auto":
            return "auto"
        return click.IntRange(1, 10_000).convert(value, param, ctx)


class DurationType(click.ParamType):  # type: ignore[type-arg]  # as above
    """A time in seconds."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds."""
        from simulator.scenario.units import UnitError, parse_duration

        if isinstance(value, float):
            return value
        try:
            seconds = parse_duration(value)
        except UnitError as error:
            self.fail(f"'{value}' {error}; write 10m", param, ctx)
        if not 0 <= seconds < float("inf"):
            self.fail(f"{value} is out of range; allowed: from 0s", param, ctx)
        return seconds


OPTIONS: Sequence[Callable[[Callable[..., None]], Callable[..., None]]] = (
    click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the results."),
    click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes [one a core]."),
    click.option("--executor", metavar="dask://HOST:PORT", help="Simulate on a Dask cluster instead."),
    click.option("--wait", type=DurationType(), default="10m", show_default=True,
                 help="Give up when the cluster has had no worker for so long."),
    click.option("--seed", type=click.IntRange(min=0), help="Instead of the scenario's."),
    set_option,
    click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors."),
    click.option("--force", is_flag=True, help="Replace another kind of result in the folder."),
    what_if_option,
    long_option,
    click.option("--dry-run", is_flag=True, help="Print the plan and an estimate of the time, and stop."),
    click.option("--debug", is_flag=True, hidden=True),
)  # fmt: skip


sample_option = click.option(
    "--sample", type=click.IntRange(1, 10_000), metavar="N",
    help="Simulate N shards in place of all, where they are alike and share nothing that can run short.",
)  # fmt: skip


def study_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all studies have."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def workers(jobs: int | None) -> int:
    """How many processes: one for each core that this one may use, unless it is said."""
    if jobs:
        return jobs
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(n: int) -> str:
    """Where runs are simulated, as text."""
    return f"in {n} process{'es' if n > 1 else ''}"


def command_line() -> str:
    """The command as it was given."""
    import shlex

    return shlex.join(["shardsim", *sys.argv[1:]])


def runs_folder(target: Path, scenario: Path) -> Path:
    """Where finished runs are kept: beside the results, so that a study that is broken off finds them again."""
    return target.parent / f"{scenario.stem}.runs"


def greet(evaluator: Evaluator, quiet: bool) -> None:
    """Say on stderr when what is kept is of another scenario than the one of now, or when that cannot be told."""
    from simulator.study.jobs import program, scenario_digest

    assert evaluator.store is not None
    scenario = evaluator.source.scenario()
    now = {
        "scenario": scenario_digest(scenario),
        "seed": str(scenario.seed if evaluator.seed is None else evaluator.seed),
        "program": program(),
    }
    before = evaluator.store.last_study(now)
    if before is None:
        if not quiet:
            click.echo(f"{evaluator.store.folder}/study.json is damaged and is written again", err=True)
        return
    changed = [name for name, value in now.items() if before.get(name, value) != value]
    if changed and not quiet:
        verb = "has" if len(changed) == 1 else "have"
        click.echo(f"the {' and the '.join(changed)} {verb} changed: runs kept from before are not used", err=True)


def show_plan(plan: Plan, where: str, dry_run: bool, replications: str) -> None:
    """Print what is going to be done; for a dry run as the result."""
    from simulator.report.numbers import count, seconds

    settings = f"{count(plan.settings)} setting{'s' if plan.settings != 1 else ''} x {replications}"
    kept = plan.runs - plan.to_simulate
    known = f", {count(kept)} of them kept from before or the same as others" if kept else ""
    rest = f"about {seconds(plan.work.wall_s)} {where}" if plan.to_simulate else "nothing to simulate"
    click.echo(f"{settings}: {count(plan.runs)} runs{known}; {rest}", err=not dry_run)


def tell_damaged(evaluator: Evaluator, quiet: bool) -> None:
    """Say on stderr, after a study, how many kept runs it found to be no longer what had been written."""
    damaged = len(evaluator.store.damaged) if evaluator.store else 0
    if damaged and not quiet:
        what = "kept run was damaged and was" if damaged == 1 else "kept runs were damaged and were"
        click.echo(f"{damaged} {what} simulated again", err=True)


def _kept(runs: Path | None) -> str:
    """What a study that is broken off leaves, as the end of a sentence."""
    if runs is None:
        return ""
    kept = sum(1 for _ in runs.glob("[0-9a-f]*.json"))
    what = "finished run is" if kept == 1 else "finished runs are"
    return f"; {kept} {what} kept in {runs}/, the same command goes on from there"


@contextmanager
def faults_told(debug: bool, runs: Path | None) -> Iterator[None]:
    """End with one clear message and the exit code for it, whatever happens; `runs`: where finished ones are kept."""
    from simulator.report.folder import OutputError
    from simulator.scenario.faults import ScenarioError
    from simulator.study.executors import ExecutorError, NoWorkersError
    from simulator.study.settings import SettingsError
    from simulator.study.store import StoreError

    try:
        yield
    except KeyboardInterrupt as interrupt:
        words, code = ending(interrupt)
        click.echo(f"{words}{_kept(runs)}", err=True)
        sys.exit(code)
    except ScenarioError as error:
        raise InvalidFileError(error.faults) from None
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except NoWorkersError as error:
        click.echo(f"error: {error}{_kept(runs)}", err=True)
        sys.exit(SOME_FAILED)
    except (ExecutorError, OutputError, StoreError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"error: a bug: {type(error).__name__}: {error}\n"
            "Please report it with the scenario; --debug shows where it happened.",
            err=True,
        )
        sys.exit(BUG)


__all__ = ["ReplicationsType", "faults_told", "show_faults", "study_options"]
