"""Distributions of durations and sizes (docs/model.md, section 9)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from simulator.scenario.bounds import COLUMN, DURATION, LARGEST_RECORD
from simulator.scenario.csvcolumns import Sorted
from simulator.scenario.csvfiles import Column
from simulator.scenario.forms import Forms, Under
from simulator.scenario.kinds import CsvPath, Kind
from simulator.scenario.quantities import Duration, Number, Size
from simulator.scenario.records import Amount, Doc, Record
from simulator.scenario.words import Holding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AMOUNT = Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Always the same value."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    """Every value between two bounds is as likely as any other."""

    low: Annotated[float, AMOUNT, Doc("The smallest value.")]
    high: Annotated[float, AMOUNT, Doc("The largest value, at least `low`.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    """Exponential, known by its mean."""

    mean: Annotated[float, AMOUNT, Doc("The mean.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """Normal, truncated at 0."""

    mean: Annotated[float, AMOUNT, Doc("The mean before the truncation.")]
    sd: Annotated[float, AMOUNT, Doc("The standard deviation before the truncation.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal:
    """Lognormal, known by two quantiles, as latencies usually are."""

    median: Annotated[float, AMOUNT, Doc("Half of the values are below it.")]
    p99: Annotated[float, AMOUNT, Doc("99 of 100 values are below it; at least `median`.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """Gamma, known by its mean and its coefficient of variation."""

    mean: Annotated[float, AMOUNT, Doc("The mean.")]
    cv: Annotated[float, Number(0.001, 1000), Doc("Standard deviation divided by the mean; 1 is exponential.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Empirical:
    """Draws from measured values. `file` is absolute once loaded; `values` are ascending, in seconds or bytes."""

    file: Annotated[str, CsvPath(), Doc("A CSV file with a header, relative to the scenario file.")]
    column: Annotated[str, COLUMN, Doc("The column of the values, in seconds or bytes, without units.")]
    values: Annotated["NDArray[np.float64]", Column("file", "column", Sorted())] = field(repr=False, compare=False)


NO_TIME = Constant(value=0.0)

Distribution = Constant | Uniform | Exponential | Normal | Lognormal | Gamma | Empirical


def distribution(amount: Duration | Size) -> Forms:
    """The kind of a field that is an amount or a distribution of amounts."""
    constant = Holding(Constant, "value", amount)
    shapes: dict[str, Kind] = {
        "constant": constant,
        "uniform": Record(Uniform, amount),
        "exponential": Record(Exponential, amount),
        "normal": Record(Normal, amount),
        "lognormal": Record(Lognormal, amount),
        "gamma": Record(Gamma, amount),
        "empirical": Record(Empirical, amount),
    }
    return Forms(constant, {name: Under(name, kind) for name, kind in shapes.items()})


DURATIONS = distribution(DURATION)
RECORD_SIZES = distribution(Size(1, LARGEST_RECORD))
