"""Partition keys, which send each record to its shard and lane (docs/model.md, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from simulator.scenario.bounds import COLUMN
from simulator.scenario.csvcolumns import Keys, Weights
from simulator.scenario.csvfiles import Column
from simulator.scenario.forms import Forms
from simulator.scenario.kinds import CsvPath
from simulator.scenario.quantities import Integer, Number
from simulator.scenario.records import Doc, Record
from simulator.scenario.words import Word, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueKeys:
    """Every record its own key: its hash is an independent uniform draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zipf:
    """Key i has weight (i + 1) to the power of -zipf."""

    zipf: Annotated[float, Number(0, 20), Doc("The exponent; 0 is uniform, 1 is what is often seen.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedKeys:
    """A number of keys, drawn at random or taken in turn."""

    count: Annotated[int, Integer(1, 10_000_000), Doc("How many keys there are.")]
    popularity: Annotated[
        Literal["uniform"] | Zipf,
        Forms(words("uniform"), {"zipf": Record(Zipf)}),
        Doc("How often each key is drawn: `uniform` or `{zipf: s}`."),
    ] = "uniform"
    order: Annotated[
        Literal["random", "round_robin"],
        words("random", "round_robin"),
        Doc("`round_robin`: record k has key k mod count, without randomness."),
    ] = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedKeys:
    """Keys and their weights from a CSV file. `weights` is absolute once loaded; the keys are used as they are."""

    weights: Annotated[str, CsvPath(), Doc("A CSV file with a header, relative to the scenario file.")]
    key_column: Annotated[str, COLUMN, Doc("The column of the keys.")] = "key"
    weight_column: Annotated[str, COLUMN, Doc("The column of the weights, of any sum above 0.")] = "weight"
    keys: Annotated["Sequence[str] | NDArray[Any]", Column("weights", "key_column", Keys())] = field(
        repr=False, compare=False
    )
    weight: Annotated["NDArray[np.float64]", Column("weights", "weight_column", Weights())] = field(
        repr=False, compare=False
    )


PartitionKeys = UniqueKeys | CountedKeys | WeightedKeys

PARTITION_KEYS = Forms(Word({"unique": UniqueKeys()}), {"count": Record(CountedKeys), "weights": Record(WeightedKeys)})
