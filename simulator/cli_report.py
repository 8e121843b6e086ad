"""The commands `report` and `diff`: the page of a result again from its files, and what differs between two results."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from simulator.cli_exit import USAGE
from simulator.cli_what_if import what_if_option

FORMATS = click.Choice(["html", "md", "json"])
FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=FOLDER)
@click.option("--format", "style", type=FORMATS, default="html", show_default=True, help="html, Markdown or JSON.")
@click.option("-o", "--out", type=FOLDER, help="File to write [DIR/report.html; md and json are printed].")
@what_if_option
def report(folders: tuple[Path, ...], style: str, out: Path | None, what_if: bool) -> None:
    """Make the page of each result DIR again from its files, without simulating."""
    if out is not None and len(folders) > 1:
        raise click.UsageError("--out takes one DIR; without it each page goes into its own folder")
    from simulator.report.folder import OutputError
    from simulator.report.output import write_again, write_out
    from simulator.report.page.build import REPORT, WRITERS, page_of, strange

    failed = False
    for folder in folders:
        try:
            page = page_of(folder, what_if)
            for plot, what in strange(page):
                click.echo(f"{folder}/plots/{plot}.svg: left out what no plot of shardsim has: {what}", err=True)
            text = WRITERS[style](page)
            if out:
                write_out(out, text)
            elif style == "html":
                write_again(folder / REPORT, text)
            else:
                click.echo(text, nl=False)
                continue
            click.echo(f"wrote {out or folder / REPORT}", err=True)
        except OutputError as error:
            failed = True
            click.echo(f"error: {error}", err=True)
    if failed:
        sys.exit(USAGE)


@click.command()
@click.argument("before", metavar="DIR_A", type=FOLDER)
@click.argument("after", metavar="DIR_B", type=FOLDER)
@click.option("--format", "style", type=FORMATS, help="html, Markdown or JSON [as --out ends, else Markdown].")
@click.option("-o", "--out", type=FOLDER, help="File to write [it is printed].")
def diff(before: Path, after: Path, style: str | None, out: Path | None) -> None:
    """Say what differs between two results: the input, the verdicts, and the figures with their intervals."""
    from simulator.report.folder import OutputError
    from simulator.report.output import write_out
    from simulator.report.page.build import WRITERS, diff_of

    try:
        ending = out.suffix.removeprefix(".") if out else ""
        text = WRITERS[style or (ending if ending in WRITERS else "md")](diff_of(before, after))
        if out is None:
            click.echo(text, nl=False)
        else:
            write_out(out, text)
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
