"""Which fields of a scenario can be fitted: those that AWS does not document; and the range of each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.scenario.bounds import ASSUMPTION
from simulator.scenario.document import parse
from simulator.scenario.dumping import dump
from simulator.scenario.explain import all_fields
from simulator.scenario.nodes import Node
from simulator.scenario.overrides import kind_at
from simulator.scenario.place import UnknownPathError
from simulator.scenario.quantities import Duration, Quantity
from simulator.scenario.short_names import fields_of, full_paths
from simulator.scenario.spec import SCENARIO, Scenario
from simulator.scenario.units import format_duration

TIMES: Final = 10.0  # what it is now is looked for between a tenth and ten times that
FROM_NOTHING_S: Final = 1.0  # a duration of nothing is looked for up to this
MOST_PART: Final = 0.9  # of a probability: with 1 nothing ever happens
MOST_AT_ONCE: Final = 3
DIGITS: Final = 3


class UnknownFieldError(ValueError):
    """What is to be fitted is no field that can be; the message is one line that names those that can."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field to be fitted, by its value between `low` and `high`: in seconds, or a plain number.

    field: as the user wrote it, for `--set`; before: what it is in the scenario; means: what it is, in a sentence.
    """

    field: str
    low: float
    high: float
    logarithmic: bool
    is_time: bool
    before: str
    means: str

    def value(self, place: float) -> str:
        """The value at a place between 0 and 1, as a scenario has it."""
        if self.logarithmic:
            return self.text(self.low * (self.high / self.low) ** place)
        return self.text(self.low + (self.high - self.low) * place)

    def text(self, value: float) -> str:
        """A value with three digits."""
        rounded = float(f"{value:.{DIGITS}g}")
        return format_duration(rounded) if self.is_time else f"{rounded:g}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A field with the value that was fitted, its 95 % interval, and what it was before; as a scenario has them."""

    field: str
    value: str
    low: str
    high: str
    before: str

    def as_dict(self) -> dict[str, str]:
        """Plain data."""
        return {
            "field": self.field, "value": self.value, "low": self.low, "high": self.high, "before": self.before,
        }  # fmt: skip


def unknowns(scenario: Scenario, names: Sequence[str]) -> list[Unknown]:
    """The fields that are named `polling.missed` or by a whole path. Raises UnknownFieldError."""
    root = parse(dump(scenario, "/"), [])
    known = _known(root)
    if len(names) > MOST_AT_ONCE:
        raise UnknownFieldError(f"{len(names)} fields are named; {MOST_AT_ONCE} at most can be told from each other")
    if len(set(names)) < len(names):
        raise UnknownFieldError("a field is named twice")
    data = SCENARIO.write(scenario, Path("/"))
    return [_unknown(name, root, data, known) for name in names]


def _known(root: Node) -> dict[str, str]:
    """The fields of a scenario that can be fitted, each with what it means."""
    assumed = {each.path: each.text for each in all_fields() if each.source.startswith(ASSUMPTION)}
    return {
        each.field: assumed[each.field]
        for each in fields_of(root)
        if each.field in assumed and isinstance(kind_at(root, each.path), Quantity)
    }


def _unknown(name: str, root: Node, data: Any, known: dict[str, str]) -> Unknown:
    wrong = UnknownFieldError(f"'{name}' cannot be fitted; {_list(known)} can")
    try:
        paths = full_paths(root, name)
    except UnknownPathError:
        raise wrong from None
    found = [each for each in fields_of(root) if each.path in paths]
    fields = {each.field for each in found}
    if len(fields) != 1 or not fields <= set(known):
        raise wrong
    kind = kind_at(root, found[0].path)
    assert isinstance(kind, Quantity)
    texts = [str(_at(data, each.path)) for each in found]
    low, high, logarithmic = _range(kind, float(kind.parse(texts[0])))
    before = ", ".join(dict.fromkeys(texts))
    return Unknown(name, low, high, logarithmic, isinstance(kind, Duration), before, known[fields.pop()])


def _list(known: Iterable[str]) -> str:
    names = [each.partition(".")[2] for each in known]
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names) or "nothing here"


def _range(kind: Quantity, now: float) -> tuple[float, float, bool]:
    """From where to where a field is looked for, and whether by its logarithm."""
    if kind.most <= 1:
        return kind.least, min(kind.most, MOST_PART), False
    if now <= 0:
        return max(kind.least, 0.0), FROM_NOTHING_S, False
    least = kind.least if math.isfinite(kind.least) else 0.0
    return max(now / TIMES, least), min(now * TIMES, kind.most), True


def _at(data: Any, path: str) -> Any:
    """What plain data have at a path; names may have dots in them."""
    if not path:
        return data
    if isinstance(data, list):
        first, _, rest = path.partition(".")
        return _at(data[int(first)], rest)
    name = max((each for each in map(str, data) if path == each or path.startswith(f"{each}.")), key=len)
    return _at(data[name], path[len(name) + 1 :])
