"""What a search may try: its dimensions, and the columns of settings that they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.scenario.spec import Scenario
from simulator.study.demand import demand
from simulator.study.estimate import Estimate, estimates
from simulator.study.evaluate import Evaluator
from simulator.study.search import Column
from simulator.study.settings import (
    MOST_SETTINGS,
    Dimension,
    Setting,
    combinations,
    in_full,
    shard_dimensions,
    shards_of,
    varied,
    varied_by,
)

KNOBS: Final = {"parallelization_factor": (1, 2, 5, 10), "batch_size": (100, 200, 500, 1000)}  # of every mapping
WRITING: Final = ("write records", "write bytes")
STEADY: Final = 1.1  # of traffic that stays as it is: its peak, times the mean
SURELY: Final = 1.05  # times the shards' limit: what asks for more than that falls back by a twentieth of the time
WIDEST: Final = 4  # times the shards that the estimate asks for: as far as is searched when nobody says how far


def asked(scenario: Scenario, shards: Sequence[str], vary: Sequence[str]) -> list[Dimension]:
    """What to search: the shards, then other fields, by `--shards` and `--vary`, else as `searched` says.

    Raises SettingsError.
    """
    others = in_full(scenario, [varied(text) for text in vary]) if vary else None
    return searched(scenario, shard_dimensions(shards, list(scenario.streams)), others)


def searched(
    scenario: Scenario, shards: Sequence[Dimension] | None, vary: Sequence[Dimension] | None
) -> list[Dimension]:
    """The shards, then other fields: those given, else the scenario's, else a wide range of shards and the KNOBS."""
    search = scenario.search
    nobody_says = not shards and not search.shards
    counts = shards or (shards_of(search.shards, list(scenario.streams)) if search.shards else [wide_enough(scenario)])
    if vary is None:
        vary = varied_by(scenario, search.vary) or (_knobs(scenario, counts) if nobody_says else [])
    return [*counts, *vary]


def _knobs(scenario: Scenario, counts: Sequence[Dimension]) -> list[Dimension]:
    """Parallelization factors and batch sizes, those of today too; as many of the knobs as do not make it too many."""
    found: list[Dimension] = []
    for knob, values in KNOBS.items():
        own = {getattr(mapping, knob) for mapping in scenario.event_source_mappings}
        paths = tuple(f"event_source_mappings.{n}.{knob}" for n in range(len(scenario.event_source_mappings)))
        each = Dimension(paths, tuple(map(str, sorted({*values, *own}))))
        if math.prod(len(of.values) for of in [*counts, *found, each]) <= MOST_SETTINGS:
            found.append(each)
    return found


def columns(evaluator: Evaluator, dimensions: Sequence[Dimension]) -> list[Column]:
    """The settings by all that they differ in but the shards, the shards ascending; beginning at the estimate.

    Raises SettingsError when they are too many, ScenarioError for values that do not fit.
    """
    shards, *others = dimensions
    counts = Dimension(shards.paths, tuple(sorted(shards.values, key=int)))
    settings = combinations([counts, *others])
    rest = len(settings) // len(counts.values)
    evaluator.resolve([*settings[:rest], *settings[-rest:]])
    return [_column(evaluator, settings[i::rest], counts) for i in range(rest)]


def _column(evaluator: Evaluator, settings: Sequence[Setting], counts: Dimension) -> Column:
    asked = needed(estimates(evaluator.scenario(settings[0])))
    guess = next((i for i, n in enumerate(counts.values) if int(n) >= asked), len(settings) - 1)
    return Column(tuple(settings), guess, _hopeless(evaluator.scenario(settings[0]), counts))


def _hopeless(scenario: Scenario, counts: Dimension) -> int:
    """How many of the first numbers of shards are too few for what is written: whatever else is set, none keeps up.

    Only of traffic that stays as it is: what comes and goes may be over by the end. The greatest is always tried.
    """
    asked = [demand(scenario, name) for name in scenario.streams]
    steady = all(each.peak_records_per_s <= STEADY * each.records_per_s for each in asked)
    if not (scenario.objectives.keeps_up and steady) or any(stream.changes for stream in scenario.streams.values()):
        return 0
    needs = [need.at_mean for each in estimates(scenario) for need in each.needs if need.limit in WRITING]
    least = max((each for each in needs if math.isfinite(each)), default=0.0)
    few = sum(int(n) * SURELY < least for n in counts.values)
    return min(few, len(counts.values) - 1)


def needed(asked: Sequence[Estimate]) -> float:
    """The shards that every limit of every mapping asks for at the peak; limits that no number satisfies aside."""
    finite = [need.at_peak for each in asked for need in each.needs if math.isfinite(need.at_peak)]
    return max(finite, default=1.0)


def wide_enough(scenario: Scenario) -> Dimension:
    """The shards to search when nobody says which: from 1 to four times those of today or of the estimate."""
    most = WIDEST * max(needed(estimates(scenario)), *(stream.shards for stream in scenario.streams.values()))
    paths = tuple(f"streams.{name}.shards" for name in scenario.streams)
    return Dimension(paths, tuple(str(n) for n in range(1, int(min(most, 10_000)) + 1)))
