"""The command `export`: a scenario back in AWS's words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from simulator.cli_exit import USAGE
from simulator.cli_files import InvalidFileError

FORMS: Final = ("cloudformation", "terraform", "cli")


@click.command()
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.option(
    "--to", "form", type=click.Choice(FORMS), required=True, help="A template, Terraform's language, or commands."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File to write [it is printed].")
def export(scenario: Path, form: str, out: Path | None) -> None:
    """Say the settings of SCENARIO as AWS is told them: a snippet of a template or of Terraform, or aws commands."""
    from simulator.report.folder import OutputError
    from simulator.report.output import write_out
    from simulator.scenario.faults import ScenarioError
    from simulator.scenario.loading import load
    from simulator.twin.export.cloudformation import cloudformation
    from simulator.twin.export.commands import commands
    from simulator.twin.export.settings import left_out
    from simulator.twin.export.terraform import terraform

    try:
        loaded = load(scenario)
        text = {"cloudformation": cloudformation, "terraform": terraform, "cli": commands}[form](loaded)
        if out is None:
            click.echo(text, nl=False)
        else:
            write_out(out, text)
    except ScenarioError as error:
        raise InvalidFileError(error.faults) from None
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
    for each in left_out(loaded):
        click.echo(f"not exported: {each}", err=True)
