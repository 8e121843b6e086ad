"""A field of a scenario with its origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from simulator.twin.merging import Known

How = Literal["data", "fitted", "assumed", "missing"]
Path = tuple[str | int, ...]
NOT_DESCRIBED: Final = "no file describes it"


@dataclass(frozen=True, slots=True)
class Field:
    """A field, its value as a scenario has it, and how it is known.

    source: the file and place; of what is assumed or missing, why, or what would tell it. low, high: of a fitted value
    its 95 % interval, as the value is written; of a distribution that of its mean.
    """

    path: Path
    value: Any
    how: How
    source: str
    low: Any = None
    high: Any = None

    @property
    def name(self) -> str:
        """Its path as `--set` takes it."""
        return ".".join(map(str, self.path))


class Row(NamedTuple):
    """A setting of AWS, the field that it is, AWS's default, and how its value is written in a scenario.

    write: raises ValueError for what a scenario cannot have.
    """

    setting: str
    field: str
    default: Any
    write: Callable[[Any], Any]


def interval(field: Field) -> str:
    """The interval of a fitted value: its own, or that of the mean where it is a distribution."""
    return f"{'the mean: ' if isinstance(field.value, dict) else ''}{field.low} to {field.high}"


def field(path: Path, row: Row, known: Known | None) -> Field:
    """The field of a setting: as a source says, or AWS's default where a source describes the thing without it."""
    here = (*path, row.field)
    said = known.get(row.setting) if known else None
    if said is not None and said.known:
        try:
            return Field(here, row.write(said.value), "data", str(said.place))
        except ValueError:
            return Field(here, row.default, "missing", f"{said.place}: what it says is not modelled")
    if said is not None:
        return Field(here, row.default, "missing", f"{said.place}: {said.value.why}")
    if known is not None and known.described is not None:
        return Field(here, row.default, "data", f"AWS's default, not in {known.described}")
    return Field(here, row.default, "missing", f"{NOT_DESCRIBED}; AWS's default is taken")


def fields(path: Path, rows: Sequence[Row], known: Known | None) -> list[Field]:
    """The fields of several settings of a thing."""
    return [field(path, row, known) for row in rows]
