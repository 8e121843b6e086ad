"""Fields of a scenario by their paths: where one leads, what stands there, and what a setting is in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from simulator.report.page.view import plural
from simulator.report.page.words import told
from simulator.study.settings import Setting

ROOMS: Final = ("streams", "functions", "event_source_mappings", "producers")
UNCHANGED: Final = "as it is"


def located(path: str, resolved: Mapping[str, Any]) -> tuple[str, str, str]:
    """The room, the name of the thing in it, and the field: of event_source_mappings.0.batch_size the second is a name.

    Names may hold dots. The name is empty where a path does not lead into a thing.
    """
    room, _, rest = path.partition(".")
    things = resolved.get(room) if room in ROOMS else None
    if isinstance(things, dict):
        names = {name: name for name in things}
    else:
        each = [str(thing["name"]) for thing in things or ()]
        names = {name: name for name in each} | {str(i): name for i, name in enumerate(each)}
    for key, name in names.items():
        if rest.startswith(f"{key}."):
            return room, name, rest.removeprefix(f"{key}.")
    return room, "", rest


def value_at(path: str, resolved: Mapping[str, Any]) -> str:
    """What a resolved scenario has at a path; empty where there is nothing."""
    room, name, field = located(path, resolved)
    things = resolved.get(room)
    value: Any = resolved if not name else things[name] if isinstance(things, dict) else _named(things, name)
    for part in (field if name else path).split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _named(things: Any, name: str) -> Any:
    return next(each for each in things if each["name"] == name)


def changes(overrides: Mapping[str, str], resolved: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The fields that a setting changes: by path what it is now, and then."""
    pairs = {path: (value_at(path, resolved), value) for path, value in overrides.items()}
    return {path: (now, then) for path, (now, then) in pairs.items() if now != then}


def shards_with(overrides: Mapping[str, str], resolved: Mapping[str, Any]) -> int:
    """The shards of all streams with a setting."""
    return sum(
        int(overrides.get(f"streams.{name}.shards", stream["shards"])) for name, stream in resolved["streams"].items()
    )


def setting_words(overrides: Mapping[str, str]) -> str:
    """A setting in words: 3 shards, batch size 500."""
    return ", ".join(_words(name, value) for name, value in _shown(overrides).items()) or UNCHANGED


def _shown(overrides: Mapping[str, str]) -> dict[str, str]:
    return Setting(tuple(overrides.items())).told


def _words(name: str, value: str) -> str:
    stream, _, field = name.rpartition(".")
    if field == "shards" and re.fullmatch("[0-9]{1,9}", value):
        return plural(int(value), "shard") + (f" of {stream}" if stream else "")
    return f"{told(name)} {value}"
