"""Numbers, durations, sizes and rates, each within bounds."""

import math
import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from simulator.scenario import units
from simulator.scenario.kinds import ScalarKind, Schema, UnfitError
from simulator.scenario.nodes import Type

LARGEST_WHOLE = 1e20  # far above every bound; whole numbers below it are exact


@dataclass(frozen=True)
class Quantity(ScalarKind):
    """A number within bounds, which are part of it. `step`: only multiples of it."""

    least: float = -math.inf
    most: float = math.inf
    step: float | None = None

    noun: ClassVar[str] = "a number"
    whole: ClassVar[Mapping[float, str]] = {}  # what the multiples of a step are called

    @property
    def allowed(self) -> str:
        low = f" from {self.show(self.least)}" if self.least > -math.inf else ""
        high = f" {'to' if low else 'at most'} {self.show(self.most)}" if self.most < math.inf else ""
        steps = f" in {self.whole[self.step]}" if self.step else ""
        return f"{self.noun}{low}{high}{steps}"

    @abstractmethod
    def number(self, text: str) -> float:
        """The number that a text stands for. Raises UnfitError."""

    @abstractmethod
    def show(self, value: float) -> Any:
        """The number as it is written in a scenario."""

    def parse(self, text: str) -> float:
        value = self.number(text)
        if not self.holds(value):
            raise UnfitError("is out of range")
        if self.step and value % self.step:
            nearest = (math.floor(value / self.step) * self.step, math.ceil(value / self.step) * self.step)
            raise UnfitError(
                f"is not in {self.whole[self.step]}",
                f"nearest: {' and '.join(str(self.show(each)) for each in nearest if self.holds(each))}",
            )
        return value

    def holds(self, value: float) -> bool:
        """Whether a number is finite and within the bounds."""
        return math.isfinite(value) and self.least <= value <= self.most

    def write(self, value: Any, folder: Path) -> Any:
        return self.show(value)

    def accepts(self, value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)


class Number(Quantity):
    """A plain number."""

    type: ClassVar[Type] = "number"

    def number(self, text: str) -> float:
        value = units.parse_number(text)
        if value is None:
            raise UnfitError("is not a number")
        return value

    def show(self, value: float) -> Any:
        return int(value) if value == int(value) and abs(value) < 1e15 else value

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "number", **self.limits()}

    def limits(self) -> Schema:
        """The bounds, as JSON Schema."""
        bounds = {"minimum": self.least, "maximum": self.most}
        return {word: self.show(bound) for word, bound in bounds.items() if math.isfinite(bound)}


class Integer(Number):
    """A whole number."""

    noun: ClassVar[str] = "a whole number"

    def number(self, text: str) -> float:
        if re.fullmatch(r"[+-]?[0-9]{1,20}", text):
            return int(text)
        value = units.parse_number(text)
        if value is None or (math.isfinite(value) and value != int(value)):
            raise UnfitError("is not a whole number")
        return int(value) if abs(value) < LARGEST_WHOLE else value

    def show(self, value: float) -> Any:
        return int(value)

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "integer", **self.limits()}


class Money(Number):
    """An amount of money in US dollars."""

    unit: ClassVar[str] = "USD"
    noun: ClassVar[str] = "US dollars"


class WithUnit(Quantity):
    """A number with a unit."""

    known_units: ClassVar[Mapping[str, int]]

    @abstractmethod
    def convert(self, text: str) -> float:
        """The number in the base unit. Raises UnitError."""

    def number(self, text: str) -> float:
        try:
            return self.convert(text)
        except units.UnitError as error:
            meant = [guess for guess in error.guesses if self.holds(self.convert(guess))]
            hint = f"did you mean '{meant[0]}'?" if meant else f"units: {', '.join(self.known_units)}"
            raise UnfitError(str(error), hint) from None

    def schema(self, definitions: Schema) -> Schema:
        number = units.POSITIVE if self.least > 0 else units.NOT_NEGATIVE if self.least == 0 else units.NUMBER
        suffix = "|".join(re.escape(unit) for unit in self.known_units)
        return {"type": "string", "pattern": f"^{number}[ \\t]*({suffix})$"}


class Duration(WithUnit):
    """A time in seconds."""

    unit: ClassVar[str] = "s"
    noun: ClassVar[str] = "a duration"
    whole: ClassVar[Mapping[float, str]] = {1.0: "whole seconds", 60.0: "whole minutes", 3600.0: "whole hours"}
    known_units: ClassVar[Mapping[str, int]] = units.DURATIONS

    def convert(self, text: str) -> float:
        return units.parse_duration(text)

    def takes(self, text: str, type_: Type) -> bool:
        return type_ == ("number" if units.is_zero(text) else "string")

    def show(self, value: float) -> str:
        return units.format_duration(value)

    def schema(self, definitions: Schema) -> Schema:
        return (
            {"anyOf": [super().schema(definitions), {"const": 0}]} if self.least <= 0 else super().schema(definitions)
        )


class Size(WithUnit):
    """A size in bytes."""

    unit: ClassVar[str] = "bytes"
    noun: ClassVar[str] = "a size"
    whole: ClassVar[Mapping[float, str]] = {1.0: "whole bytes", 2.0**10: "whole KiB", 2.0**20: "whole MiB"}
    known_units: ClassVar[Mapping[str, int]] = units.SIZES

    def convert(self, text: str) -> float:
        return units.parse_size(text)

    def show(self, value: float) -> str:
        return units.format_size(value)


class WholeSize(Size):
    """A size that is a limit: a whole number of its step."""

    def parse(self, text: str) -> int:
        return int(super().parse(text))


class PerTime(WithUnit):
    """A rate, per second."""

    unit: ClassVar[str] = "records/s"
    noun: ClassVar[str] = "a rate"
    known_units: ClassVar[Mapping[str, int]] = units.RATES

    def convert(self, text: str) -> float:
        return units.parse_rate(text)

    def show(self, value: float) -> str:
        return units.format_rate(value)


class Requests(PerTime):
    """A rate of requests."""

    unit: ClassVar[str] = "requests/s"
