"""Judging settings by the objectives: with the traffic as it is, and with as much more as they are to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from simulator.scenario.objectives import Objectives
from simulator.scenario.scaling import scaled_traffic
from simulator.study.evaluate import Evaluator
from simulator.study.racing import Trial, confidence, race, trial
from simulator.study.settings import Setting


@dataclass(frozen=True)
class Judge:
    """What says whether settings are good enough.

    objectives: without the cost, as the cheapest is looked for anyway; room: times the traffic at which they are to
    hold, too; replications: of a setting, at most.
    """

    evaluator: Evaluator
    objectives: Objectives
    room: float
    replications: int

    def race(self, settings: Sequence[Setting]) -> list[Trial]:
        """Judge settings with as few replications as it takes."""
        return self._with_room(settings, self._race)

    def confirm(self, settings: Sequence[Setting]) -> list[Trial]:
        """Judge settings with all replications."""
        return self._with_room(settings, self._confirm)

    def race_at(self, setting: Setting, load: float) -> Trial:
        """Judge a setting with so many times the traffic alone."""
        return self._race([self.loaded(setting, load)])[0]

    def confirm_at(self, setting: Setting, load: float) -> Trial:
        """As race_at, with all replications."""
        return self._confirm([self.loaded(setting, load)])[0]

    def loaded(self, setting: Setting, load: float) -> Setting:
        """A setting with so many times the traffic."""
        return Setting((*setting.overrides, *scaled_traffic(self.evaluator.scenario(setting), load)))

    def _with_room(self, settings: Sequence[Setting], judge: Callable[[Sequence[Setting]], list[Trial]]) -> list[Trial]:
        """Those that meet the objectives are tried with more traffic, too; of that the worst objective counts."""
        found = judge(settings)
        met = [each.setting for each in found if each.state == "met"] if self.room > 1 else []
        heavier = dict(zip(met, judge([self.loaded(each, self.room) for each in met]), strict=True)) if met else {}
        return [self._and(each, heavier.get(each.setting)) for each in found]

    def _and(self, found: Trial, heavier: Trial | None) -> Trial:
        if heavier is None or heavier.worst is None:
            return found
        return replace(found, assessments=(*found.assessments, replace(heavier.worst, load=self.room)))

    def _race(self, settings: Sequence[Setting]) -> list[Trial]:
        return race(self.evaluator, settings, self.objectives, self.replications)

    def _confirm(self, settings: Sequence[Setting]) -> list[Trial]:
        runs, sure = self.evaluator(settings, self.replications), confidence(self.replications)
        return [trial(each, runs[each], self.objectives, sure) for each in settings]
