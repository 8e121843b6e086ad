"""`--what-if`, of all commands that write a page of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from simulator.scenario.spec import Scenario

HELP = "The page can simulate: with other settings, in the browser, offline."


def what_if_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option, as `what_if`."""
    return click.option("--what-if", is_flag=True, help=HELP)(command)


def check_simulating(scenarios: Iterable[Scenario]) -> None:
    """Raise UsageError for a scenario that no page can simulate, before anything is done."""
    from simulator.report.what_if.content import refusal

    for scenario in scenarios:
        if why := refusal(scenario):
            raise click.UsageError(f"{scenario.name}: {why}")
