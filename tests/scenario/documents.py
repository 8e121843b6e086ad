"""Random documents made from the scenario's schema, and faults put into documents: values of JSON, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from tests.scenario.json_schema import Schema, fits

DEEPEST: Final = 12
LETTERS: Final = "aZ9_-.=+@; \t\r\n\0\x7f\x85\xa0éя語🙂\u200b\u202e\u2028\ufeff\ue000\uff1d\u0301\"'\\#:,[]{}&*!|>%`/"
UNITS: Final = (
    *("ms", "s", "m", "h", "d", "B", "KB", "MB", "GB", "KiB", "MiB", "GiB", "/s", "/m", "/h"),
    *("", "S", "sec", "mib", "/S", "s ", "s\n", "\u0661"),
)
# fmt: off
EDGES: Final[Sequence[Any]] = (
    None, True, False, 0, -0.0, 1, -1, -1.0, -7, 2.5, 0.05, 4, 100.0, 1e3, 1e15, 1e16, 2**53, 2**63 - 1, 2**63, 1e308,
    "", " ", "none", "null", "true", "yes", "0", "-1", "4", "1e3", "0x10", "nan", ".inf", "1-16", "16-1", "3 - 5",
    "0-2", "auto", "sheet", "unique", "random", "spread", "polling", "push", "latest", "full_batch", "x86", "1 m",
    "10000-10000", " 10m", "10m ", "-5s", "-0s", "0s", "1e-400s", "-1e-400s", "0.5s", "90s", "24.5h", "60s", "128MiB",
    "1e3MiB", "1e30h", "1B", "1/s", "-1/h", "2KiB", "trace.csv", "none.csv", "..", "a\nb", "s", "f", "clicks", "enrich",
    "a.py:f",
    "2-8/2", "2026-11-27T14:00", "2026-11-27T14:00:30+01:00", "2026-02-30T14:00Z", "2026-11-27",
    [], {}, [[]], [1, 2], ["1s"], {"a": 1}, [None], {"": None},
)
# fmt: on


def text(rng: Random) -> str:
    """Letters that names, paths and YAML may trip over."""
    return "".join(rng.choice(LETTERS) for _ in range(rng.choice((0, 1, 2, 3, 8, 40))))


def quantity(rng: Random) -> str:
    """A number with a unit, or nearly."""
    number = rng.choice(
        ("0", "1", "5", "007", "60", "128", "1024", "0.5", "1.", ".5", ".0", "00.0", "2.50", "1e2", "5E-3", "9" * 30)
    )
    return f"{rng.choice(('', '', '', '+', '-'))}{number}{rng.choice(('', '', ' ', chr(9)))}{rng.choice(UNITS)}"


def anything(rng: Random) -> Any:
    """A value of any type."""
    return rng.choice((lambda: rng.choice(EDGES), lambda: text(rng), lambda: quantity(rng)))()


def document(rng: Random, schema: Schema) -> Any:
    """A document that fits the schema."""
    return _Maker(rng, schema).value(schema, 0)


class _Maker:
    """Makes values by a schema; below a certain depth as few as it can."""

    def __init__(self, rng: Random, root: Schema) -> None:
        self.rng, self.root = rng, root

    def value(self, schema: Schema, depth: int) -> Any:
        for word, make in MAKERS.items():
            if word in schema:
                return make(self, schema, depth)
        return {"string": self.string, "integer": self.number, "number": self.number, "boolean": self.flag,
                "array": self.items, "object": self.group}[schema["type"]](schema, depth)  # fmt: skip

    def string(self, schema: Schema, depth: int) -> str:
        """Tries until one fits: patterns here are easily hit."""
        for _ in range(2000):
            found = self.rng.choice((text, quantity, lambda rng: str(rng.choice(EDGES)), _word))(self.rng)
            if fits(found, schema, self.root):
                return str(found)
        raise AssertionError(f"no text was found for {schema}")

    def number(self, schema: Schema, depth: int) -> Any:
        low, high = schema.get("minimum", -1000), schema.get("maximum", 1000)
        whole = schema["type"] == "integer"
        near = self.rng.choice((low, high, low + 1, self.rng.randint(-9, 999), self.rng.uniform(0, 1)))
        near = min(max(round(near) if whole else near, low), high)
        return float(near) if self.rng.random() < 0.2 and near < 2**53 else near

    def flag(self, schema: Schema, depth: int) -> bool:
        return self.rng.random() < 0.5

    def items(self, schema: Schema, depth: int) -> list[Any]:
        return [self.value(schema["items"], depth + 1) for _ in range(schema.get("minItems", self.many(depth)))]

    def many(self, depth: int) -> int:
        return 0 if depth > DEEPEST else self.rng.choice((0, 1, 1, 2))

    def group(self, schema: Schema, depth: int) -> dict[str, Any]:
        if "properties" not in schema:
            names = [
                self.string(schema["propertyNames"], depth)
                for _ in range(max(self.many(depth), schema.get("minProperties", 0)))
            ]
            return {name: self.value(schema["additionalProperties"], depth + 1) for name in names}
        needed = {
            *schema.get("required", ()),
            *schema.get("else", {}).get("required", ()),
            *(self.rng.choice(schema["oneOf"])["required"] if "oneOf" in schema else ()),
        }
        barred = {name for each in schema.get("oneOf", ()) for name in each["required"]} - needed
        chance = self.rng.choice((0.0, 0.3, 0.8)) if depth < DEEPEST else 0.0
        return {
            name: self.value(each, depth + 1)
            for name, each in schema["properties"].items()
            if name in needed or (name not in barred and self.rng.random() < chance)
        }


def _word(rng: Random) -> str:
    return "".join(rng.choice("abcXYZ019_-.") for _ in range(rng.choice((1, 2, 6, 64, 128))))


MAKERS: Final[Mapping[str, Callable[[_Maker, Schema, int], Any]]] = {
    "$ref": lambda maker, schema, depth: maker.value(maker.root["$defs"][schema["$ref"].rpartition("/")[2]], depth),
    "const": lambda maker, schema, depth: schema["const"],
    "enum": lambda maker, schema, depth: maker.rng.choice(schema["enum"]),
    "anyOf": lambda maker, schema, depth: maker.value(maker.rng.choice(schema["anyOf"]), depth),
}


def damaged(rng: Random, value: Any, donors: Sequence[Any] = ()) -> Any:
    """The document with one fault: a value replaced, left out, doubled, or a field of another name."""
    path = rng.choice(list(_paths(value)))
    return _changed(rng, value, path, donors)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


def _changed(rng: Random, value: Any, path: tuple[Any, ...], donors: Sequence[Any]) -> Any:
    if not path:
        return rng.choice(donors) if donors and rng.random() < 0.3 else anything(rng)
    key, *rest = path
    if isinstance(value, list):
        if not rest and rng.random() < 0.2:
            return rng.choice((value[:key] + value[key + 1 :], [*value, value[key]]))
        return [_changed(rng, item, tuple(rest), donors) if i == key else item for i, item in enumerate(value)]
    if not rest and rng.random() < 0.3:
        others = {name: item for name, item in value.items() if name != key}
        return (
            others
            if rng.random() < 0.5
            else {**others, rng.choice((text(rng), f"{key}s", key[:-1], _word(rng))): value[key]}
        )
    return {name: _changed(rng, item, tuple(rest), donors) if name == key else item for name, item in value.items()}
