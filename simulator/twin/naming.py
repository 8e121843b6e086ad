"""What is called by another name, or by none: outputs that do not say whose they are, and names that AWS makes up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from simulator.scenario.names import FUNCTION_NAME, STREAM_NAME
from simulator.scenario.nodes import shortened
from simulator.twin.found import Finding, Kind, Remark, Thing, warning

LONGEST_ID: Final = 24  # characters of an id in a name that CloudFormation makes up
MADE_UP: Final = r".+-(?:%s|%s)-[A-Za-z0-9]{8,13}"
STREAM_AT: Final[dict[Kind, int]] = {"stream": 0, "shard": 0, "consumer": 0, "reader": 0, "mapping": 0}
FUNCTION_AT: Final[dict[Kind, int]] = {"function": 0, "alias": 0, "provisioned": 0, "mapping": 2}


def named(things: Sequence[Thing]) -> list[Finding]:
    """The things, all of which say whose they are; and warnings about those that could not be told."""
    known = {"stream": _names(things, STREAM_AT), "function": _names(things, FUNCTION_AT)}
    found: list[Finding] = []
    for each in things:
        if each.key and not each.key[0]:
            what = "stream" if each.kind == "shard" else "function"
            found.append(_by_file(each, what, known[what]))
        else:
            found.append(each)
    return found


def _names(things: Iterable[Thing], at: dict[Kind, int]) -> list[str]:
    return list(
        dict.fromkeys(each.key[at[each.kind]] for each in things if each.kind in at and each.key[at[each.kind]])
    )


def _by_file(thing: Thing, what: str, names: Sequence[str]) -> Thing | Remark:
    """A thing with the name that is in its file's name, or with the only name there is."""
    file = PurePath(thing.place.file).name
    inside = [each for each in names if re.search(rf"(?<![A-Za-z0-9]){re.escape(each)}(?![A-Za-z0-9])", file)]
    best = [max(inside, key=len)] if inside else list(names)
    if len(best) != 1:
        why = f"does not say of which {what} it is; put the {what}'s name into the file's name"
        return warning(f"{thing.place.file}: {why}; it is left out")
    return replace(thing, key=(best[0], *thing.key[1:]))


def real_names(things: Sequence[Thing]) -> list[Thing]:
    """The things with ids of templates replaced by the real names that AWS made up of them, where these are known."""
    streams, functions = (_real(things, at) for at in (STREAM_AT, FUNCTION_AT))

    def key(thing: Thing) -> tuple[str, ...]:
        parts = list(thing.key)
        for at, names in ((STREAM_AT, streams), (FUNCTION_AT, functions)):
            if thing.kind in at and (part := parts[at[thing.kind]]) in thing.made_up:
                parts[at[thing.kind]] = names.get(part, part)
        return tuple(parts)

    return [replace(each, key=key(each)) for each in things]


def _real(things: Sequence[Thing], at: dict[Kind, int]) -> dict[str, str]:
    ids = {part for each in things if each.kind in at and (part := each.key[at[each.kind]]) in each.made_up}
    names = set(_names([each for each in things if not each.made_up], at))
    found = {}
    for id_ in ids:
        pattern = re.compile(MADE_UP % (re.escape(id_), re.escape(id_[:LONGEST_ID])))
        real = [each for each in names if pattern.fullmatch(each)]
        if len(real) == 1 and id_ not in names:
            found[id_] = real[0]
    return found


def allowed_names(things: Sequence[Thing]) -> list[Thing]:
    """The things with names that a scenario may have: what AWS would not take as a name is changed."""
    return [replace(each, key=_allowed(each)) for each in things]


def _allowed(thing: Thing) -> tuple[str, ...]:
    parts = list(thing.key)
    for at, nearest, instead in (
        (STREAM_AT, STREAM_NAME.nearest, "stream"),
        (FUNCTION_AT, FUNCTION_NAME.nearest, "function"),
    ):
        if thing.kind in at:
            parts[at[thing.kind]] = _fit(parts[at[thing.kind]], nearest, instead)
    return tuple(parts)


def _fit(name: str, nearest: Callable[[str], str], instead: str) -> str:
    return nearest(shortened(name, 300)) or instead
