"""Words that stand for values, and values that stand for more than themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.scenario.kinds import ScalarKind, Schema, UnfitError
from simulator.scenario.nodes import Type
from simulator.scenario.place import nearest
from simulator.scenario.units import parse_number


@dataclass(frozen=True)
class Word(ScalarKind):
    """One of a few words, each standing for a value."""

    meanings: Mapping[str, Any] = field(hash=False)

    @property
    def allowed(self) -> str:
        return " or ".join(self.meanings)

    def parse(self, text: str) -> Any:
        if text not in self.meanings:
            close = nearest(text, self.meanings)
            raise UnfitError("is not known", f"did you mean '{close}'?" if close else "")
        return self.meanings[text]

    def write(self, value: Any, folder: Path) -> Any:
        return next(word for word, meaning in self.meanings.items() if meaning == value)

    def schema(self, definitions: Schema) -> Schema:
        return {"enum": list(self.meanings)}

    def accepts(self, value: Any) -> bool:
        return any(meaning == value for meaning in self.meanings.values())


def words(*known: str) -> Word:
    """Words that stand for themselves."""
    return Word({word: word for word in known})


@dataclass(frozen=True)
class WordOr(ScalarKind):
    """One of a few words, or another kind of value."""

    word: Word
    other: ScalarKind

    @property
    def unit(self) -> str:  # type: ignore[override]
        return self.other.unit

    @property
    def allowed(self) -> str:
        return f"{', '.join(self.word.meanings)} or {self.other.allowed}"

    def parse(self, text: str) -> Any:
        if text in self.word.meanings:
            return self.word.meanings[text]
        try:
            return self.other.parse(text)
        except UnfitError as unfit:
            close = nearest(text, self.word.meanings)
            raise UnfitError(str(unfit), f"did you mean '{close}'?" if close else unfit.hint) from None

    def takes(self, text: str, type_: Type) -> bool:
        return (self.word if text in self.word.meanings else self.other).takes(text, type_)

    def write(self, value: Any, folder: Path) -> Any:
        return (self.word if self.word.accepts(value) else self.other).write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [self.word.schema(definitions), self.other.schema(definitions)]}

    def accepts(self, value: Any) -> bool:
        return self.word.accepts(value) or self.other.accepts(value)


@dataclass(frozen=True)
class NoLimitOr(ScalarKind):
    """A bare number for no limit, or a limit."""

    kind: ScalarKind
    none: int = -1

    @property
    def unit(self) -> str:  # type: ignore[override]
        return self.kind.unit

    @property
    def allowed(self) -> str:
        return f"{self.none} or {self.kind.allowed}"

    def parse(self, text: str) -> Any:
        return self.none if parse_number(text) == self.none else self.kind.parse(text)

    def takes(self, text: str, type_: Type) -> bool:
        return type_ == "number" if parse_number(text) == self.none else self.kind.takes(text, type_)

    def write(self, value: Any, folder: Path) -> Any:
        return self.none if value == self.none else self.kind.write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [{"const": self.none}, self.kind.schema(definitions)]}

    def accepts(self, value: Any) -> bool:
        return self.kind.accepts(value)


def none_or(kind: ScalarKind) -> WordOr:
    """`none`, or a value."""
    return WordOr(Word({"none": None}), kind)


@dataclass(frozen=True)
class Holding(ScalarKind):
    """A single value that stands for a class with one field, as `20ms` for a constant distribution."""

    cls: type
    attribute: str
    kind: ScalarKind

    @property
    def unit(self) -> str:  # type: ignore[override]
        return self.kind.unit

    @property
    def allowed(self) -> str:
        return self.kind.allowed

    def parse(self, text: str) -> Any:
        return self.cls(**{self.attribute: self.kind.parse(text)})

    def takes(self, text: str, type_: Type) -> bool:
        return self.kind.takes(text, type_)

    def write(self, value: Any, folder: Path) -> Any:
        return self.kind.write(getattr(value, self.attribute), folder)

    def schema(self, definitions: Schema) -> Schema:
        return self.kind.schema(definitions)

    def accepts(self, value: Any) -> bool:
        return isinstance(value, self.cls)
