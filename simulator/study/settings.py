"""Settings: the values that a study puts in place of those of a scenario, and how a user writes them.

`--shards 2-8` or `2,4,8` is for all streams, `--shards clicks=2-8` for one; `--vary PATH=V1,V2` is for any other field,
with units: `--vary batch_size=100-500/100` for that of all mappings. Several of them give every combination.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any, Final

from simulator.scenario.document import parse
from simulator.scenario.dumping import dump
from simulator.scenario.nodes import Node
from simulator.scenario.place import UnknownPathError
from simulator.scenario.ranges import WRITTEN, RangeError, spread
from simulator.scenario.short_names import dotted, full_paths
from simulator.scenario.spec import Scenario

MOST_SETTINGS: Final = 10_000


class SettingsError(ValueError):
    """What is asked for is no set of settings; the message is one line that says what would be."""


@dataclass(frozen=True)
class Setting:
    """Values in place of those of a scenario: pairs of path and value as `--set` takes them; none: no change."""

    overrides: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> dict[str, str]:
        """The values by the shortest names that tell the paths apart: the columns of a table."""
        names = column_names(tuple(path for path, _ in self.overrides))
        return {name: value for name, (_, value) in zip(names, self.overrides, strict=True)}

    @property
    def columns(self) -> dict[str, str | int | float]:
        """As `shown`, with plain numbers as numbers."""
        return {name: _as_number(value) for name, value in self.shown.items()}

    @property
    def label(self) -> str:
        """Such as `shards 4, batch_size 500`: what is the same in several things is told once."""
        return ", ".join(f"{name} {value}" for name, value in self.told.items()) or "as in the file"

    @property
    def told(self) -> dict[str, str]:
        """As `shown`, but what has the same value in all of its things by its name alone."""
        fields: dict[str, dict[str, str]] = {}
        for name, value in self.shown.items():
            fields.setdefault(name.rpartition(".")[2], {})[name] = value
        found: dict[str, str] = {}
        for field, each in fields.items():
            values = set(each.values())
            alike = len(each) > 1 and len(values) == 1 and field != "shards"  # of which streams has to be told
            found |= {field: values.pop()} if alike else each
        return found

    def __str__(self) -> str:
        return self.label


AS_IT_IS: Final = Setting()


def knobs(settings: Sequence[Setting]) -> dict[str, tuple[str, ...]]:
    """The columns of settings as knobs, by name: fields of several things that have the same value in each setting are
    one, such as `batch_size` of `a.batch_size` and `b.batch_size`.
    """
    found: dict[tuple[str, tuple[str | None, ...]], list[str]] = {}
    rows = [setting.shown for setting in settings]
    for name in dict.fromkeys(name for row in rows for name in row):
        values = tuple(row.get(name) for row in rows)
        found.setdefault((name.rpartition(".")[2], values), []).append(name)
    return {field if len(names) > 1 else names[0]: tuple(names) for (field, _), names in found.items()}


@dataclass(frozen=True)
class Dimension:
    """Fields that are varied together, and the values that they take one after the other."""

    paths: tuple[str, ...]
    values: tuple[str, ...]

    def choices(self) -> Iterator[tuple[tuple[str, str], ...]]:
        """The overrides of each value."""
        for value in self.values:
            yield tuple((path, value) for path in self.paths)


@cache
def column_names(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The shortest ends of paths that differ from each other: batch_size; clicks.shards and orders.shards."""
    parts = [path.split(".") for path in paths]

    def name(mine: list[str]) -> str:
        for n in range(1, len(mine)):
            if sum(other[-n:] == mine[-n:] for other in parts) == 1:
                return ".".join(mine[-n:])
        return ".".join(mine)

    return tuple(map(name, parts))


def require_mapping(scenario: Scenario, mapping: str | None = None) -> None:
    """Raise SettingsError for a scenario without a mapping, or without the one that is named."""
    names = [each.name for each in scenario.event_source_mappings]
    if not names:
        raise SettingsError(f"{scenario.name} has no event source mapping, so that nothing reads what is written")
    if mapping is not None and mapping not in names:
        raise SettingsError(f"--mapping {mapping}: there is none; known: {', '.join(names)}")


def combinations(dimensions: Sequence[Dimension]) -> list[Setting]:
    """Every combination, the last dimension changing fastest. Raises SettingsError when they are too many."""
    paths = [path for dimension in dimensions for path in dimension.paths]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise SettingsError(f"{twice[0]} is varied twice; give all its values at once")
    _refuse_too_many(math.prod(len(dimension.values) for dimension in dimensions))
    chosen = product(*(dimension.choices() for dimension in dimensions))
    return [Setting(tuple(override for choice in choices for override in choice)) for choices in chosen]


def shard_dimensions(texts: Iterable[str], streams: Sequence[str]) -> list[Dimension]:
    """What `--shards` says, once or several times: `2-8`, `2,4,8`, or `STREAM=2-8`. Raises SettingsError."""
    dimensions = []
    for text in texts:
        stream, given, numbers = text.rpartition("=")
        if given and stream not in streams:
            raise SettingsError(f"--shards {text}: there is no stream '{stream}'; known: {', '.join(streams)}")
        paths = tuple(f"streams.{name}.shards" for name in ([stream] if given else streams))
        dimensions.append(Dimension(paths, _whole_numbers(numbers, f"--shards {text}")))
    return dimensions


def varied(text: str) -> Dimension:
    """What `--vary PATH=V1,V2` says; commas within brackets or quotes belong to a value. Raises SettingsError."""
    path, given, values = text.partition("=")
    if not (given and path.strip() and values.strip()):
        raise SettingsError(f"--vary {text}: write PATH=VALUES such as batch_size=100,500 or batch_size=100-500/100")
    texts = separated(values)
    if "" in texts:
        raise SettingsError(f"--vary {text}: there is an empty value between two commas")
    return Dimension((dotted(path.strip()),), _spread(texts, f"--vary {text}"))


def dimension(path: str, values: str | Iterable[Any]) -> Dimension:
    """A field and its values as Python has them: texts, numbers, True and False; or texts as in a file.

    A text alone is what would stand after `--vary PATH=`. Raises SettingsError.
    """
    texts = separated(values) if isinstance(values, str) else list(map(_as_text, values))
    return Dimension((dotted(path),), _spread(texts, f"vary {path}"))


def varied_by(scenario: Scenario, vary: Mapping[str, str | Iterable[Any]]) -> list[Dimension]:
    """Fields of a scenario by path, and their values as `dimension` takes them. Raises SettingsError."""
    return in_full(scenario, [dimension(path, values) for path, values in vary.items()])


def in_full(scenario: Scenario, dimensions: Sequence[Dimension]) -> list[Dimension]:
    """The dimensions with the paths that short names stand for in a scenario: `batch_size` is that of all mappings.

    A name that stands for nothing, or for several kinds of field, stays and is refused where it is put in place.
    """
    if not dimensions:
        return []
    root = parse(dump(scenario, "/"), [])
    return [replace(each, paths=_full(root, each.paths)) for each in dimensions]


def _full(root: Node, paths: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(full for path in paths for full in full_paths(root, path))
    except UnknownPathError:
        return tuple(paths)


Shards = str | Iterable[int] | Mapping[str, str | Iterable[int]]


def shards_of(shards: Shards, streams: Sequence[str]) -> list[Dimension]:
    """What Python gives for shards: `range(2, 9)` or `"2-8"` for all streams, or either by stream."""
    if isinstance(shards, Mapping):
        return shard_dimensions([f"{stream}={_joined(some)}" for stream, some in shards.items()], streams)
    return shard_dimensions([_joined(shards)], streams)


def _joined(shards: str | Iterable[int]) -> str:
    return shards if isinstance(shards, str) else ",".join(map(str, shards))


def _as_number(text: str) -> str | int | float:
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text) else text


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refuse_too_many(n: int) -> None:
    if n > MOST_SETTINGS:
        raise SettingsError(f"that makes {n:,} settings, more than {MOST_SETTINGS:,}; vary fewer fields or values")


def _whole_numbers(text: str, asked: str) -> tuple[str, ...]:
    """Numbers and ranges, with commas between them."""
    values = _spread(text.split(","), asked)
    for each in values:
        if not re.fullmatch(r"\d{1,9}", each):
            raise SettingsError(f"{asked}: '{each}' is no number or range; {WRITTEN}")
    return tuple(dict.fromkeys(str(int(each)) for each in values))


def _spread(texts: Sequence[str], asked: str) -> tuple[str, ...]:
    """The values of texts, those of ranges one by one; each once. Raises SettingsError, which begins with `asked`."""
    try:
        spreads = [spread(text.strip()) for text in texts]
    except RangeError as error:
        raise SettingsError(f"{asked}: {error}") from None
    _refuse_too_many(sum(map(len, spreads)))
    return tuple(dict.fromkeys(str(value) for values in spreads for value in values))


def separated(text: str) -> list[str]:
    """The parts of a text between commas; those within brackets and quotes do not count."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        if letter == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
