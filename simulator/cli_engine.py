"""Who simulates, as it is asked for on the command line."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simulator.kernel.engines import Engine


def engine_of(asked: Engine | None) -> Engine:
    """The engine that was asked for, else the usual one; a line on stderr where the kernel cannot be had."""
    from simulator.kernel.engines import MISSING, usual

    if asked == "kernel" and not find_spec("wasmtime"):
        raise click.UsageError("--engine kernel: wasmtime is not installed; pip install wasmtime")
    if asked is None and usual() == "simpy":
        click.echo(f"note: {MISSING}", err=True)
    return asked or usual()
