"""What a file says, and where it says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

LONGEST: Final = 200  # characters of a place that are told


class Rank(IntEnum):
    """Which source is believed where two differ: the lower one."""

    RUNNING = 0  # the running system, as the aws command line tells it
    STATE = 1  # Terraform's state of it
    TEMPLATE = 2  # what it is to become: templates and plans

    @property
    def noun(self) -> str:
        """What such a source is called."""
        return ("the running system", "the state", "the template")[self]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, such as `mappings.json` and `EventSourceMappings[0].BatchSize`."""

    file: str
    path: str = ""
    rank: Rank = Rank.RUNNING

    def at(self, *steps: str | int) -> Place:
        """The place of a part of what is here."""
        path = self.path
        for step in (each for each in steps if each != ""):
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        return replace(self, path=path)

    def __str__(self) -> str:
        path = self.path if len(self.path) <= LONGEST else self.path[: LONGEST - 1] + "…"
        return f"{self.file}: {path}" if path else self.file


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a value that a source has but does not tell.

    why: a part of a sentence. name: what the value may be called, for want of better; or nothing.
    """

    why: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A value, or that it is unknown, and its place."""

    value: Any
    place: Place

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not isinstance(self.value, Unknown)
