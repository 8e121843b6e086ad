"""Scenarios in Python: from a file, a text or a mapping, and changed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, Final

from simulator.scenario import spec
from simulator.scenario.dumping import dump
from simulator.scenario.faults import Fault, ScenarioError
from simulator.scenario.loading import examine, examine_text
from simulator.scenario.overrides import Overrides
from simulator.scenario.plain import NoValueError, document_text

UNNAMED: Final = "scenario"  # of a text or mapping: as a file of that name


class Scenario(spec.Scenario):
    """A scenario that has been checked, and of which changed ones can be made."""

    __slots__ = ()

    def with_(self, changes: Overrides = (), /, **more: Any) -> Scenario:
        """The scenario with other values, such as `with_(shards=4)` or `with_({"streams.clicks.shards": 4})`.

        Names, values and checks are those of `--set`. Raises ScenarioError with all faults.
        """
        changed = [*(changes.items() if isinstance(changes, Mapping) else changes), *more.items()]
        return _checked(*examine_text(dump(self, "/"), Path("/") / f"{self.name}.yaml", changed))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, spec.Scenario):
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(spec.Scenario))

    __hash__ = spec.Scenario.__hash__

    def __repr__(self) -> str:
        streams = ", ".join(f"{name} with {each.shards} shards" for name, each in islice(self.streams.items(), 3))
        mappings = ", ".join(each.name for each in self.event_source_mappings[:3])
        return f"<Scenario {self.name}: {streams}; read by {mappings or 'nothing'}>"


def load(scenario: str | Path | Mapping[str, Any] | spec.Scenario, overrides: Overrides = ()) -> Scenario:
    """The scenario of a file, of YAML text (of several lines, or in braces) or of a mapping of fields.

    overrides: values in place of what it says, by path: `{"batch_size": 500, "streams.clicks.shards": 8}`. Every name
    and stop is filled in, and CSV files are read, those of a text or mapping from the folder that one is in. Raises
    ScenarioError with all faults.
    """
    match scenario:
        case spec.Scenario():
            return _checked(*examine_text(dump(scenario, "/"), Path("/") / f"{scenario.name}.yaml", overrides))
        case Mapping():
            try:
                return _checked(*examine_text(document_text(scenario), UNNAMED, overrides))
            except NoValueError as error:
                raise ScenarioError([Fault(path=UNNAMED, line=0, column=0, field="", message=str(error))]) from None
        case str() if "\n" in scenario or scenario.lstrip().startswith("{"):
            return _checked(*examine_text(scenario, UNNAMED, overrides))
        case _:
            return _checked(*examine(scenario, overrides))


def _checked(scenario: spec.Scenario | None, faults: list[Fault]) -> Scenario:
    if scenario is None:
        raise ScenarioError(faults)
    return Scenario(**{each.name: getattr(scenario, each.name) for each in fields(spec.Scenario)})
