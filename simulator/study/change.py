"""A change of the scenario that advice tries: what is turned, from what to what, and the setting that does it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.study.settings import Setting

Turn = tuple[str, str, str]  # a knob, what it is now, what it is to be


@dataclass(frozen=True)
class Change:
    """A knob turned, or several together: their names, from what to what, and the setting that does it."""

    turns: tuple[Turn, ...]
    setting: Setting

    @property
    def knob(self) -> str:
        return " + ".join(knob for knob, _, _ in self.turns)

    @property
    def before(self) -> str:
        return ", ".join(before for _, before, _ in self.turns)

    @property
    def after(self) -> str:
        return ", ".join(after for _, _, after in self.turns)

    def __str__(self) -> str:
        return ", ".join(f"{knob} {before} -> {after}" for knob, before, after in self.turns)

    def with_(self, other: Change) -> Change:
        """Both together; `other` begins where this one ends."""
        first = {knob: before for knob, before, _ in self.turns}
        turns = {knob: (knob, before, after) for knob, before, after in self.turns}
        turns |= {knob: (knob, first.get(knob, before), after) for knob, before, after in other.turns}
        overrides = dict(self.setting.overrides) | dict(other.setting.overrides)
        return Change(tuple(turns.values()), Setting(tuple(overrides.items())))
