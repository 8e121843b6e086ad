"""The scenario that a study varies, read once: so that all settings are of one text, whatever happens to the file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from simulator.scenario.document import UnparsableError, read_text
from simulator.scenario.dumping import dump
from simulator.scenario.faults import Fault, ScenarioError, errors
from simulator.scenario.loading import examine, examine_text
from simulator.scenario.names import SCENARIO_NAME
from simulator.scenario.overrides import Overrides, pairs
from simulator.scenario.scaling import scaled_traffic
from simulator.scenario.spec import Scenario
from simulator.study.settings import AS_IT_IS, Setting, SettingsError

RATES: Final = "producers."  # what the paths of a multiplied traffic begin with
LEAST: Final = 0.001  # times the traffic
MOST: Final = 1000.0


@dataclass(frozen=True)
class Source:
    """A scenario's text, where it is from, and what the command line sets in all of its settings."""

    path: Path
    text: str
    overrides: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, scenario: str | Path | Scenario, overrides: Overrides = ()) -> Source:
        """From a file, or from a scenario that was loaded, whose CSV files are read again. Raises ScenarioError."""
        if isinstance(scenario, Scenario):
            return cls(Path("/") / f"{scenario.name}.yaml", dump(scenario, "/"), tuple(pairs(overrides)))
        try:
            return cls(Path(scenario), read_text(Path(scenario)), tuple(pairs(overrides)))
        except UnparsableError:
            raise ScenarioError(examine(scenario)[1]) from None

    def times(self, factor: float) -> Source:
        """The same with so many times the traffic, and a name that says so. Raises SettingsError, ScenarioError."""
        if not LEAST <= factor <= MOST:
            raise SettingsError(f"factor {factor:g}: is out of range; allowed: {LEAST:g} to {MOST:g} times the traffic")
        if factor == 1:
            return self
        scenario = self.scenario()
        end = f" at {factor:g} times its traffic"
        name = json.dumps(scenario.name[: SCENARIO_NAME.longest - len(end)] + end)
        more = replace(self, overrides=(*self.overrides, ("name", name), *scaled_traffic(scenario, factor)))
        more_scenario, faults = more.examine(AS_IT_IS)
        if more_scenario is None:
            asked = f"--factor {factor:g}"
            raise ScenarioError(
                [
                    replace(each, path=asked) if each.path.startswith(f"--set {RATES}") else each
                    for each in errors(faults)
                ]
            )
        return more

    def examine(self, setting: Setting) -> tuple[Scenario | None, list[Fault]]:
        """The scenario with a setting's values in it, or None, and its errors and warnings."""
        return examine_text(self.text, self.path, (*self.overrides, *setting.overrides))

    def scenario(self, setting: Setting = AS_IT_IS) -> Scenario:
        """The scenario with a setting's values in it. Raises ScenarioError."""
        return self.resolve([setting])[0][setting]

    def resolve(self, settings: Iterable[Setting]) -> tuple[dict[Setting, Scenario], list[Fault]]:
        """The scenario of each setting, and the warnings that all of them share.

        Raises ScenarioError with all errors of all settings, each once.
        """
        scenarios: dict[Setting, Scenario] = {}
        wrong: dict[Fault, None] = {}  # in order of appearance
        shared: dict[Fault, None] | None = None
        for setting in settings:
            scenario, faults = self.examine(setting)
            if scenario is None:
                wrong.update(dict.fromkeys(_named(fault, setting) for fault in errors(faults)))
            else:
                scenarios[setting] = scenario
                shared = {fault: None for fault in faults if shared is None or fault in shared}
        if wrong:
            raise ScenarioError(list(wrong))
        return scenarios, list(shared or ())


def _named(fault: Fault, setting: Setting) -> Fault:
    """A fault of a value that was varied says which value that is."""
    for path, value in setting.overrides:
        if fault.path == f"--set {path}":
            return replace(fault, path=f"--vary {path}={value}", field="")
    return fault
