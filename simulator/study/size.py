"""The right size: the cheapest setting that meets a scenario's objectives, what breaks below it, and its headroom."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from simulator.scenario.objectives import Objectives
from simulator.scenario.scaling import scaled_traffic
from simulator.scenario.spec import Scenario
from simulator.study.estimate import Estimate, estimates
from simulator.study.evaluate import Evaluator
from simulator.study.floor import floor_usd_per_month
from simulator.study.headroom import Headroom, headroom
from simulator.study.objectives import Assessment, assess, given
from simulator.study.racing import Trial, race, trial
from simulator.study.search import Column, Search, search
from simulator.study.settings import (
    Dimension,
    Setting,
    SettingsError,
    combinations,
    dimension,
    shard_dimensions,
    shards_of,
    varied,
)

EXAMPLE: Final = """objectives:
  iterator_age_p99: 2s      # or latency_p99, latency_max, recovery_time ...
  records_lost: 0"""
WIDEST: Final = 4  # times the shards that the estimate asks for: as far as is searched when nobody says how far


@dataclass(frozen=True)
class Sizing:
    """The answer to `which size`, and all that goes with it."""

    name: str  # the scenario's
    objectives: Objectives
    search: Search
    dimensions: tuple[Dimension, ...]  # that were searched, shards first
    headroom: Headroom | None  # of the answer
    estimates: tuple[Estimate, ...]  # of the answer's scenario, or of today's
    at_estimate: Trial | None  # the answer's setting with the shards that the estimate asks for, if it was tried
    replications: int

    @property
    def answer(self) -> Trial | None:
        """The cheapest setting that meets the objectives; None when none does."""
        return self.search.answer

    def shards(self, trial: Trial) -> int:
        """The shards of a setting that was tried, of the streams whose shards are searched."""
        return int(dict(trial.setting.overrides)[self.dimensions[0].paths[0]])

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Of the answer, all objectives: also the cost, which the search does not go by."""
        return () if self.answer is None else (*assess(self.objectives, self.answer.runs), *_kept_up(self.answer))


def sized(evaluator: Evaluator, dimensions: Sequence[Dimension], replications: int) -> Sizing:
    """Find the cheapest setting within the dimensions, of which the first is the shards.

    Raises SettingsError without objectives, ScenarioError for values that do not fit.
    """
    scenario = evaluator.source.scenario()
    require_objectives(scenario)
    objectives = scenario.objectives
    served = replace(objectives, cost_per_month=None)  # the cheapest is looked for anyway

    def judge(settings: Sequence[Setting]) -> list[Trial]:
        return race(evaluator, settings, served, replications)

    def confirm(settings: Sequence[Setting]) -> list[Trial]:
        runs = evaluator(settings, replications)
        return [trial(each, runs[each], served) for each in settings]

    found = search(columns(evaluator, dimensions), judge, confirm, _floor(evaluator))
    size = evaluator.scenario(found.answer.setting) if found.answer else scenario
    asked = tuple(estimates(size))
    return Sizing(
        name=scenario.name,
        objectives=objectives,
        search=found,
        dimensions=tuple(dimensions),
        headroom=None if found.answer is None else headroom(_load(evaluator, found.answer.setting, judge)),
        estimates=asked,
        at_estimate=_at_estimate(found, dimensions[0], needed(asked)),
        replications=replications,
    )


def require_objectives(scenario: Scenario) -> None:
    """Raise SettingsError, with an example, for a scenario that does not say what is good enough."""
    if not given(scenario.objectives):
        text = f"{scenario.name} does not say what is good enough; add to the scenario, for example:"
        raise SettingsError(f"{text}\n\n{EXAMPLE}\n")


def asked(scenario: Scenario, shards: Sequence[str], vary: Sequence[str]) -> list[Dimension]:
    """What to search: the shards, then other fields, by `--shards` and `--vary`, else by the scenario's `search:`.

    Raises SettingsError.
    """
    streams, search = list(scenario.streams), scenario.search
    counts = shard_dimensions(shards, streams) or (shards_of(search.shards, streams) if search.shards else [])
    others = [varied(text) for text in vary] or [dimension(path, values) for path, values in search.vary.items()]
    return [*(counts or [wide_enough(scenario)]), *others]


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


def _floor(evaluator: Evaluator) -> Callable[[Setting], float]:
    known: dict[Setting, float] = {}

    def floor(setting: Setting) -> float:
        if setting not in known:
            known[setting] = floor_usd_per_month(evaluator.scenario(setting))
        return known[setting]

    return floor


def _load(
    evaluator: Evaluator, setting: Setting, judge: Callable[[Sequence[Setting]], list[Trial]]
) -> Callable[[float], Trial]:
    scenario = evaluator.scenario(setting)

    def load(factor: float) -> Trial:
        return judge([Setting((*setting.overrides, *scaled_traffic(scenario, factor)))])[0]

    return load


def _at_estimate(found: Search, shards: Dimension, asked: float) -> Trial | None:
    """The trial that differs from the answer in the shards alone, and has those of the estimate."""
    if found.answer is None:
        return None
    rest = _without(found.answer.setting, shards)
    for each in found.trials:
        values = dict(each.setting.overrides)
        if _without(each.setting, shards) == rest and float(values[shards.paths[0]]) == asked:
            return each
    return None


def _without(setting: Setting, shards: Dimension) -> tuple[tuple[str, str], ...]:
    return tuple((path, value) for path, value in setting.overrides if path not in shards.paths)


def _kept_up(answer: Trial) -> tuple[Assessment, ...]:
    return tuple(each for each in answer.assessments if each.objective == "keeps up")
