"""One setting that a reader may move: what it may be, what it is today, and what `--set` each step stands for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from simulator.report.numbers import seconds as time_words
from simulator.scenario.explain import all_fields

Value = float | str | bool | tuple[int, int] | None
Sets = tuple[tuple[str, str], ...]
Place = tuple[str | int, ...]
Need = tuple[str, Value]

COUNTS: Final = (
    *range(1, 11), 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448,
    512, 640, 768, 896, 1000,
)  # fmt: skip
NO_LIMIT: Final = -1


@dataclass(frozen=True)
class Step:
    """A value that a setting may have, in words, and the overrides it stands for."""

    value: Value
    told: str
    sets: Sets


@dataclass(frozen=True)
class Knob:
    """One setting. `path`: where it stands in the recipe; `today`: which of its steps it has; `aws`: AWS's limits;
    `remark`: what else is to be known.

    `needs`: other settings by their names, and the values with which this one has no effect; one of them having
    another value is enough.
    """

    id: str
    group: str
    label: str
    path: Place
    steps: tuple[Step, ...]
    today: int
    aws: str = ""
    needs: tuple[Need, ...] = ()
    remark: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def knob(
    id_: str, group: str, label: str, path: Place, today: Value, values: Iterable[Value],
    told: Callable[[Any], str], sets: Callable[[Any], Sets], explained: str = "", needs: tuple[Need, ...] = (),
) -> Knob:  # fmt: skip
    """A setting with all these values, and the one of today among them, in order."""
    found = sorted({*values, today}, key=_place)
    aws = _limits()[explained] if explained else ""
    steps = tuple(Step(each, told(each), sets(each)) for each in found)
    return Knob(id_, group, label, path, steps, found.index(today), aws, needs)


def plain(
    id_: str, group: str, label: str, path: Place, today: Value, values: Iterable[Value], told: Callable[[Any], str],
    explained: str, written: Callable[[Any], str] = str, needs: tuple[Need, ...] = (),
) -> Knob:  # fmt: skip
    """A setting that is one field of the scenario."""
    return knob(id_, group, label, path, today, values, told, lambda value: ((id_, written(value)),), explained, needs)


def told_whole(
    id_: str, group: str, label: str, path: Place, today: Value, values: Iterable[Value], told: Callable[[Any], str],
    explained: str = "", needs: tuple[Need, ...] = (),
) -> Knob:  # fmt: skip
    """A part of failures, of requests or of a rule, which the page tells whole (scripts/changed.js)."""
    return knob(id_, group, label, path, today, values, told, lambda _: (), explained, needs)


def _place(value: Any) -> Any:
    """Numbers ascend, and pairs; no limit comes last."""
    return math.inf if value in (NO_LIMIT, None) else value


@cache
def _limits() -> dict[str, str]:
    """AWS's, by the path of a field."""
    return {each.path: each.aws for each in all_fields()}


def counted(value: float) -> str:
    """A count in words."""
    return f"{value:,}"


def lasting(value_s: float) -> str:
    """How long something lasts, in words."""
    return "none" if value_s == 0 else time_words(value_s)


def moment(value_s: float) -> str:
    """When something begins, in words."""
    return "at once" if value_s == 0 else f"after {time_words(value_s)}"


def percent(part: float) -> str:
    """A part in words."""
    return f"{100 * part:g} %" if part else "none"


def on_off(value: bool) -> str:
    """A switch in words."""
    return "on" if value else "off"


def times(factor: float) -> str:
    """How many times as much as today, in words."""
    return "as it is" if factor == 1 else f"{factor:g} times"


def limited(told: Callable[[Any], str]) -> Callable[[Any], str]:
    """What may have no limit, in words."""
    return lambda value: "no limit" if value == NO_LIMIT else told(value)


def seconds(value_s: float) -> str:
    """A duration as a scenario has it."""
    return f"{value_s!r}s"
