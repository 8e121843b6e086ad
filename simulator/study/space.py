"""What a search may try: its dimensions, and the columns of settings that they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.scenario.spec import Scenario
from simulator.study.estimate import Estimate, estimates
from simulator.study.evaluate import Evaluator
from simulator.study.search import Column
from simulator.study.settings import Dimension, Setting, combinations, dimension, shard_dimensions, shards_of, varied

WIDEST: Final = 4  # times the shards that the estimate asks for: as far as is searched when nobody says how far


def asked(scenario: Scenario, shards: Sequence[str], vary: Sequence[str]) -> list[Dimension]:
    """What to search: the shards, then other fields, by `--shards` and `--vary`, else by the scenario's `search:`.

    Raises SettingsError.
    """
    return searched(scenario, shard_dimensions(shards, list(scenario.streams)), [varied(text) for text in vary])


def searched(
    scenario: Scenario, shards: Sequence[Dimension] | None, vary: Sequence[Dimension] | None
) -> list[Dimension]:
    """The shards, then other fields: those given, else the scenario's own; without any shards a wide range of them."""
    search = scenario.search
    counts = shards or (shards_of(search.shards, list(scenario.streams)) if search.shards else [wide_enough(scenario)])
    return [*counts, *(vary or [dimension(path, values) for path, values in search.vary.items()])]


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
    return Column(tuple(settings), guess)


def needed(asked: Sequence[Estimate]) -> float:
    """The shards that every limit of every mapping asks for at the peak; limits that no number satisfies aside."""
    finite = [need.at_peak for each in asked for need in each.needs if math.isfinite(need.at_peak)]
    return max(finite, default=1.0)


def wide_enough(scenario: Scenario) -> Dimension:
    """The shards to search when nobody says which: from 1 to four times those of today or of the estimate."""
    most = WIDEST * max(needed(estimates(scenario)), *(stream.shards for stream in scenario.streams.values()))
    paths = tuple(f"streams.{name}.shards" for name in scenario.streams)
    return Dimension(paths, tuple(str(n) for n in range(1, int(min(most, 10_000)) + 1)))
