"""The right size: the cheapest setting that meets a scenario's objectives, what breaks below it, and its headroom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.scenario.objectives import ROOM, Objectives
from simulator.scenario.overrides import Overrides
from simulator.scenario.spec import Scenario
from simulator.study.compare import own
from simulator.study.estimate import Estimate, estimates
from simulator.study.evaluate import Evaluator, evaluator
from simulator.study.figures import tidy_rows
from simulator.study.floor import floor_usd_per_month
from simulator.study.headroom import Headroom, headroom
from simulator.study.judging import Judge
from simulator.study.objectives import Assessment, State, assess, given, worst
from simulator.study.racing import FIRST_ROUND, Trial
from simulator.study.search import Column, Search, search
from simulator.study.settings import (
    AS_IT_IS,
    Dimension,
    Setting,
    SettingsError,
    Shards,
    require_mapping,
    shards_of,
    varied_by,
)
from simulator.study.space import columns, needed, searched

if TYPE_CHECKING:
    import pandas as pd

TRIED: Final = 3  # settings of a column, mostly
LEAST: Final = 2  # replications: one has no interval
LOADS: Final = 6  # that find the headroom
CONFIRMED: Final = 5  # with all replications: the answer, with more traffic too, what is cheaper, and two loads
EXAMPLE: Final = """objectives:
  iterator_age_p99: 2s      # or latency_p99, latency_max, recovery_time ...
  records_lost: 0"""


@dataclass(frozen=True)
class Sizing:
    """The answer to `which size`, and all that goes with it."""

    name: str  # the scenario's
    objectives: Objectives
    search: Search
    dimensions: tuple[Dimension, ...]  # that were searched, shards first
    room: float  # times the traffic at which the objectives are to hold, too
    headroom: Headroom | None  # of the answer
    estimates: tuple[Estimate, ...]  # of the answer's scenario, or of today's
    asked: float  # shards, by the estimate, where the objectives are to hold with more traffic too
    at_estimate: Trial | None  # the answer's setting with so many shards, if it was tried
    replications: int
    warmup: str = ""  # how it was found, if it was
    factor: float = 1.0  # of the scenario's traffic: what `name`, the answer and its headroom are of
    sample: int | None = None  # so many shards were simulated in place of all
    today: Setting | None = None  # the scenario as it is, if it was tried

    @property
    def answer(self) -> Trial | None:
        """The cheapest setting that meets the objectives; None when none does."""
        return self.search.answer

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a setting that was tried, replication, mapping and measure, as Comparison.replications."""
        import pandas as pd

        return pd.DataFrame(
            [
                {**t.setting.columns, "replication": run, "mapping": mapping, "measure": measure, "value": value}
                for t in self.search.trials
                for each in t.runs
                for run, mapping, _, measure, value in tidy_rows(each)
            ]
        )

    @property
    def state(self) -> State:
        """Whether the answer meets all objectives; missed without an answer."""
        return "missed" if self.answer is None else worst(each.state for each in self.assessments)

    def shards(self, trial: Trial) -> int:
        """The shards of a setting that was tried, of the streams whose shards are searched."""
        return int(dict(trial.setting.overrides)[self.dimensions[0].paths[0]])

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Of the answer, all objectives: also the cost, which the search does not go by; and the headroom asked for."""
        if self.answer is None:
            return ()
        at_load = [each for each in self.answer.assessments if each.load > 1]
        return (*assess(self.objectives, self.answer.runs), *at_load)


def size(
    scenario: str | Path | Scenario,
    shards: Shards | None = None,
    vary: Mapping[str, str | Iterable[Any]] | None = None,
    replications: int = 20,
    seed: int | None = None,
    overrides: Overrides = (),
    jobs: int = 1,
    executor: str | None = None,
    folder: str | Path | None = None,
    factor: float = 1.0,
    sample: int | None = None,
) -> Sizing:
    """Find the cheapest setting that meets a scenario's objectives, without trying all.

    shards, vary: what to search, as in `compare`; without them what the scenario's `search:` says, and without that
    from 1 shard to four times those of the estimate, with usual parallelization factors and batch sizes. replications:
    of a setting at most, at least 2. factor: so many times the scenario's traffic, of which the headroom is told then.
    sample: simulate so many shards in place of all, where that tells the same (docs/studies.md; else SampleError).
    The other arguments are those of `compare`, and so is what it
    raises; SettingsError also without objectives.
    """
    with evaluator(scenario, overrides, seed, jobs, executor, folder, factor, sample) as evaluate:
        own = evaluate.scenario(AS_IT_IS)
        counts = None if shards is None else shards_of(shards, list(own.streams))
        others = None if vary is None else varied_by(own, vary)
        return sized(evaluate, searched(own, counts, others), max(LEAST, replications), factor)


def sized(evaluator: Evaluator, dimensions: Sequence[Dimension], replications: int, factor: float = 1.0) -> Sizing:
    """Find the cheapest setting within the dimensions, of which the first is the shards.

    factor: of the traffic, which the evaluator's scenario has already. Raises SettingsError without objectives,
    ScenarioError for values that do not fit.
    """
    scenario = evaluator.source.scenario()
    require_objectives(scenario)
    require_rates(dimensions, factor)
    objectives = scenario.objectives
    judge = Judge(evaluator, replace(objectives, cost_per_month=None), objectives.headroom or ROOM, replications)
    found = search(columns(evaluator, dimensions), judge.race, judge.confirm, _floor(evaluator))
    size = found.answer.setting if found.answer else AS_IT_IS
    asked = needed(estimates(evaluator.scenario(judge.loaded(size, judge.room))))
    return Sizing(
        name=scenario.name,
        objectives=objectives,
        search=found,
        dimensions=tuple(dimensions),
        room=judge.room,
        headroom=None if found.answer is None else _headroom(judge, found.answer.setting),
        estimates=tuple(estimates(evaluator.scenario(size))),
        asked=asked,
        at_estimate=_at_estimate(found, dimensions[0], asked),
        replications=replications,
        warmup=evaluator.warmup or "",
        factor=factor,
        sample=evaluator.sample,
        today=own(evaluator, [each.setting for each in found.trials]),
    )


def require_rates(dimensions: Sequence[Dimension], factor: float) -> None:
    """Raise SettingsError when rates are searched, which would take the place of those that `factor` multiplies."""
    rates = [path for each in dimensions for path in each.paths if re.match(r"producers\..*\.rate(\.|$)", path)]
    if rates and factor != 1:
        raise SettingsError(f"--factor {factor:g}: multiplies {rates[0]}, which is varied; give one of the two")


def likely_runs(columns: Sequence[Column], replications: int) -> list[tuple[Setting, int]]:
    """About the runs that a search makes: a few settings of each column twice, an answer, and loads of it."""
    guesses = [column.settings[min(column.guess, len(column.settings) - 1)] for column in columns]
    settings = [min(len(column.settings), TRIED) * FIRST_ROUND for column in columns]
    return [*zip(guesses, settings, strict=True), (guesses[0], CONFIRMED * replications + LOADS * FIRST_ROUND)]


def require_objectives(scenario: Scenario) -> None:
    """Raise SettingsError for a scenario without a mapping, or without objectives: then with an example."""
    require_mapping(scenario)
    if not given(scenario.objectives):
        text = f"{scenario.name} does not say what is good enough; add to the scenario, for example:"
        raise SettingsError(f"{text}\n\n{EXAMPLE}\n")


def _floor(evaluator: Evaluator) -> Callable[[Setting], float]:
    known: dict[Setting, float] = {}

    def floor(setting: Setting) -> float:
        if setting not in known:
            known[setting] = floor_usd_per_month(evaluator.scenario(setting))
        return known[setting]

    return floor


def _headroom(judge: Judge, setting: Setting) -> Headroom:
    return headroom(partial(judge.race_at, setting), partial(judge.confirm_at, setting), judge.room)


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
