"""What a search may try: its dimensions, and the columns of settings that they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from simulator.scenario.objectives import ROOM
from simulator.scenario.spec import Scenario
from simulator.study.estimate import Estimate, estimates
from simulator.study.evaluate import Evaluator
from simulator.study.ruled_out import endless_batches, too_few
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
    return [_column(evaluator.scenario(settings[i]), settings[i::rest], counts) for i in range(rest)]


def _column(scenario: Scenario, settings: Sequence[Setting], counts: Dimension) -> Column:
    """Where to begin, and how many of the first settings surely are too few; the last is always tried."""
    load = scenario.objectives.headroom or ROOM
    asked = load * needed(estimates(scenario))
    guess = next((i for i, n in enumerate(counts.values) if int(n) >= asked), len(settings) - 1)
    least = too_few(scenario, {path.split(".")[1] for path in counts.paths}, load)
    hopeless = min(sum(int(n) < least for n in counts.values), len(settings) - 1)
    return Column(tuple(settings), guess, hopeless, endless_batches(scenario))


def needed(asked: Sequence[Estimate]) -> float:
    """The shards that every limit of every mapping asks for at the peak; limits that no number satisfies aside."""
    finite = [need.at_peak for each in asked for need in each.needs if math.isfinite(need.at_peak)]
    return max(finite, default=1.0)


def wide_enough(scenario: Scenario) -> Dimension:
    """The shards to search when nobody says which: from 1 to four times those of today or of the estimate."""
    most = WIDEST * max(needed(estimates(scenario)), *(stream.shards for stream in scenario.streams.values()))
    paths = tuple(f"streams.{name}.shards" for name in scenario.streams)
    return Dimension(paths, tuple(str(n) for n in range(1, int(min(most, 10_000)) + 1)))
