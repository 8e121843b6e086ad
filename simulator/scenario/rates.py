"""Rates of producers by the time of the run (docs/model.md, section 2)."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from simulator.scenario.bounds import COLUMN, DURATION, RATE, SOME_DURATION
from simulator.scenario.csvcolumns import Numbers, Times
from simulator.scenario.csvfiles import Column
from simulator.scenario.forms import Forms, ListOf, Under
from simulator.scenario.kinds import CsvPath
from simulator.scenario.quantities import Number
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import Holding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantRate:
    """The same rate all the time."""

    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A rate from a CSV file: from each row's time to the next row's, that many records, spread evenly.

    `trace` is absolute once loaded; `time_s` and `records` are as the file has them, before `scale` and `stretch`.
    """

    trace: Annotated[
        str, CsvPath(), Doc("A CSV file with a header and at least two rows, relative to the scenario file.")
    ]
    column: Annotated[str, COLUMN, Doc("The column of the counts of records.")] = "records"
    time_column: Annotated[str, COLUMN, Doc("The column of the times in seconds, ascending.")] = "time_s"
    scale: Annotated[float, Number(0, 1e9), Doc("Multiplies the counts.")] = 1.0
    stretch: Annotated[float, Number(1e-6, 1e6), Doc("Multiplies the times.")] = 1.0
    time_s: Annotated["NDArray[np.float64]", Column("trace", "time_column", Times(-math.inf, 2))] = field(
        repr=False, compare=False
    )
    records: Annotated["NDArray[np.float64]", Column("trace", "column", Numbers(0.0, 2))] = field(
        repr=False, compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From `at` on, `rate`."""

    at: Annotated[float, DURATION, Doc("When the step begins, in time of the run.")]
    rate: Annotated[float, RATE, Doc("The rate from then on.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A rate that changes at given times: 0 before the first step, and the last one lasts."""

    steps: Annotated[tuple[Step, ...], ListOf(Record(Step)), Doc("The steps, in order of time.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sine:
    """A rate that goes up and down, never below 0."""

    mean: Annotated[float, RATE, Doc("The rate it swings around.")]
    amplitude: Annotated[float, RATE, Doc("How far it swings up and down.")]
    period: Annotated[float, SOME_DURATION, Doc("The time from one peak to the next.")]
    peak_at: Annotated[float, DURATION, Doc("When a peak is, in time of the run.")] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spikes:
    """`peak` for `lasts` from every multiple of `every`, time 0 included; `base` in between."""

    base: Annotated[float, RATE, Doc("The rate between spikes.")]
    peak: Annotated[float, RATE, Doc("The rate during a spike.")]
    every: Annotated[float, SOME_DURATION, Doc("The time from the start of a spike to the start of the next.")]
    lasts: Annotated[float, DURATION, Doc("How long a spike lasts; at most `every`.")]


Rate = ConstantRate | Trace | Steps | Sine | Spikes

RATES = Forms(
    Holding(ConstantRate, "rate", RATE),
    {
        "trace": Record(Trace),
        "steps": Record(Steps),
        "sine": Under("sine", Record(Sine)),
        "spikes": Under("spikes", Record(Spikes)),
    },
)
