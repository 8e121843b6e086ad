"""`--what-if`, of all commands that write a page of a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

HELP = "The page can simulate: with other settings, in the browser, offline."


def what_if_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option, as `what_if`."""
    return click.option("--what-if", is_flag=True, help=HELP)(command)
