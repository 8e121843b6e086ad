"""What is said on a terminal, and on what is none."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from rich.console import Console

from simulator.report import console
from simulator.report.figures_table import Figures, fitting
from simulator.study import figures as study

from .conftest import Simulated

COLOURS = ("\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 80 columns; `with both_to(terminal)` makes it the place of both outputs."""
    for name, value in {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Terminal()


@contextmanager
def both_to(file: io.StringIO) -> Iterator[None]:
    with redirect_stdout(file), redirect_stderr(file):
        yield


def told(simulated: Simulated, file: io.StringIO, *names: str, folder: str = "out") -> str:
    """What is said of a run with some mappings."""
    result = simulated(names=names or ("reader",))
    with both_to(file):
        console.tell(result, [study.figures(result)], Path(folder))
    return file.getvalue()


def progressed(file: io.StringIO, title: str, shown: bool = True) -> str:
    """What is shown of a run that is half done."""
    with both_to(file), console.progress(title, shown) as show:
        show(0.5)
    return file.getvalue()


def figures(*mappings: str, text: str = "19 min 43 s") -> Figures:
    headings = [
        ("verdict", ""),
        *((group, of) for group in ("latency", "iterator age") for of in ("p50", "p99", "max")),
    ]
    return {name: dict.fromkeys(headings, text) for name in mappings}


def lines(table: Figures, width: int) -> list[str]:
    screen = Console(width=width, file=io.StringIO(), color_system=None)
    screen.print(fitting(table, screen))
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


# --- the table ------------------------------------------------------------------------------------------------------


def test_each_mapping_has_a_row_where_there_is_room() -> None:
    heading, row = lines(figures("orders"), 150)
    assert re.sub(" +", " ", heading) == "mapping verdict latency p50 p99 max iterator age p50 p99 max"
    assert row == "orders   " + "  ".join(["19 min 43 s"] * 4 + ["     19 min 43 s"] + ["19 min 43 s"] * 2)


def test_each_mapping_has_a_column_where_rows_would_not_fit() -> None:
    assert lines(figures("orders", "payments"), 80) == [
        "mapping                orders     payments",
        "verdict           19 min 43 s  19 min 43 s",
        "latency p50       19 min 43 s  19 min 43 s",
        "latency p99       19 min 43 s  19 min 43 s",
        "latency max       19 min 43 s  19 min 43 s",
        "iterator age p50  19 min 43 s  19 min 43 s",
        "iterator age p99  19 min 43 s  19 min 43 s",
        "iterator age max  19 min 43 s  19 min 43 s",
    ]


@pytest.mark.parametrize(("mappings", "shown"), [(3, 3), (4, 4), (5, 4), (50, 4)])
def test_no_more_columns_than_fit_are_shown(mappings: int, shown: int) -> None:
    table = lines(figures(*(f"mapping-{i}" for i in range(mappings))), 70)
    assert max(map(len, table)) <= 70
    assert table[0].startswith("mapping" if shown == mappings else f"4 of {mappings} mappings")
    assert table[0].count("mapping-") == shown


def test_a_long_name_is_cut_and_no_figure_is() -> None:
    table = lines(figures("m" * 128), 60)
    assert max(map(len, table)) <= 60
    assert all(line.endswith("19 min 43 s") for line in table[1:])


# --- terminals ------------------------------------------------------------------------------------------------------


def test_at_most_20_lines_are_told_in_a_narrow_terminal(simulated: Simulated, terminal: Terminal) -> None:
    text = told(simulated, terminal, *(f"reader-{i}" for i in range(12)))
    assert len(text.splitlines()) <= 20
    assert "of 12 mappings" in text


def test_the_verdict_is_coloured_on_a_terminal_only(simulated: Simulated, terminal: Terminal) -> None:
    assert "\x1b[1;32mstable" in told(simulated, terminal)
    elsewhere = told(simulated, io.StringIO())
    assert "small: stable" in elsewhere
    assert "\x1b" not in elsewhere


def test_no_color_is_honoured(simulated: Simulated, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = told(simulated, terminal)
    assert "stable" in text
    assert not any(colour in text for colour in COLOURS)


def test_what_a_user_has_written_is_shown_as_it_is(simulated: Simulated, terminal: Terminal) -> None:
    text = told(simulated, terminal, "'[red]:boom:'", folder="[bold]out")
    assert "[red]:boom:" in text
    assert "[bold]out" in text


def test_progress_is_shown_on_a_terminal_once_it_has_taken_a_while(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "quick" not in progressed(terminal, "quick")
    monkeypatch.setattr(console, "PATIENCE_S", -1)
    text = progressed(terminal, "s[l]ow")
    assert "s[l]ow" in text
    assert " 50%" in text


def test_progress_is_not_shown_elsewhere_or_when_it_is_not_wanted(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "PATIENCE_S", -1)
    assert progressed(io.StringIO(), "slow") == ""
    assert progressed(terminal, "slow", shown=False) == ""
