"""What is wrong in a scenario file, and how it is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from simulator.scenario.nodes import shortened

Severity = Literal["error", "warning"]
EXCERPT_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error or warning.

    path: the file as the user named it, or `--set PATH` for an override. line, column: counted from 1; 0 when the fault
    is of the whole file or of an override. field: such as `event_source_mappings[0].batch_size`, empty for the whole
    file. hint: what was probably meant, or what to do. excerpt: the line of the file.
    """

    path: str
    line: int
    column: int
    field: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    excerpt: str = ""

    @property
    def text(self) -> str:
        """Message and hint in one line, without the place."""
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def __str__(self) -> str:
        path = shortened(self.path, 1000)
        place = f"{path}:{self.line}:{self.column}" if self.line else path
        about = f"{self.field}: " if self.field and not self.path.startswith("--set ") else ""
        head = f"{place}: {self.severity}: {about}{self.text}"
        return "\n".join([head, *_pointed(self.excerpt, self.line, self.column)])


class ScenarioError(ValueError):
    """A scenario that cannot be used; `faults` are all of its errors and warnings, in order of line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type["ScenarioError"], tuple[tuple[Fault, ...]]]:
        return ScenarioError, (self.faults,)


def errors(faults: Iterable[Fault]) -> list[Fault]:
    """The faults that make a file unusable: all but the warnings."""
    return [fault for fault in faults if fault.severity == "error"]


def _pointed(excerpt: str, line: int, column: int) -> list[str]:
    if not excerpt.strip():
        return []
    first = max(0, column - EXCERPT_WIDTH // 2) if len(excerpt) > EXCERPT_WIDTH else 0
    seen = "".join(letter if letter.isprintable() else " " for letter in excerpt[first : first + EXCERPT_WIDTH])
    return [f"    {line} | {seen}".rstrip(), f"    {' ' * len(str(line))} | {' ' * (column - 1 - first)}^"]
