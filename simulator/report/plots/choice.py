"""The settings of a study as its pictures see them: what each came to, which stand out, and how they are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from simulator.study.advice import Advice
from simulator.study.compare import Comparison
from simulator.study.figures import Figures, seen
from simulator.study.objectives import Assessment, State, worst
from simulator.study.racing import Trial
from simulator.study.ranking import one_step_cheaper, ranked
from simulator.study.settings import AS_IT_IS, Setting, knobs
from simulator.study.size import Sizing

MOST: Final = 8
CHOSEN: Final = "chosen"
TODAY: Final = "today"
CHEAPER: Final = "one step cheaper"
LONGEST: Final = 24  # letters of a setting's name, else it is named by its values alone


@dataclass(frozen=True)
class Choice:
    """The settings that have been simulated, in their order, and those of them that stand out, by what they are.

    `best_first`: all of them. `called`: their names, where settings have names of their own.
    """

    runs: Mapping[Setting, Sequence[Figures]]
    assessments: Mapping[Setting, Sequence[Assessment]]
    best_first: Sequence[Setting]
    standing_out: Mapping[str, Setting | None]
    called: Mapping[Setting, str] = field(default_factory=dict)

    @property
    def chosen(self) -> Setting | None:
        """What to run, or what comes nearest."""
        return self.standing_out[CHOSEN]

    @property
    def settings(self) -> list[Setting]:
        """In their order."""
        return list(self.runs)

    def state(self, setting: Setting) -> State:
        """Whether a setting meets the objectives."""
        return worst(each.state for each in self.assessments[setting])

    @cached_property
    def marks(self) -> dict[Setting, str]:
        """What the settings are that stand out: `chosen, today`."""
        found: dict[Setting, list[str]] = {}
        for word, setting in self.standing_out.items():
            if setting and setting in self.runs:
                found.setdefault(setting, []).append(word)
        return {setting: ", ".join(words) for setting, words in found.items()}

    @cached_property
    def knobs(self) -> dict[str, tuple[str, ...]]:
        """The knobs in which settings differ, by name, with their columns."""
        rows = [setting.shown for setting in self.settings]
        return {
            knob: columns
            for knob, columns in knobs(self.settings).items()
            if len({row.get(columns[0]) for row in rows}) > 1
        }

    @cached_property
    def names(self) -> dict[Setting, str]:
        """The names of settings: their labels if they are short, else their values alone, of each knob once."""
        named = {setting: self.called.get(setting, self._label(setting)) for setting in self.settings}
        if self.called or all(len(name) <= LONGEST for name in named.values()):
            return named
        return {setting: ", ".join(self._values(setting).values()) or str(setting) for setting in named}

    @property
    def how_named(self) -> str:
        """What to say of names that are values alone."""
        if self.called or all(name == self._label(setting) for setting, name in self.names.items()):
            return ""
        return f" Settings are named by {', '.join(self.knobs)}."

    def _label(self, setting: Setting) -> str:
        return ", ".join(f"{name} {value}" for name, value in self._values(setting).items()) or str(setting)

    def _values(self, setting: Setting) -> dict[str, str]:
        shown = setting.shown
        return {knob: shown[columns[0]] for knob, columns in self.knobs.items() if columns[0] in shown}

    def some(self, most: int = MOST) -> list[Setting]:
        """As many settings as there is room for: those that stand out, and the best of the others."""
        kept = list(dict.fromkeys([*self.marks, *self.best_first]))[:most]
        return [setting for setting in self.settings if setting in kept]

    def how_many(self, shown: Sequence[Setting]) -> str:
        """What to say when some are not shown."""
        n = len(self.settings)
        return f" Shown are {len(shown)} of {n} settings, those that stand out and the best." if len(shown) < n else ""

    def worst_mapping(self, setting: Setting, measure: str) -> str:
        """The mapping with the highest mean of a measure."""
        runs = self.runs[setting]
        return max(runs[0].values, key=lambda mapping: np.nan_to_num(seen(runs, mapping, measure).mean))

    def which_mapping(self, what: str) -> str:
        """Whose values are shown where a setting has one line and several mappings."""
        several = any(len(runs[0].values) > 1 for runs in self.runs.values())
        return f" Of each setting the mapping with the highest {what}." if several else ""


def of_comparison(comparison: Comparison) -> Choice:
    """What a comparison comes to."""
    runs = {setting: comparison.runs[setting] for setting in comparison.settings}
    order = ranked(runs, comparison.objectives)
    return Choice(
        runs=runs,
        assessments=comparison.assessments,
        best_first=order,
        standing_out={
            CHOSEN: next(iter(order), None),
            TODAY: comparison.today,
            "baseline": None if comparison.baseline == comparison.today else comparison.baseline,
            CHEAPER: one_step_cheaper(runs, order[0]) if order else None,
        },
    )


def of_sizing(sizing: Sizing) -> Choice:
    """What a size search tried; without an answer the nearest is its choice. By shards, then by the other values."""
    tried = [each for each in sizing.search.trials if each.runs]
    last = {each.setting: each for each in sorted(tried, key=sizing.shards)}
    chosen, cheaper = sizing.answer or sizing.search.nearest, sizing.search.cheaper
    order = sorted(last.values(), key=lambda each: _apart(each, chosen or each))
    return Choice(
        runs={setting: each.runs for setting, each in last.items()},
        assessments={setting: each.assessments for setting, each in last.items()},
        best_first=[each.setting for each in order],
        standing_out={
            CHOSEN: chosen.setting if chosen else None,
            TODAY: sizing.today,
            CHEAPER: cheaper.setting if cheaper else None,
        },
    )


def _apart(trial: Trial, chosen: Trial) -> tuple[int, float]:
    """In how many values two settings differ, and by how much a month."""
    values = zip(trial.setting.overrides, chosen.setting.overrides, strict=True)
    return sum(mine != theirs for mine, theirs in values), abs(trial.usd_per_month - chosen.usd_per_month)


def of_advice(advice: Advice) -> Choice:
    """The scenario as it is, and each change of it."""
    changes = {each.change.setting: each for each in advice.advised}
    return Choice(
        runs={AS_IT_IS: advice.runs, **{setting: each.runs for setting, each in changes.items()}},
        assessments={},
        best_first=[*changes, AS_IT_IS],
        standing_out={CHOSEN: advice.best.change.setting if advice.best else None, TODAY: AS_IT_IS},
        called={AS_IT_IS: "as it is", **{setting: str(each.change) for setting, each in changes.items()}},
    )
