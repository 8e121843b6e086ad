"""Comparing settings: the same replications of the same traffic for each, and what can be said of the differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from simulator.scenario.objectives import Objectives
from simulator.scenario.overrides import Overrides
from simulator.scenario.spec import Scenario
from simulator.study import consensus
from simulator.study.consensus import Said
from simulator.study.evaluate import Evaluate, Evaluator
from simulator.study.executors import Failure, runner
from simulator.study.figures import contributions, intervals, tidy_rows, whole_intervals
from simulator.study.objectives import Assessment, State, assess, worst
from simulator.study.precision import Precision, Runs, until_precise
from simulator.study.settings import (
    AS_IT_IS,
    Dimension,
    Setting,
    SettingsError,
    Shards,
    combinations,
    in_full,
    require_mapping,
    separated,
    shard_dimensions,
    shards_of,
    varied,
    varied_by,
)
from simulator.study.source import Source
from simulator.study.statistics import Difference, difference
from simulator.study.store import Store
from simulator.study.tables import table

if TYPE_CHECKING:
    import pandas as pd

Replications = int | Literal["auto"]


@dataclass(frozen=True)
class Comparison:
    """What came of comparing settings. Tables are pandas DataFrames; units are in the names of measures.

    A setting is left out of the tables when all of its runs have failed.
    """

    name: str  # the scenario's
    baseline: Setting
    runs: Runs  # by setting, in order of replication
    objectives: Objectives = field(default_factory=Objectives)
    stopped: str = ""  # why no more replications were made, when that was left open
    warmup: str = ""  # how it was found, when that was left open
    failures: Mapping[tuple[Setting, int], Failure] = field(default_factory=dict)  # by setting and replication
    today: Setting | None = None  # the scenario as it is, if it is among the settings

    @property
    def settings(self) -> list[Setting]:
        """The settings that have been simulated at least once."""
        return [setting for setting, runs in self.runs.items() if runs]

    @property
    def mappings(self) -> list[str]:
        """The event source mappings of all settings: a setting may give one another function, and so another name."""
        return list(dict.fromkeys(mapping for setting in self.settings for mapping in self.mappings_of(setting)))

    def mappings_of(self, setting: Setting) -> list[str]:
        """The event source mappings of one setting."""
        return list(self.runs[setting][0].values)

    def verdict(self, setting: Setting, mapping: str) -> Said:
        """The worst of the replications, and in how many it was."""
        return consensus.verdict(self.runs[setting], mapping)

    def binding(self, setting: Setting, mapping: str) -> Said:
        """The cause that binds in most replications; "" where nothing does."""
        return consensus.binding(self.runs[setting], mapping)

    @property
    def meeting(self) -> list[Setting]:
        """The settings that meet all objectives for certain; all of them when there are none."""
        return [each for each in self.settings if self.state(each) == "met"]

    def state(self, setting: Setting) -> State:
        """Whether a setting meets the scenario's objectives: met, undecided or missed."""
        return worst(each.state for each in self.assessments[setting])

    @cached_property
    def assessments(self) -> dict[Setting, list[Assessment]]:
        """Of each setting whether it meets the scenario's objectives; empty lists without any."""
        return {setting: assess(self.objectives, self.runs[setting]) for setting in self.settings}

    def difference(self, setting: Setting, mapping: str, measure: str) -> Difference:
        """How much higher a measure is than in the baseline; by the replications that both have."""
        mine, base = ({run.replication: run for run in self.runs[each]} for each in (setting, self.baseline))
        both = sorted(mine.keys() & base.keys())
        return difference(measure, *(contributions([runs[r] for r in both], mapping, measure) for runs in (mine, base)))

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row a setting, replication, mapping and measure; measures of the whole scenario have the mapping ''."""
        rows = (
            {**setting.columns, "replication": run.replication, "mapping": mapping, "measure": measure, "value": value}
            for setting in self.settings
            for run in self.runs[setting]
            for _, mapping, _, measure, value in tidy_rows(run)
        )
        return table(rows, [*self.baseline.columns, "replication", "mapping", "measure", "value"])

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a setting, mapping and measure: its mean over the replications with the 95 % interval."""
        rows = (
            {
                **setting.columns, "mapping": mapping, "measure": measure,
                "mean": each.mean, "low": each.low, "high": each.high, "n": each.n,
            }
            for setting in self.settings
            for mapping, measures in {**intervals(self.runs[setting]), "": whole_intervals(self.runs[setting])}.items()
            for measure, each in measures.items()
        )  # fmt: skip
        return table(rows, [*self.baseline.columns, "mapping", "measure", "mean", "low", "high", "n"])

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row a setting, mapping and measure: the paired difference from the baseline, in numbers and a word."""
        rows = (
            {
                **setting.columns, "mapping": mapping, "measure": measure, "difference": found.interval.mean,
                "low": found.interval.low, "high": found.interval.high, "n": found.interval.n, "word": found.word,
            }
            for setting in self.settings
            if setting != self.baseline
            for mapping, measure in self._shared(setting)
            for found in [self.difference(setting, mapping, measure)]
        )  # fmt: skip
        head = ["mapping", "measure", "difference", "low", "high", "n", "word"]
        return table(rows, [*self.baseline.columns, *head])

    def _shared(self, setting: Setting) -> Iterable[tuple[str, str]]:
        """The mappings and measures that a setting has in common with the baseline."""
        mine, base = self.runs[setting][0], self.runs[self.baseline][0]
        for mapping in ("", *mine.values):
            measures = mine.values[mapping] if mapping else mine.whole
            for measure in measures:
                if measure in (base.values.get(mapping, {}) if mapping else base.whole):
                    yield mapping, measure


def compare(
    scenario: str | Path | Scenario,
    shards: Shards | None = None,
    vary: Mapping[str, str | Iterable[Any]] | None = None,
    replications: Replications = 20,
    baseline: Mapping[str, Any] | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
    jobs: int = 1,
    executor: str | None = None,
    folder: str | Path | None = None,
) -> Comparison:
    """Compare every combination of settings: each with the same replications of the same traffic.

    shards: such as `range(2, 9)` or `"2-8"`, for all streams or by stream. vary: values by path, such as
    `{"batch_size": [100, 500]}` for all mappings or `{"event_source_mappings.0.batch_size": "100-500/100"}` for one.
    replications: a number, or "auto" for as many as it takes.
    Without either the scenario's `search:` says what to compare. baseline: the setting that others are compared with,
    by the names of the tables' columns. jobs: processes; in a script more than one needs `if __name__ == "__main__":`.
    executor: `dask://HOST:PORT`. folder: keeps finished runs, so that the same call goes on where it stopped.

    Raises ScenarioError with all faults of the scenario and of the values, SettingsError, ExecutorError and StoreError.
    """
    source = Source.of(scenario, overrides)
    dimensions = shards_of(shards, list(source.scenario().streams)) if shards is not None else []
    dimensions += varied_by(source.scenario(), vary or {})
    settings = combinations(dimensions or searched(source.scenario()))
    with runner(executor, jobs) as run:
        evaluate = Evaluator(source, run, seed, Store(Path(folder)) if folder else None)
        return compared(evaluate, settings, replications, {key: str(each) for key, each in (baseline or {}).items()})


def compared(
    evaluator: Evaluator,
    settings: Sequence[Setting],
    replications: Replications,
    baseline: Mapping[str, str],
    precision: Precision | None = None,
) -> Comparison:
    """Evaluate settings and draw up their comparison. Raises as `compare`."""
    for setting in settings:
        require_mapping(evaluator.scenario(setting))
    today = own(evaluator, settings)
    base = chosen(settings, baseline) if baseline else today or settings[0]
    runs, stopped = replicated(evaluator, settings, replications, precision or Precision())
    base = base if runs[base] else next((each for each in settings if runs[each]), base)
    scenario = evaluator.scenario(base)
    return Comparison(
        scenario.name, base, runs, scenario.objectives, stopped, evaluator.warmup or "", evaluator.failures, today
    )


def replicated(
    evaluate: Evaluate, settings: Sequence[Setting], replications: Replications, precision: Precision
) -> tuple[Runs, str]:
    """So many replications of each setting, or as many as it takes; and in that case why no more."""
    if replications == "auto":
        return until_precise(evaluate, settings, precision)
    return evaluate(settings, replications), ""


def chosen(settings: Sequence[Setting], values: Mapping[str, str]) -> Setting:
    """The one setting with these values, by the names that tables have. Raises SettingsError."""
    known = list(settings[0].shown)
    unknown = [name for name in values if name not in known]
    if unknown:
        raise SettingsError(f"--baseline: '{unknown[0]}' is not varied; varied: {', '.join(known) or 'nothing'}")
    fitting = [each for each in settings if values.items() <= each.shown.items()]
    if len(fitting) != 1:
        given = ", ".join(f"{name}={value}" for name, value in values.items())
        missing = [name for name in known if name not in values]
        what = f"give {', '.join(missing)} too" if fitting else "it must be one of those that are compared"
        raise SettingsError(f"--baseline {given}: {len(fitting)} settings have that; {what}")
    return fitting[0]


def asked(scenario: Scenario, shards: Sequence[str], vary: Sequence[str]) -> list[Setting]:
    """The settings of `--shards` and `--vary`, else those of the scenario's own `search:`. Raises SettingsError."""
    dimensions = shard_dimensions(shards, list(scenario.streams))
    dimensions += in_full(scenario, [varied(text) for text in vary])
    return combinations(dimensions or searched(scenario))


def named_values(text: str) -> dict[str, str]:
    """`NAME=VALUE,NAME=VALUE` of `--baseline`. Raises SettingsError."""
    parts = [part.partition("=") for part in separated(text)]
    if not all(name and value for name, _, value in parts):
        raise SettingsError(f"--baseline {text}: write NAME=VALUE,NAME=VALUE such as shards=4,batch_size=100")
    return {name.strip(): value.strip() for name, _, value in parts}


def searched(scenario: Scenario) -> list[Dimension]:
    """What the scenario's own `search:` says. Raises SettingsError when it says nothing."""
    search = scenario.search
    dimensions = shards_of(search.shards, list(scenario.streams)) if search.shards else []
    dimensions += varied_by(scenario, search.vary)
    if not dimensions:
        raise SettingsError("there is nothing to compare: give --shards 2-8, or --vary PATH=VALUE,VALUE, or both")
    return dimensions


def own(evaluator: Evaluator, settings: Sequence[Setting]) -> Setting | None:
    """The setting that is the scenario as it is, if it is among them."""
    evaluator.resolve(settings)
    as_it_is = evaluator.source.scenario(AS_IT_IS)
    return next((each for each in settings if evaluator.scenario(each) == as_it_is), None)
