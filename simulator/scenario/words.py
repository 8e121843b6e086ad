"""Words that stand for values, and values that stand for more than themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.scenario.kinds import ScalarKind, Schema, UnfitError
from simulator.scenario.place import nearest


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
        text = next(word for word, meaning in self.meanings.items() if meaning == value)
        return value if isinstance(value, int | float) else text

    def schema(self, definitions: Schema) -> Schema:
        return {"enum": [value if isinstance(value, int) else word for word, value in self.meanings.items()]}

    def accepts(self, value: Any) -> bool:
        return any(meaning == value for meaning in self.meanings.values()) and not isinstance(value, bool)


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

    def write(self, value: Any, folder: Path) -> Any:
        return (self.word if self.word.accepts(value) else self.other).write(value, folder)

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [self.word.schema(definitions), self.other.schema(definitions)]}

    def accepts(self, value: Any) -> bool:
        return self.word.accepts(value) or self.other.accepts(value)


def no_limit_or(kind: ScalarKind) -> WordOr:
    """-1 for no limit, or a limit."""
    return WordOr(Word({"-1": -1}), kind)


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

    def write(self, value: Any, folder: Path) -> Any:
        return self.kind.write(getattr(value, self.attribute), folder)

    def schema(self, definitions: Schema) -> Schema:
        return self.kind.schema(definitions)

    def accepts(self, value: Any) -> bool:
        return isinstance(value, self.cls)
