"""A page's plans and figures are those of the command line with the settings that the page copies."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from simulator import Scenario, load
from simulator.report.what_if.content import refusal
from tests.page.folders import scenario_text

from .cases import Answer, Case, answers, changed, differences, expected_figures, expected_plan, moves, random_cases

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CASES = 200
SCENARIOS = Path(__file__).parents[2] / "scenarios"
Answered = list[tuple[Case, Answer]]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """An empty page without a way out to any network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def answered(blank: Page) -> Answered:
    """Random scenarios with random settings, and what the page makes of them; without those that it refuses."""
    cases = random_cases(CASES, 0)
    assert len(cases) == CASES
    found = [(case, answer) for case, answer in zip(cases, answers(blank, cases), strict=True) if not answer.problem]
    assert len(found) > 0.9 * CASES
    return found


def test_the_plans_of_random_scenarios_and_settings_are_those_of_the_command_line_byte_for_byte(
    answered: Answered,
) -> None:
    assert sum(bool(answer.sets) for _, answer in answered) > CASES / 2
    for case, answer in answered:
        assert answer.plan == expected_plan(changed(case, answer.sets)), (case.scenario, answer.sets)


def test_random_settings_move_all_that_changes_shards(answered: Answered) -> None:
    """Requests, rules, on-demand mode, and back to none of them: so that it shows in the run."""
    found = Counter(kind for case, answer in answered for kind in reshaping(case.scenario, changed(case, answer.sets)))
    assert all(found[kind] >= LEAST_OF_A_KIND for kind in KINDS), found


def reshaping(before: Scenario, after: Scenario) -> Iterator[str]:
    """What of a scenario's ways to change shards is another one."""
    for old, new in zip(before.streams.values(), after.streams.values(), strict=True):
        provisioned = "provisioned" in (old.mode, new.mode)
        kinds = {
            "mode": old.mode != new.mode,
            "another request": len(new.resharding) >= len(old.resharding) > 0 and new.resharding != old.resharding,
            "a request more": len(new.resharding) > len(old.resharding),
            "a request less": provisioned and len(new.resharding) < len(old.resharding),
            "another rule": bool(old.scaling and new.scaling) and old.scaling != new.scaling,
            "a rule more": bool(new.scaling and not old.scaling),
            "growth": new.mode == "on_demand" and old.on_demand != new.on_demand,
        }
        yield from (kind for kind, is_so in kinds.items() if is_so)


KINDS = ("mode", "another request", "a request more", "a request less", "another rule", "a rule more", "growth")
LEAST_OF_A_KIND = 3


def test_the_figures_of_random_scenarios_and_settings_are_those_of_the_command_line(answered: Answered) -> None:
    for case, answer in answered:
        theirs = expected_figures(changed(case, answer.sets))
        assert list(differences(answer.figures, theirs)) == [], (case.scenario, answer.sets)


def test_the_plans_of_shipped_scenarios_with_random_settings_are_those_of_the_command_line(blank: Page) -> None:
    """With traces, weights of keys, waves, and shards that change."""
    shipped = [each for each in map(load, sorted(SCENARIOS.glob("*.yaml"))) if not refusal(each)]
    cases = [Case(each, moves(each, Random(i))) for i in range(3) for each in shipped]
    for case, answer in zip(cases, answers(blank, cases, runs=False), strict=True):
        assert answer.plan == expected_plan(changed(case, answer.sets)), (case.scenario, answer.sets)


@pytest.mark.parametrize(
    "per_batch", ["80ms", "{exponential: {mean: 80ms}}", "{lognormal: {median: 80ms, p99: 200ms}}"]
)
def test_memory_changes_how_long_a_function_works_as_on_the_command_line(per_batch: str, blank: Page) -> None:
    by_memory = (
        "{128MiB: 2.1s, 256MiB: 1s, 512MiB: 600ms, 1024MiB: 410ms}, duration_measured_at: 256MiB, memory: 256MiB"
    )
    function = f"enrich: {{duration: {{per_batch: {per_batch}}}, duration_by_memory: {by_memory}}}"
    text = re.sub(r"enrich:\n.*failures: \[\]", function, scenario_text(rate="20/s"), flags=re.DOTALL)
    scenario = load(text)
    knobs = {knob["id"]: knob["steps"] for knob in Case(scenario, {}).content()["knobs"]}
    cases = [Case(scenario, {"functions.enrich.memory": i}) for i in range(len(knobs["functions.enrich.memory"]))]
    if times := knobs.get("functions.enrich.duration"):
        cases += [Case(scenario, {**case.moves, "functions.enrich.duration": len(times) - 2}) for case in cases]
    for case, answer in zip(cases, answers(blank, cases), strict=True):
        now = changed(case, answer.sets)
        assert answer.plan == expected_plan(now), answer.sets
        assert list(differences(answer.figures, expected_figures(now))) == [], answer.sets


def test_the_shortened_traffic_that_is_answered_first_is_a_run_of_that_duration(blank: Page) -> None:
    scenario = load(scenario_text(failures="{kind: outage, from: 10s, to: 15s}"))
    content = Case(scenario, {}).content()
    assert len(list(answers(blank, [Case(scenario, {})]))) == 1  # the scripts are there
    said = blank.evaluate(
        """(content) => {
            prepare({ kernel: bytesOf(KERNEL), content });
            return JSON.stringify(simulated({ moves: {}, duration_s: 20 }, () => {}));
        }""",
        content,
    )
    theirs = expected_figures(load(scenario_text(failures="{kind: outage, from: 10s, to: 15s}"), {"duration": "20s"}))
    assert list(differences(json.loads(said), theirs)) == []


def test_a_difference_between_figures_is_found(answered: Answered) -> None:
    case, answer = answered[0]
    theirs = expected_figures(changed(case, answer.sets))
    theirs["bill"]["usd_per_month"] += 0.01
    assert any(found.startswith(".bill.usd_per_month") for found in differences(answer.figures, theirs))


def test_a_run_that_takes_more_memory_than_it_may_is_told_and_not_cut_short(blank: Page, answered: Answered) -> None:
    case, _ = answered[0]
    said = blank.evaluate(
        """(content) => {
            prepare({ kernel: bytesOf(KERNEL), content });
            const recipe = changed(own.recipe, own.knobs, {});
            try {
                measure(own.module, recipe, plan(recipe, recipe.tables), 1 << 16);
            } catch (error) {
                return error instanceof TooLarge;
            }
        }""",
        case.content(),
    )
    assert said is True
