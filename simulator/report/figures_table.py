"""A table of a few figures of each mapping, laid out so that it fits the terminal."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.table import Table

Heading = tuple[str, str]  # such as latency and p50, or attempts and nothing
Figures = dict[str, dict[Heading, str]]  # by mapping; all have the same headings

MOST_MAPPINGS: Final = 6
LONGEST_NAME: Final = 30  # characters of a mapping's name that are shown
ANY_WIDTH: Final = 1000


def fitting(figures: Figures, console: Console) -> Table:
    """One row a mapping; or one column a mapping, where rows would be wider than the terminal."""
    table = _rows(figures)
    needed = console.measure(table, options=console.options.update(width=ANY_WIDTH)).maximum
    return table if needed <= console.width else _columns(figures, console.width)


def _rows(figures: Figures) -> Table:
    headings, shown = _headings(figures), list(figures)[:MOST_MAPPINGS]
    groups_before = ["", *(group for group, _ in headings)]
    titles = (_title(*heading, before) for heading, before in zip(headings, groups_before, strict=False))
    table = _grid(_mappings(len(shown), len(figures)), *titles)
    for name in shown:
        table.add_row(name, *figures[name].values())
    return table


def _columns(figures: Figures, width: int) -> Table:
    shown = _that_fit(figures, width)
    table = _grid(_mappings(len(shown), len(figures)), *shown)
    for heading in _headings(figures):
        table.add_row(_title(*heading), *(figures[name][heading] for name in shown))
    return table


def _that_fit(figures: Figures, width: int) -> list[str]:
    """The first mappings, at least one, whose columns fit beside the titles."""
    shown: list[str] = []
    left = width - max(len(_title(*heading)) for heading in _headings(figures))
    for name, texts in list(figures.items())[:MOST_MAPPINGS]:
        left -= 2 + max(min(len(name), LONGEST_NAME), *map(len, texts.values()))
        if left < 0 and shown:
            break
        shown.append(name)
    return shown


def _headings(figures: Figures) -> list[Heading]:
    return list(next(iter(figures.values())))


def _title(group: str, statistic: str, group_before: str = "") -> str:
    """Of a group that goes on, the statistic alone."""
    return statistic if group == group_before else f"{group} {statistic}".strip()


def _mappings(shown: int, all_: int) -> str:
    return "mapping" if shown == all_ else f"{shown} of {all_} mappings"


def _grid(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=LONGEST_NAME)
    for title in others:
        table.add_column(
            title, justify="left" if title == "verdict" else "right", no_wrap=True, overflow="ellipsis",
            max_width=LONGEST_NAME,
        )  # fmt: skip
    return table
