"""Single values of a document or a table, as data: texts, words, and numbers that keep arithmetic finite."""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from array import array
from dataclasses import dataclass
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
