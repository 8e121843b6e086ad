"""Random scenarios with random settings of what a reader may move, and what the page's scripts make of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from simulator import Scenario, ScenarioError, load
from simulator.kernel.plan import plan
from simulator.measures.run import measuring, simulate
from simulator.measures.run_times import run_times
from simulator.report.what_if.content import content
from simulator.report.what_if.scripts import worker
from simulator.traffic.nanoseconds import NS
from tests.kernel.random_scenarios import random_scenarios

if TYPE_CHECKING:
    from playwright.sync_api import Page

Json = dict[str, Any]
MOST_MOVED: Final = 5
KERNEL: Final = (files("simulator.kernel") / "kernel.wasm").read_bytes()
RUN: Final = """([content, moves, runs]) => {
    prepare({ kernel: bytesOf(KERNEL), content });
    const recipe = changed(own.recipe, own.knobs, moves), words = plan(recipe, recipe.tables);
    let letters = "";
    for (let i = 0; i < words.length; i += 8192) letters += String.fromCharCode(...words.subarray(i, i + 8192));
    const problem = problemOf(recipe);
    return { problem, sets: setsOf(own.recipe, own.knobs, moves), plan: btoa(letters),
        figures: problem || !runs ? "" : JSON.stringify(simulated({ moves }, () => {})) };
}"""


@dataclass(frozen=True)
class Case:
    """A scenario, and by the knobs' names the numbers of steps that they are moved to."""

    scenario: Scenario
    moves: dict[str, int]

    def content(self) -> Json:
        """What a page holds of it."""
        return content(self.scenario, self.scenario.seed, 0)


@dataclass(frozen=True)
class Answer:
    """What the page makes of a case: a problem in words, the overrides that it copies, its plan and its figures."""

    problem: str
    sets: list[tuple[str, str]]
    plan: bytes
    figures: Json


def random_cases(n: int, seed_: int) -> list[Case]:
    """So many random scenarios with random settings."""
    found: list[Case] = []

    @seed(seed_)
    @settings(
        deadline=None, database=None, max_examples=2 * n, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(made=random_scenarios())
    def gather(made: Json) -> None:
        if len(found) < n and (scenario := _valid(made)):
            found.append(Case(scenario, moves(scenario, Random(len(found)))))

    gather()
    return found


def moves(scenario: Scenario, random: Random) -> dict[str, int]:
    """Some knobs, each moved to any of its steps."""
    knobs = content(scenario, scenario.seed, 0)["knobs"]
    some = random.sample(knobs, random.randint(0, min(MOST_MOVED, len(knobs))))
    return {knob["id"]: random.randrange(len(knob["steps"])) for knob in some}


def answers(page: Page, cases: Sequence[Case], runs: bool = True) -> Iterator[Answer]:
    """What the scripts make of cases, in a page; `runs`: they are simulated, too."""
    if page.evaluate("typeof KERNEL === 'undefined'"):
        page.add_script_tag(content=f"{worker()}\nconst KERNEL = '{base64.b64encode(KERNEL).decode()}';")
    for case in cases:
        said = page.evaluate(RUN, [case.content(), case.moves, runs])
        sets = [(path, text) for path, text in said["sets"]]
        yield Answer(said["problem"], sets, base64.b64decode(said["plan"]), json.loads(said["figures"] or "{}"))


def expected_plan(scenario: Scenario) -> bytes:
    """The plan as the command line makes it."""
    return plan(scenario, scenario.seed, 0, measuring(scenario, run_times(scenario)))


def expected_figures(scenario: Scenario) -> Json:
    """The summary as `run --json` prints it, and the lag of each row of the time series."""
    run = simulate(scenario, engine="kernel")
    found: Json = json.loads(json.dumps(run.summary()))
    return {**found, "lag_s": {m.name: (m.measures.lag.peaks_ns(run.rows) / NS).tolist() for m in run.mappings}}


def changed(case: Case, sets: list[tuple[str, str]]) -> Scenario:
    """The scenario with the overrides that the page copies."""
    return case.scenario.with_(sets)


def _valid(made: Json) -> Scenario | None:
    try:
        return load(made)
    except ScenarioError:
        return None


def differences(mine: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Where figures of a page are not those of a summary."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for name in mine.keys() | theirs.keys() - LEFT_OUT:
            if name in mine:
                yield from differences(mine[name], theirs.get(name), f"{path}.{name}")
            else:
                yield f"{path}.{name}: is missing"
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for i, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            yield from differences(one, other, f"{path}[{i}]")
    elif isinstance(mine, float) and isinstance(theirs, float | int):
        if abs(mine - theirs) > ROUNDING * abs(theirs):
            yield f"{path}: {mine} instead of {theirs}"
    elif mine != theirs:
        yield f"{path}: {mine} instead of {theirs}"


ROUNDING: Final = 1e-13  # Python's sum of floats is compensated from 3.12 on
LEFT_OUT: Final = frozenset(
    {"price_sheet", "price_sheet_collected", "usd_per_million_records", "on_demand_usd_per_month", "on_demand_items",
     "latency_parts_mean_s", "backlog", "episodes", "get_records", "stream", "function", "scenario", "seed",
     "replication", "start_time", "readers", "shards", "sustained_records_per_s", "open_shards_at_end",
     "reshardings_done", "reshardings_refused", "concurrency_mean"}
)  # fmt: skip
