"""Tables of studies on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Collection

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.report.comparison_console import WIDTH


def console() -> Console:
    """What studies print on: as wide as the terminal, or wide enough for tables where there is none."""
    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH)


def grid(*headings: str, words: Collection[str]) -> Table:
    """A table of numbers; the columns with these headings hold words."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, justify="left" if heading in words else "right", overflow="fold")
    return table


def show(on: Console, title: str, table: RenderableType, note: str = "") -> None:
    """A table below its title, with a note below it."""
    on.print()
    on.print(Text(title, style="bold"), soft_wrap=True)
    on.print(table)
    if note:
        on.print(Text(note, style="dim"), soft_wrap=True)
