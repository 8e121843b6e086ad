"""Curves as plain numbers, for those who want to read a value off them: what a page draws again when it may."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from simulator.report.plots.palette import Fill, Line
from simulator.report.plots.thinning import Floats

DIGITS: Final = 4  # of a value
Unit = Literal["s", "count", "records/s", "USD"]


@dataclass(frozen=True)
class Series:
    """One curve: a value for each time, None where there is none.

    Areas are stacked, the first at the bottom; `dashes` and `hatch` tell curves and areas apart without colours.
    """

    label: str
    colour: str
    values: tuple[float | None, ...]
    dashes: tuple[float, ...] = ()
    hatch: str = ""
    width: float = 1.6


@dataclass(frozen=True)
class Span:
    """A shaded time in seconds, and what happens in it."""

    label: str
    start_s: float
    end_s: float
    hatch: str = ""


@dataclass(frozen=True)
class Mark:
    """A moment in seconds, or a value, that has a line of its own."""

    label: str
    at: float


@dataclass(frozen=True)
class Chart:
    """Curves over the time of a run. Times are in seconds, values in `unit`.

    starts: when that is by the clock, as ISO 8601 has it; nothing: times are told from the start on.
    """

    name: str
    axis: str
    unit: Unit
    end_s: float
    times_s: tuple[float | None, ...]
    series: tuple[Series, ...]
    stacked: bool = False
    spans: tuple[Span, ...] = ()
    moments: tuple[Mark, ...] = ()
    bounds: tuple[Mark, ...] = ()
    starts: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def numbers(values: Floats, digits: int = DIGITS) -> tuple[float | None, ...]:
    """Values with as many digits as can be seen; None for those that are not known."""
    return tuple(_short(values, digits))


def _short(values: Floats, digits: int) -> Iterator[float | None]:
    for value in np.asarray(values, float).tolist():
        if not math.isfinite(value):
            yield None
        else:
            rounded = float(f"{value:.{digits}g}")
            yield int(rounded) if rounded.is_integer() else rounded


def line_series(label: str, line: Line, values: Floats) -> Series:
    """A line as it is drawn."""
    dashes = () if line.dashes == "-" else line.dashes[1]
    return Series(label, line.colour, numbers(values), dashes)


def area_series(label: str, fill: Fill, values: Floats) -> Series:
    """An area as it is drawn."""
    return Series(label, fill.colour, numbers(values), (), fill.hatch[:1])
