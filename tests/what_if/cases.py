"""Random scenarios with random settings of what a reader may move, and what the page's scripts make of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from simulator import Scenario, ScenarioError, load
from simulator.kernel.plan import plan
from simulator.measures.run import measuring, simulate
from simulator.measures.run_times import run_times
from simulator.measures.stream import StreamMeasures
from simulator.report.what_if.content import content
from simulator.report.what_if.scripts import worker
from simulator.scenario.spec import Stream
from simulator.traffic.nanoseconds import NS
from tests.kernel.random_scenarios import random_scenarios

if TYPE_CHECKING:
    from playwright.sync_api import Page

Json = dict[str, Any]
MOST_MOVED: Final = 6
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
    """Some knobs, each moved to any of its steps, with others where it would have no effect without.

    A rule has many knobs: of each part of the recipe at most one is taken first. Where shards change, one of those
    that say how is among them.
    """
    knobs = {knob["id"]: knob for knob in content(scenario, scenario.seed, 0)["knobs"]}
    parts: dict[Any, list[str]] = {}
    for name, knob in knobs.items():
        parts.setdefault(tuple(knob["path"][:3]), []).append(name)
    some = random.sample(sorted(parts), random.randint(0, min(MOST_MOVED, len(parts))))
    some += [("streams", i, part) for i, stream in enumerate(scenario.streams.values()) for part in _changing(stream)]
    found: dict[str, int] = {}
    for part in some:
        name = random.choice(parts[part])
        found[name] = random.randrange(len(knobs[name]["steps"]))
        needed(knobs, name, found, random)
    return found


def _changing(stream: Stream) -> Iterator[str]:
    """What changes the shards of a stream, as a recipe calls it."""
    there = {"requests": stream.resharding, "rule": stream.scaling, "growth": stream.mode == "on_demand"}
    yield from (part for part, is_there in there.items() if is_there)


def needed(knobs: dict[str, Json], name: str, found: dict[str, int], random: Random) -> None:
    """Move what a knob has an effect with only, and what that has one with."""
    for other, without in knobs[name]["needs"][:1]:
        if other in knobs and other not in found:
            steps = knobs[other]["steps"]
            found[other] = random.choice([i for i, step in enumerate(steps) if step["value"] != without])
        if other in knobs:
            needed(knobs, other, found, random)


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
    """The summary as `run --json` prints it, the lag of each row of the time series, and the shards that were open."""
    run = simulate(scenario, engine="kernel")
    found: Json = json.loads(json.dumps(run.summary()))
    for name, stream in scenario.streams.items():
        if stream.changes:
            found["streams"][name]["open_shards"] = open_shards(run.measures.streams[name], run.end_ns)
    return {**found, "lag_s": {m.name: (m.measures.lag.peaks_ns(run.rows) / NS).tolist() for m in run.mappings}}


def open_shards(stream: StreamMeasures, end_ns: int) -> list[list[float]]:
    """From when on a stream has how many open shards."""
    times_ns = sorted(
        {t for span in stream.spans for t in (max(0, span.opens_ns), span.closes_ns) if t <= end_ns} | {0}
    )
    open_ = stream.open_shards(np.array(times_ns)).tolist()
    return [[time_ns / NS, n] for time_ns, n in zip(times_ns, open_, strict=True)]


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
     "latency_parts_mean_s", "backlog", "episodes", "get_records", "function", "scenario", "seed",
     "replication", "start_time", "readers", "sustained_records_per_s", "concurrency_mean"}
)  # fmt: skip
