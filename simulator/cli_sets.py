"""`--set`, of all commands that simulate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

HELP = "Change a field; checked like the file. batch_size=500 is that of all mappings."


def set_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option, as `sets`."""
    return click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help=HELP)(command)


def pairs(sets: Sequence[str]) -> list[tuple[str, str]]:
    """What it says as pairs of path and value. Raises UsageError."""
    found = [text.partition("=") for text in sets]
    for text, (path, given, _) in zip(sets, found, strict=True):
        if not (given and path.strip()):
            raise click.UsageError(f"--set {text}: write PATH=VALUE, such as batch_size=500 or streams.clicks.shards=8")
    return [(path.strip(), value) for path, _, value in found]
