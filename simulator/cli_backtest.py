"""The command `backtest`: the observed traffic through the twin, simulated beside observed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli_exit import INVALID_FILE, USAGE
from simulator.cli_files import InvalidFileError
from simulator.cli_import import SOMETHING_MISSING, given_metrics, require

if TYPE_CHECKING:
    from simulator.twin.measured.series import Metric

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("scenario", metavar="SCENARIO", type=FILE)
@click.option(
    "--observed",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH",
    type=FILE,
    help="Files or folders with metrics.",
)
@click.option(
    "-n",
    "--replications",
    type=click.IntRange(3, 1000),
    default=39,
    show_default=True,
    help="Runs; 39 give a 95 % interval.",
)
@click.option(
    "--holdout",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="The part at the end that is judged; 0: all.",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="In place of the scenario's.")
@click.option(
    "--metric", "metrics", multiple=True, metavar="ID=NAME", callback=given_metrics,
    help="Which metric the result ID of get-metric-data is, such as m1=Duration.Sum.",
)  # fmt: skip
@click.option("-o", "--out", type=FILE, help="CSV file of all intervals to write.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def backtest(
    scenario: Path,
    paths: tuple[Path, ...],
    replications: int,
    holdout: float,
    seed: int | None,
    metrics: dict[str, Metric],
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Put the observed traffic through SCENARIO, and say how well it explains what else was observed.

    Exit code 0: it explains that; 4: partly, or not; 3: nothing usable was observed.
    """
    from simulator.report.folder import OutputError
    from simulator.report.output import write_out
    from simulator.scenario.faults import ScenarioError
    from simulator.scenario.loading import load
    from simulator.twin.backtest.observed import NothingObservedError
    from simulator.twin.backtest.running import backtest as run
    from simulator.twin.backtest.telling import csv_text, json_text, text
    from simulator.twin.console import remarks

    require(paths)

    def progress(done: int) -> None:
        if not quiet and sys.stderr.isatty():
            click.echo(f"\r{done} of {replications} replications", err=True, nl=done == replications)

    try:
        test = run(load(scenario), paths, replications, holdout, seed, metrics, progress)
        if out is not None:
            write_out(out, csv_text(test))
    except ScenarioError as error:
        raise InvalidFileError(error.faults) from None
    except NothingObservedError as error:
        remarks([each.text for each in error.remarks], "warning")
        click.echo(f"error: {error}", err=True)
        sys.exit(INVALID_FILE)
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
    remarks([each.text for each in test.observed.remarks], "warning")
    click.echo(json_text(test) if as_json else text(test))
    sys.exit(0 if test.word == "explains" else SOMETHING_MISSING)
