"""What a document is to hold, said as data: groups and lists of single values.

A shape asks for what is used. Names that it does not know it leaves alone, so that a file may have gained some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.reading.scalars import LARGEST_WHOLE, Shape, UnfitError, shown
from simulator.scenario.nodes import shortened


@dataclass(frozen=True)
class OrNull(Shape):
    """null, or something."""

    shape: Shape

    def check(self, value: Any, where: str = "") -> None:
        if value is not None:
            self.shape.check(value, where)


@dataclass(frozen=True)
class Group(Shape):
    """A group with these names at least; of `known` names those that are there; `others` is the shape of all others."""

    needed: Mapping[str, Shape] = field(default_factory=dict)
    known: Mapping[str, Shape] = field(default_factory=dict)
    others: Shape | None = None

    def check(self, value: Any, where: str = "") -> None:
        if not isinstance(value, dict):
            raise UnfitError(where, f"{shown(value)} is given; allowed: a group")
        missing = next((name for name in self.needed if name not in value), None)
        if missing is not None:
            raise UnfitError(where, f"has no {missing}")
        for name, part in value.items():
            shape = self.needed.get(name) or self.known.get(name) or self.others
            if shape:
                shape.check(part, f"{where}.{shortened(name)}" if where else shortened(name))


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of so many values of one shape."""

    shape: Shape
    least: int = 0
    most: int = LARGEST_WHOLE

    def check(self, value: Any, where: str = "") -> None:
        if not isinstance(value, list):
            raise UnfitError(where, f"{shown(value)} is given; allowed: a list")
        if not self.least <= len(value) <= self.most:
            allowed = f"{self.least} to {self.most}" if self.most < LARGEST_WHOLE else f"{self.least} or more"
            raise UnfitError(where, f"has {len(value):,} entries; allowed: {allowed}")
        for i, part in enumerate(value):
            self.shape.check(part, f"{where}[{i}]")
