"""The command `import`: a scenario from what AWS and the tools around it say of a system."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from simulator.cli_exit import INVALID_FILE, USAGE
from simulator.cli_files import InvalidFileError

if TYPE_CHECKING:
    from simulator.twin.imported import Imported
    from simulator.twin.measured.series import Metric

SOMETHING_MISSING: Final = 4
SUFFIXES: Final = (".yaml", ".yml")


def _parameters(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    wrong = next((each for each in values if not re.match(r"[A-Za-z0-9:]+=", each)), None)
    if wrong is not None:
        raise click.BadParameter(f"'{wrong}' is not of the form NAME=VALUE, such as Shards=4")
    return {name: value for name, _, value in (each.partition("=") for each in values)}


def given_metrics(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, Metric]:
    """The metrics of `--metric ID=NAME`."""
    from simulator.twin.measured.naming import metric_of

    found = {}
    for each in values:
        id_, _, name = each.partition("=")
        metric = metric_of(name)
        if metric is None:
            raise click.BadParameter(f"'{each}' is not of the form ID=NAME, such as m1=Duration.Sum or m1=Errors:bill")
        found[id_] = metric
    return found


def _collect(ctx: click.Context, param: click.Parameter, stream: str | None) -> None:
    from simulator.twin.collect import NoStreamError, script

    if stream is None:
        return
    try:
        click.echo(script(stream), nl=False)
    except NoStreamError as error:
        raise click.BadParameter(str(error)) from None
    ctx.exit()


@click.command("import")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--collect", metavar="STREAM", is_eager=True, expose_value=False, callback=_collect,
    help="Print a script of aws commands that collects what is imported of a stream, and do nothing else.",
)  # fmt: skip
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Scenario to write [STREAM.yaml].")
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", callback=_parameters,
    help="Value of a template's parameter, also of AWS::Region and such; may be repeated.",
)  # fmt: skip
@click.option(
    "--metric", "metrics", multiple=True, metavar="ID=NAME", callback=given_metrics,
    help="Which metric the result ID of get-metric-data is, such as m1=Duration.Sum or m1=Duration.Sum:bill.",
)  # fmt: skip
@click.option(
    "--holdout", type=click.FloatRange(0, 1, max_open=True), default=0.0,
    help="The last part of the measurements that is left alone, such as 0.5, for backtest to judge by.",
)  # fmt: skip
@click.option(
    "--check", metavar="SCENARIO", type=click.Path(path_type=Path),
    help="Write nothing; tell in which fields this scenario differs from the files. Exit code 0: in none, 4: in some.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the scenario and the origin of its fields as JSON.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def import_(
    paths: tuple[Path, ...],
    out: Path | None,
    parameters: dict[str, str],
    metrics: dict[str, Metric],
    holdout: float,
    check: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Make a scenario of files and folders: output of the aws command line, templates, Terraform's states.

    What each file is, is told by its content. Each field of the scenario gets a comment with the file and place that
    it comes from, or that it is assumed or MISSING. Exit code 0: complete; 4: something is missing; 3: nothing usable,
    and nothing written.
    """
    from simulator.twin.console import remarks, table
    from simulator.twin.imported import NothingUsableError, Request, import_files

    if not paths:
        raise click.UsageError("name files or folders to import; --collect STREAM prints a script that makes one")
    require(paths)
    try:
        stem = out.name.removesuffix(out.suffix if out.suffix in SUFFIXES else "") if out else ""
        imported = import_files(paths, Request(parameters, metrics, stem, holdout))
    except NothingUsableError as error:
        remarks([each.text for each in error.remarks], "warning")
        click.echo(f"error: {error}; nothing is written", err=True)
        sys.exit(INVALID_FILE)
    if check is not None:
        sys.exit(_checked(check, imported, as_json))
    path = _place(out, imported)
    _write(path, imported, force)
    remarks([*imported.told("unusable"), *imported.told("warning")], "warning")
    if as_json:
        import json

        click.echo(json.dumps(imported.as_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(table(imported))
        written = "".join(
            f"\nwrote {each}" for each in (path, *(path.with_name(each.name) for each in imported.attachments))
        )
        click.echo(f"{written}\nnext: shardsim run {shlex.quote(str(path))}")
    sys.exit(0 if imported.complete else SOMETHING_MISSING)


def _checked(path: Path, imported: Imported, as_json: bool) -> int:
    """Compare a scenario with the files; the exit code."""
    from simulator.scenario.faults import ScenarioError
    from simulator.scenario.loading import load
    from simulator.twin.checking import comparison
    from simulator.twin.console import differences, differences_json, remarks

    try:
        found = comparison(load(path), imported)
    except ScenarioError as error:
        raise InvalidFileError(error.faults) from None
    remarks([*imported.told("unusable"), *imported.told("warning")], "warning")
    click.echo(differences_json(found) if as_json else differences(found, str(path)))
    return SOMETHING_MISSING if found.differences else 0


def require(paths: Sequence[Path]) -> None:
    """Raise UsageError for a path where there is nothing."""
    for each in paths:
        if not os.path.lexists(each):
            raise click.UsageError(f"{each}: there is no such file or folder")


def _place(out: Path | None, imported: Imported) -> Path:
    """Where the scenario goes; without a wish, into a file named after the first stream."""
    path = out if out is not None else Path(str(imported.fields[0].value))
    if path.name in ("", ".."):
        raise click.UsageError(f"{path} is no name of a file; write one such as orders.yaml")
    return path if path.suffix in SUFFIXES else path.with_name(f"{path.name}.yaml")


def _write(path: Path, imported: Imported, force: bool) -> None:
    """Write the scenario. Ends the program where it cannot be written."""
    from simulator.files.together import write_together
    from simulator.report.folder import OutputError, told

    texts = {path: imported.yaml} | {path.with_name(each.name): each.text for each in imported.attachments}
    taken = [] if force else [str(each) for each in texts if os.path.lexists(each)]
    if taken:
        raise click.UsageError(f"{', '.join(taken)} exists already; --force overwrites it, -o names another")
    try:
        with told(path, named_with=" with -o"):
            write_together(texts, lambda _: force)
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USAGE)
