"""A page that simulates a scenario, and holds no result of its own."""

from __future__ import annotations

from simulator.report.numbers import seconds
from simulator.report.page import fine_print
from simulator.report.page.view import Page, Verdict, printable, some
from simulator.report.what_if.packed import packed
from simulator.scenario.dumping import dump
from simulator.scenario.spec import Scenario


def explore_page(scenario: Scenario, seed: int | None = None) -> Page:
    """The page of a scenario; `seed`: instead of the scenario's."""
    drawn = scenario.seed if seed is None else seed
    page = Page(
        kind="explore",
        name=scenario.name,
        title=f"What if: {scenario.name}",
        description=scenario.description,
        about=f"Runs of {seconds(scenario.duration)} of traffic, seed {drawn}, simulated in this page.",
        verdict=Verdict("to be tried", "plain", (NEEDS,)),
        tiles=(),
        sections=some(fine_print.scenario(dump(scenario, ".")), fine_print.definitions()),
        what_if=packed(scenario, seed),
    )
    return printable(page)


NEEDS = (
    "This page simulates the scenario in the browser, as it is and with other settings: it needs scripts and "
    "WebAssembly, and no network."
)
