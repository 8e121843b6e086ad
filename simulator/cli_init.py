"""The command `init`: a commented scenario to start from."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from simulator.cli_exit import USAGE
from simulator.scenario.templates import TEMPLATES

SCHEMA_FILE = "scenario.schema.json"  # as the first line of every template names it


@click.command()
@click.argument("name", default="scenario", type=click.Path(path_type=Path))
@click.option("--template", type=click.Choice(TEMPLATES), default="quickstart", show_default=True)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def init(name: Path, template: str, force: bool) -> None:
    """Write a commented scenario to NAME.yaml, and beside it the schema that editors check it with."""
    if name.name in ("", ".."):
        raise click.UsageError(f"{name} is no name of a file; write one such as orders")
    path = name if name.suffix in (".yaml", ".yml") else name.with_name(f"{name.name}.yaml")
    texts = _texts(path, template)
    taken = [] if force else [str(each) for each in texts if os.path.lexists(each) and not _is_our_schema(each)]
    if taken:
        raise click.UsageError(f"{', '.join(taken)} exists already; --force overwrites it")
    from simulator.report.folder import OutputError

    try:
        _write(path, texts, force)
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
    for each in texts:
        click.echo(f"wrote {each}")
    click.echo(f"next: shardsim run {shlex.quote(str(path))}")


def _texts(path: Path, name: str) -> dict[Path, str]:
    """The files to write, the scenario first; the trace of `trace` has the scenario's name."""
    from simulator.scenario.schema import schema_text
    from simulator.scenario.templates import TRACE, template, trace_csv

    trace = path.with_suffix(".csv")
    text = template(name).replace(TRACE, trace.name)
    files = {path: text, path.with_name(SCHEMA_FILE): schema_text()}
    return {**files, trace: trace_csv()} if name == "trace" else files


def _is_our_schema(path: Path) -> bool:
    """Whether a file is a schema that this program, of whatever version, has written: it may be replaced."""
    from simulator.scenario.schema import TITLE

    try:
        return path.name == SCHEMA_FILE and f'"title": "{TITLE}"' in path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False


def _write(path: Path, texts: dict[Path, str], force: bool) -> None:
    """Write all files, or none."""
    from simulator.files.together import write_together
    from simulator.report.folder import told

    with told(path, named_with=""):
        write_together(texts, lambda place: force or _is_our_schema(place))
