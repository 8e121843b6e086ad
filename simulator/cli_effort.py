"""What is asked of long runs before they start: a line on stderr, --long, or enough memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from simulator.cli_exit import USAGE

if TYPE_CHECKING:
    from simulator.scenario.spec import Scenario
    from simulator.study.effort.estimate import Work

WARNED_S: Final = 60.0
LONG_S: Final = 3600.0
YEAR_S: Final = 365 * 86_400.0

long_option = click.option("--long", is_flag=True, help="Also simulate what takes more than an hour.")


class TooMuchError(click.ClickException):
    """More than can, or should unasked, be simulated: one line on stderr and exit code 2."""

    exit_code = USAGE

    def show(self, file: Any = None) -> None:
        """Print what it takes, and what to change."""
        click.echo(f"error: {self.message}", err=True)


def permit(work: Work, what: Path | str, long: bool, quiet: bool) -> None:
    """Warn of a minute, refuse an hour without `long`, and in any case what does not fit into memory.

    Raises TooMuchError.
    """
    from simulator.model.memory import most_bytes

    if work.bytes > most_bytes():
        raise TooMuchError(f"{what}: {_memory_told(work, most_bytes())}. Try {work.largest.less}")
    if work.wall_s > LONG_S and not long:
        raise TooMuchError(f"{what}: {_time_told(work)}. Try {work.longest.less}; --long simulates it all the same")
    if work.wall_s > WARNED_S and not quiet:
        click.echo(f"{what}: {_time_told(work)}", err=True)


def permit_settling(scenario: Scenario, what: Path, long: bool) -> None:
    """The same of the run in which `warmup: auto` is found, before anything else of a study. Raises TooMuchError."""
    from simulator.study.effort.estimate import work_of

    if scenario.warmup == "auto":
        permit(work_of([scenario], 1), what, long, quiet=True)


def _time_told(work: Work) -> str:
    """How long it takes, and what with."""
    from simulator.report.numbers import many, seconds

    runs, most = len(work.efforts), work.longest
    span = seconds(work.wall_s) if work.wall_s < 2 * YEAR_S else f"{many(work.wall_s / YEAR_S)} years"
    takes = f"{runs:,} runs take" if runs > 1 else "takes"
    return f"{takes} about {span}, most of it for {many(most.count)} {most.what}"


def _memory_told(work: Work, allowed: int) -> str:
    """How much memory it takes, and what for."""
    from simulator.report.numbers import many, size

    most = work.largest
    takes = f"takes at least {size(work.bytes)} of memory, most of it for {many(most.waiting)} {most.what} at once"
    return f"{takes}; half of the machine's, {size(allowed)}, is the limit"
