"""Commands for scenario files: validate, schema, explain.

Nothing but click is imported before a command runs, so that `--help` and completion are quick.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli_exit import INVALID_FILE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from simulator.scenario.faults import Fault


class InvalidFileError(click.ClickException):
    """A scenario that cannot be used: its faults on stderr and exit code 3."""

    exit_code = INVALID_FILE

    def __init__(self, faults: "Sequence[Fault]") -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

    def show(self, file: Any = None) -> None:
        """Print the faults."""
        show_faults(self.faults)


def show_faults(faults: "Sequence[Fault]") -> None:
    """Print errors and warnings on stderr, coloured on a terminal unless NO_COLOR is set."""
    color = False if os.environ.get("NO_COLOR") else None
    for fault in faults:
        shade = "red" if fault.severity == "error" else "yellow"
        first, newline, excerpt = str(fault).partition("\n")
        place, word, text = first.partition(f" {fault.severity}: ")
        click.echo(place + click.style(word, fg=shade, bold=True) + text + newline + excerpt, err=True, color=color)


# --- validate -----------------------------------------------------------------------------------------------------


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
    help="How faults are told: for people, for programs, or as annotations of GitHub Actions.",
)  # fmt: skip
def validate(files: tuple[Path, ...], style: str) -> None:
    """Check scenario files: all errors and warnings at once, each with its line. Warnings do not fail."""
    from simulator.scenario.faults import errors
    from simulator.scenario.loading import check

    found = {path: check(path) for path in files}
    {"text": _as_text, "json": _as_json, "github": _as_github}[style](found)
    if any(errors(faults) for faults in found.values()):
        raise click.exceptions.Exit(INVALID_FILE)


def _as_text(found: "dict[Path, list[Fault]]") -> None:
    for path, faults in found.items():
        show_faults(faults)
        click.echo(f"{path}: {_verdict(faults)}")


def _verdict(faults: "Sequence[Fault]") -> str:
    counts = {word: sum(fault.severity == word for fault in faults) for word in ("error", "warning")}
    return ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for word, n in counts.items() if n) or "ok"


def _as_json(found: "dict[Path, list[Fault]]") -> None:
    import json
    from dataclasses import asdict

    from simulator.scenario.faults import errors

    files = [
        {"path": str(path), "valid": not errors(faults), "faults": [asdict(fault) for fault in faults]}
        for path, faults in found.items()
    ]
    click.echo(json.dumps({"files": files}, indent=2))


def _as_github(found: "dict[Path, list[Fault]]") -> None:
    for path, faults in found.items():
        for fault in faults:
            place = f"file={_escaped(str(path))},line={max(fault.line, 1)},col={max(fault.column, 1)}"
            text = f"{fault.field}: {fault.text}" if fault.field else fault.text
            click.echo(f"::{fault.severity} {place}::{_escaped(text)}")


def _escaped(text: str) -> str:
    """As GitHub's workflow commands want it."""
    for letter, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(letter, code)
    return text


# --- schema, explain ----------------------------------------------------------------------------------------------


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for an editor's completion and checks."""
    from simulator.scenario.schema import schema_text

    click.echo(schema_text(), nl=False)


def _complete_field(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from simulator.scenario.explain import all_fields

    names = {each.path: each.text for each in all_fields()}
    short = {path.rpartition(".")[2]: text for path, text in names.items()}
    return [CompletionItem(name, help=text) for name, text in {**short, **names}.items() if name.startswith(incomplete)]


@click.command()
@click.argument("field", shell_complete=_complete_field)
def explain(field: str) -> None:
    """Say what FIELD means: its unit, default, limits, and AWS's own; such as batch_size or polling.interval."""
    from simulator.scenario.explain import UnknownFieldError
    from simulator.scenario.explain import explain as explained

    try:
        click.echo("\n\n".join(str(each) for each in explained(field)))
    except UnknownFieldError as error:
        raise click.UsageError(str(error)) from None
