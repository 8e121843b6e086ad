"""The command `run`: simulate scenarios, say how they went, and write the results."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli_effort import long_option, permit
from simulator.cli_engine import engine_of
from simulator.cli_exit import BUG, SOME_FAILED
from simulator.cli_files import InvalidFileError, show_faults
from simulator.cli_sets import pairs, set_option
from simulator.cli_signals import ending
from simulator.cli_what_if import check_simulating, what_if_option

if TYPE_CHECKING:
    from simulator.kernel.engines import Engine
    from simulator.scenario.spec import Scenario


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the results [reports/SCENARIO].")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the scenario's.")
@set_option
@click.option("-n", "--replications", type=click.IntRange(1, 10_000), default=1, help="Runs, with 95 % intervals.")
@click.option("--interval", metavar="DURATION", help="Interval of the time series [about 600 rows].")
@click.option("--invocations", is_flag=True, help="Also write invocations.csv: a row for each attempt.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON; of several scenarios a list.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--engine", type=click.Choice(["kernel", "simpy"]), help="Who simulates, with the same results [kernel].")
@click.option("--force", is_flag=True, help="Replace an earlier result in the folder.")
@what_if_option
@long_option
@click.option("--debug", is_flag=True, hidden=True)
def run(
    scenarios: tuple[Path, ...],
    out: Path | None,
    seed: int | None,
    sets: tuple[str, ...],
    replications: int,
    interval: str | None,
    invocations: bool,
    as_json: bool,
    quiet: bool,
    engine: Engine | None,
    force: bool,
    what_if: bool,
    long: bool,
    debug: bool,
) -> None:
    """Simulate each SCENARIO; print a verdict and write tables and plots."""
    targets = _targets(scenarios, out)
    interval_s = _seconds(interval)
    loaded = _load(scenarios, pairs(sets), quiet)
    _check_rows(loaded, interval_s)
    if what_if:
        check_simulating(loaded)
    from simulator.study.effort.estimate import work_of

    what = scenarios[0] if len(scenarios) == 1 else f"{len(scenarios)} scenarios"
    permit(work_of(loaded, replications), what, long, quiet)
    from simulator.report.console import progress, summary, tell
    from simulator.report.handler_errors import errors_of
    from simulator.report.runs import RunOptions, run_into
    from simulator.study.objectives import NOT_MET, assess

    options = RunOptions(seed, replications, interval_s, invocations, force, _command(), engine_of(engine), what_if)
    failed, missed, summaries = [], False, []
    for path, scenario, target in zip(scenarios, loaded, targets, strict=True):
        try:
            with progress(path.stem, shown=not quiet) as show:
                result, runs = run_into(scenario, target, options, show)
        except KeyboardInterrupt as interrupt:
            words, code = ending(interrupt)
            click.echo(f"{words}; nothing was written to {target}", err=True)
            sys.exit(code)
        except Exception as error:
            if debug:
                raise
            failed.append(_explain(path, error))
            continue
        missed |= any(each.state != "met" for each in assess(scenario.objectives, runs))
        if as_json:
            summaries.append(summary(result, runs, target))
        elif not quiet:
            for line in errors_of(target):
                click.echo(line, err=True)
            tell(result, runs, target, [str(path), *(word for each in sets for word in ("--set", each))])
    if summaries and not quiet:
        import json

        click.echo(json.dumps(summaries if len(scenarios) > 1 else summaries[0], indent=2, allow_nan=False))
    if failed:
        sys.exit(failed[0] if len(scenarios) == 1 else SOME_FAILED)
    if missed:
        sys.exit(NOT_MET)


def _targets(scenarios: tuple[Path, ...], out: Path | None) -> list[Path]:
    """The folder of each scenario's results."""
    if out is not None and len(scenarios) > 1:
        raise click.UsageError("--out takes one scenario; without it each has its own folder under reports/")
    targets = [out or Path("reports") / path.stem for path in scenarios]
    places = [os.path.realpath(target) for target in targets]
    twice = next((target for i, target in enumerate(targets) if places[i] in places[:i]), None)
    if twice:
        raise click.UsageError(f"two scenarios would be written to {twice}; run one of them alone, with --out")
    return targets


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    from simulator.scenario.units import UnitError, parse_duration

    try:
        interval_s = parse_duration(text)
    except UnitError as error:
        raise click.UsageError(f"--interval: {error}") from None
    if not 0 < interval_s < float("inf"):
        raise click.UsageError(f"--interval: {text} is out of range; allowed: more than 0s")
    return interval_s


def _check_rows(scenarios: list[Scenario], interval_s: float | None) -> None:
    """An interval of the time series that suits all scenarios; no run begins otherwise."""
    from simulator.measures.run_times import IntervalError, run_times

    for scenario in scenarios:
        try:
            run_times(scenario, interval_s)
        except IntervalError as error:
            raise click.UsageError(f"--interval: {error}") from None


def _load(paths: tuple[Path, ...], settings: list[tuple[str, str]], quiet: bool) -> list[Scenario]:
    """All scenarios; raises InvalidFileError with the faults of all files if one has errors."""
    from simulator.scenario.loading import examine

    examined = [examine(path, settings) for path in paths]
    scenarios = [scenario for scenario, _ in examined if scenario]
    faults = list(dict.fromkeys(fault for _, of_file in examined for fault in of_file))  # those of --set come once
    if len(scenarios) < len(paths):
        raise InvalidFileError(faults)
    if not quiet:
        show_faults(faults)
    return scenarios


def _command() -> str:
    import shlex

    return shlex.join(["shardsim", *sys.argv[1:]])


def _explain(path: Path, error: Exception) -> int:
    """Say on stderr why a run failed; the exit code."""
    from simulator.measures.conservation import LittlesLawError, RecordsDoNotAddUpError
    from simulator.measures.parts import PartsDoNotAddUpError
    from simulator.measures.waiting import WaitingDoesNotAddUpError
    from simulator.model.memory import BacklogTooLargeError
    from simulator.report.output import OutputError

    if isinstance(error, OutputError):
        click.echo(f"error: {error}", err=True)
        return 2
    if isinstance(error, BacklogTooLargeError):
        click.echo(f"error: {path}: {error}. Nothing was written.", err=True)
        return SOME_FAILED
    checks = RecordsDoNotAddUpError | LittlesLawError | PartsDoNotAddUpError | WaitingDoesNotAddUpError
    what = "a check of the program itself failed" if isinstance(error, checks) else "a bug"
    click.echo(
        f"error: {path}: {what}: {type(error).__name__}: {error}\n"
        "Nothing was written. Please report it with the scenario; --debug shows where it happened.",
        err=True,
    )
    return BUG
