"""Dates with a time of day, as `2026-11-27T14:00`, `2026-11-27T14:00Z` or `2026-11-27T14:00+01:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from simulator.scenario.kinds import ScalarKind, Schema, UnfitError

DATE: Final = "(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
TIME: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
ZONE: Final = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
INSTANT: Final = f"{DATE}T{TIME}{ZONE}"
EXAMPLE: Final = "2026-11-27T14:00"


@dataclass(frozen=True)
class Instant(ScalarKind):
    """A date with a time of day, from 1970 to 2999; without a zone it is told without one."""

    @property
    def allowed(self) -> str:
        return f"a date and time such as {EXAMPLE}, with Z or +01:00 after it if the zone is to be told"

    def parse(self, text: str) -> datetime:
        if not re.fullmatch(INSTANT, text):
            raise UnfitError("is not a date and time", _likely(text))
        found = instant(text)
        if found is None:
            raise UnfitError("is no day of the calendar")
        return found

    def write(self, value: Any, folder: Path) -> str:
        return written(value)

    def schema(self, definitions: Schema) -> Schema:
        return {"type": "string", "pattern": f"^{INSTANT}$"}

    def accepts(self, value: Any) -> bool:
        return isinstance(value, datetime)


def instant(text: str) -> datetime | None:
    """The instant that a text says; None for any other text."""
    try:
        return datetime.fromisoformat(text) if re.fullmatch(INSTANT, text) else None
    except ValueError:
        return None


def written(instant: datetime) -> str:
    """An instant as text: seconds only where there are any, UTC as Z."""
    text = instant.isoformat(timespec="seconds" if instant.second else "minutes")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _likely(text: str) -> str:
    """What was probably meant, where that is a date alone, or with a blank before the time."""
    match = re.fullmatch(rf"({DATE})(?:[ T]*({TIME}) ?({ZONE}))?", text)
    return f"did you mean '{match[1]}T{match[2] or '00:00'}{match[3] or ''}'?" if match else ""
