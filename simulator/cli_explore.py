"""The command `explore`: a page that simulates a scenario in the browser, with settings that are moved."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from simulator.cli_exit import USAGE
from simulator.cli_files import InvalidFileError, show_faults
from simulator.cli_sets import pairs, set_option
from simulator.cli_what_if import check_simulating


@click.command()
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File to write [reports/SCENARIO-explore.html].")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the scenario's.")
@set_option
@click.option("--no-open", is_flag=True, help="Only write the page, and open no browser.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def explore(
    scenario: Path, out: Path | None, seed: int | None, sets: tuple[str, ...], no_open: bool, quiet: bool
) -> None:
    """Write a page that simulates SCENARIO in the browser, with settings that you move, and open it.

    It is one file that needs no server and no network, and can be mailed.
    """
    from simulator.report.folder import OutputError
    from simulator.report.output import write_out
    from simulator.report.page.explore_page import explore_page
    from simulator.report.page.html import html
    from simulator.scenario.loading import examine

    loaded, faults = examine(scenario, pairs(sets))
    if loaded is None:
        raise InvalidFileError(faults)
    if not quiet:
        show_faults(faults)
    check_simulating([loaded])
    target = out or Path("reports") / f"{scenario.stem}-explore.html"
    try:
        if out is None:
            target.parent.mkdir(exist_ok=True)
        write_out(target, html(explore_page(loaded, seed)))
    except OSError as error:
        click.echo(f"error: {target}: cannot be written: {error.strerror}", err=True)
        sys.exit(USAGE)
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
    if not quiet:
        click.echo(f"wrote {target}", err=True)
    if not no_open and click.launch(target.absolute().as_uri()):
        click.echo(f"no browser could be opened; open {target} yourself", err=True)
