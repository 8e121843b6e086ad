"""The ranges of hash keys that the shards of a stream have, as list-shards tells them (docs/model.md, section 2)."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar, Final

from simulator.scenario.bounds import SHARDS
from simulator.scenario.kinds import Schema, UnfitError
from simulator.scenario.nodes import Type
from simulator.scenario.place import UNREADABLE, Problem
from simulator.scenario.quantities import Integer

HASHES: Final = 2**128
LAST_HASH_KEY: Final = HASHES - 1
MOST_SHARDS: Final = int(SHARDS.most)
DIGITS: Final = len(str(LAST_HASH_KEY))

HashRange = tuple[int, ...]  # first and last hash key


class HashKey(Integer):
    """A hash key: a whole number; also as text, as AWS has it, since not all that read JSON keep 128 bits."""

    noun: ClassVar[str] = "a hash key, a whole number"

    def number(self, text: str) -> int:
        if re.fullmatch(f"[+-]?[0-9]{{1,{DIGITS}}}", text):
            return int(text)
        value = super().number(text)
        if not isinstance(value, int):
            raise UnfitError("is out of range" if abs(value) > LAST_HASH_KEY else "is not exact", "write all digits")
        return value

    def takes(self, text: str, type_: Type) -> bool:
        return type_ in ("number", "string")

    def schema(self, definitions: Schema) -> Schema:
        return {"anyOf": [super().schema(definitions), {"type": "string", "pattern": f"^[0-9]{{1,{DIGITS}}}$"}]}


HASH_KEY: Final = HashKey(0, LAST_HASH_KEY)


def equal_ranges(shards: int) -> list[tuple[int, int]]:
    """The ranges of so many shards that are made together, the ends included."""
    step = HASHES // shards
    ends = [*((j + 1) * step - 1 for j in range(shards - 1)), LAST_HASH_KEY]
    return [(j * step, end) for j, end in enumerate(ends)]


def range_problems(field: str, ranges: Sequence[HashRange]) -> Iterator[Problem]:
    """Whether the ranges follow each other without a gap, and cover all hash keys."""
    if not ranges or any(each is UNREADABLE or UNREADABLE in each for each in ranges):
        return
    for i, (first, last) in enumerate(ranges):
        if first > last:
            yield Problem(f"{field}[{i}]", "ends before it begins")
    if len(ranges) > MOST_SHARDS:
        yield Problem(field, f"has {len(ranges)} ranges; allowed: at most {MOST_SHARDS}")
    if ranges[0][0] != 0:
        yield Problem(f"{field}[0]", f"begins at {ranges[0][0]}; allowed: 0, ranges stand in order")
    for i, (before, after) in enumerate(pairwise(ranges), 1):
        if after[0] != before[1] + 1:
            yield Problem(f"{field}[{i}]", f"begins at {after[0]}; allowed: {before[1] + 1}, after the range before it")
    if ranges[-1][1] != LAST_HASH_KEY:
        yield Problem(f"{field}[{len(ranges) - 1}]", f"ends at {ranges[-1][1]}; allowed: {LAST_HASH_KEY}, 2^128 - 1")
