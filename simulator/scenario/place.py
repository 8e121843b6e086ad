"""Where reading is in the document, and what it has found wrong so far."""

import dataclasses
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from simulator.scenario.faults import Severity
from simulator.scenario.nodes import Group, Mark, shortened

MOST_PROBLEMS = 1000
MOST_COMPARED = 1000  # names, to find the one that was meant


class Unreadable:
    """Stands for a value that was already reported.

    Like NaN it compares false with everything, and what is computed from it is itself: so the rules run over what could
    be read, and none of them says a second time what is wrong with the rest.
    """

    def _false(self, _other: object) -> bool:
        return False

    def _itself(self, *_others: object) -> "Unreadable":
        return self

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _false
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __getattr__ = __getitem__ = __call__ = _itself
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return False

    def __float__(self) -> float:
        return math.nan

    def __iter__(self) -> Any:
        return iter(())


UNREADABLE: Any = Unreadable()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a field; without a mark it is where the field, or the group around it, was written."""

    field: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    mark: Mark | None = None


class UnknownPathError(Exception):
    """A path that leads nowhere; `hint` names the nearest that does."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class TooManyProblemsError(Exception):
    """Reading stops: nobody reads so many, and each costs a search for what was meant."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field being read. `problems` and `marks` are filled by the reading and shared by all places of a document."""

    root: Group
    folder: Path
    field: str = ""
    problems: list[Problem] = dataclasses.field(default_factory=list)
    marks: dict[str, Mark] = dataclasses.field(default_factory=dict)

    def at(self, part: str | int, mark: Mark) -> "Place":
        """The place of a part of this field, written at `mark`."""
        below = joined(self.field, part)
        self.marks.setdefault(below, mark)
        return replace(self, field=below)

    def refuse(self, mark: Mark, message: str, hint: str = "") -> Any:
        """Note what is wrong here, and give the value that stands for it. Raises TooManyProblemsError."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblemsError
        self.problems.append(Problem(self.field, message, hint, "error", mark))
        return UNREADABLE

    def names(self, section: str) -> Collection[str]:
        """The names that the file gives in `streams` or `functions`."""
        entry = self.root.entries.get(section)
        return entry.node.entries if entry and isinstance(entry.node, Group) else ()


def joined(field_path: str, part: str | int) -> str:
    """`streams` and `clicks` give `streams.clicks`; a number gives an index in brackets."""
    if isinstance(part, int):
        return f"{field_path}[{part}]"
    return f"{field_path}.{part}" if field_path else part


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one, of the first thousand, or an empty text."""
    import difflib  # not needed for a file without faults

    spelled = {candidate.lower().replace("-", "_"): candidate for candidate in islice(known, MOST_COMPARED)}
    close = difflib.get_close_matches(name[:80].lower().replace("-", "_"), spelled, n=1, cutoff=0.6)
    return spelled[close[0]] if close else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The hint that names the nearest known name, else all of them when they are few."""
    candidates = list(known)
    close = nearest(name, candidates)
    if close:
        return f"did you mean '{shortened(close)}'?"
    return f"known: {', '.join(map(shortened, candidates))}" if 0 < len(candidates) <= 20 else ""
