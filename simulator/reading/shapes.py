"""What a file is to hold, said as data: numbers, words and texts, and the groups and lists that they stand in.

A shape asks for what is used, within bounds that keep arithmetic finite. Names that it does not know it leaves alone,
so that a file may have gained some.
"""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from simulator.scenario.nodes import shortened

LARGEST_WHOLE: Final = 2**63 - 1
LARGEST: Final = 1e100  # far above every figure, and the product of three of them is still finite


class UnfitError(Exception):
    """A value that has not the shape it should have; the message says where it is, and what would be right."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}" if where else what)


class Shape(ABC):
    """What a value of a document may be."""

    @abstractmethod
    def check(self, value: Any, where: str = "") -> None:
        """Raise UnfitError if a value is not of this shape. `where`: its path in the document."""


class Scalar(Shape):
    """A single value, in a document or in a cell of a table."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What is allowed, in words."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Whether a value is one of this kind."""

    def check(self, value: Any, where: str = "") -> None:
        if not self.fits(value):
            raise UnfitError(where, f"{shown(value)} is given; allowed: {self.allowed}")

    def of_cell(self, text: str) -> Any:
        """The value that a cell says. Raises ValueError if its text says none."""
        return sys.intern(text)  # a name that stands in a million rows is kept once

    def column(self) -> Any:
        """An empty list of such values, as small as it can be."""
        return []


@dataclass(frozen=True)
class Text(Scalar):
    """Any text."""

    least: int = 0  # characters

    @property
    def allowed(self) -> str:
        return f"a text of {self.least} or more characters" if self.least else "a text"

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and len(value) >= self.least


class Word(Scalar):
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words

    @property
    def allowed(self) -> str:
        return " or ".join(word or "nothing" for word in self.words)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.words


class Flag(Scalar):
    """true or false."""

    allowed: ClassVar[str] = "true or false"

    def fits(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Whole(Scalar):
    """A whole number."""

    least: int = 0
    most: int = LARGEST_WHOLE

    @property
    def allowed(self) -> str:
        return f"a whole number from {self.least}" + (f" to {self.most}" if self.most < LARGEST_WHOLE else "")

    def fits(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most

    def of_cell(self, text: str) -> int:
        return int(text)

    def column(self) -> array[int]:
        return array("q")


@dataclass(frozen=True)
class Number(Scalar):
    """A number.

    `unknown`: NaN, which is an empty cell, stands for what was not measured. `endless`: infinity stands for what had
    not come to pass when the run ended.
    """

    least: float = -LARGEST
    most: float = LARGEST
    unknown: bool = False
    endless: bool = False

    @property
    def allowed(self) -> str:
        bounds = [f"from {self.least:g}"] * (self.least > -LARGEST) + [f"to {self.most:g}"] * (self.most < LARGEST)
        return " ".join(["a number", *bounds]) + ", or nothing" * self.unknown + ", or inf" * self.endless

    def fits(self, value: Any) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        if self.least <= value <= self.most:
            return True
        return (self.unknown and value != value) or (self.endless and value in (math.inf, -math.inf))

    def of_cell(self, text: str) -> float:
        return float(text) if text else math.nan

    def column(self) -> array[float]:
        return array("d")


class OneOf(Scalar):
    """A value of one of several kinds."""

    def __init__(self, *kinds: Scalar) -> None:
        self.kinds = kinds

    @property
    def allowed(self) -> str:
        return " or ".join(kind.allowed for kind in self.kinds)

    def fits(self, value: Any) -> bool:
        return any(kind.fits(value) for kind in self.kinds)


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


def shown(value: Any) -> str:
    """A value as a message shows it: short, on one line."""
    match value:
        case dict():
            return "a group"
        case list():
            return "a list"
        case str():
            return f"'{shortened(value)}'"
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case _:
            return shortened(str(value))
