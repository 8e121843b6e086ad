"""What producers ask of a stream: records and bytes a second at the mean and at the peak, and the hottest shard's part.

It is drawn from the scenario alone, without simulating.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.expectations import mean
from simulator.scenario.hash_ranges import HASHES
from simulator.scenario.spec import CountedKeys, PartitionKeys, Producer, Scenario, WeightedKeys, Zipf
from simulator.traffic.partition_keys import key_hash
from simulator.traffic.rates import profile

Floats = NDArray[np.float64]
CELLS: Final = 4000  # of the time in which the peak is looked for
SHORTEST_PEAK_S: Final = 1.0  # a shard's buckets even out what is shorter
LEVELS: Final = 32
HOT: Final = 1.25  # times its equal share: a hot shard
MOST_NAMED: Final = 3  # keys of a hot shard
STANDS_OUT: Final = 0.1  # of a hot shard's records: a key that is named
NEARLY_EQUAL: Final = 1e-12  # of the ring of hashes
MOST_KEYS: Final = 100_000  # that are placed one by one: those after them are taken to be spread evenly


@dataclass(frozen=True)
class Hot:
    """The traffic whose keys are few enough to matter: their places on the ring of hashes, and their weights."""

    places: Floats  # from 0 to 1
    weights: Floats  # of all traffic; what they leave is spread evenly

    def shares(self, edges: Floats) -> tuple[Floats, Floats]:
        """The parts of the traffic that the ranges between some places get, and how many ranges get each."""
        ranges, widths = len(edges) - 1, np.diff(edges)
        even = max(0.0, 1 - float(self.weights.sum())) * widths
        if not len(self.places) and np.ptp(widths) < NEARLY_EQUAL:
            return even[:1], np.array([float(ranges)])
        parts = np.bincount(self.within(edges), self.weights, ranges)
        return even + parts.astype(np.float64), np.ones(ranges)

    def within(self, edges: Floats) -> NDArray[np.int64]:
        """The range between some places that each key lies in."""
        return edges.searchsorted(self.places, "right") - 1


@dataclass(frozen=True)
class Demand:
    """What comes to one stream while producers run, from t = 0 on."""

    records_per_s: float
    peak_records_per_s: float  # in the busiest `peak_over_s`
    peak_over_s: float
    levels: Floats  # of the rate: each is the mean over an equal part of the time, in ascending order
    mean_bytes: float
    waiting_records: float  # written before t = 0
    keys: tuple[tuple[PartitionKeys, str, float], ...]  # keys, producer, its part of the records
    begins: tuple[float, ...]  # where the shards of the start begin, from 0 to 1; with another number they are equal

    @cached_property
    def hot(self) -> Hot:
        """The keys that are not spread evenly."""
        placed = [_placed(keys, producer, part) for keys, producer, part in self.keys]
        nothing = np.zeros(0)
        return Hot(
            np.concatenate([nothing, *(places for places, _ in placed)]),
            np.concatenate([nothing, *(weights for _, weights in placed)]),
        )

    def hot_keys(self, shards: int) -> list[tuple[str, float]]:
        """The keys that make up most of the hottest of so many shards, with their parts of the stream's records.

        None where it gets no more than its share, or no key stands out in it.
        """
        parts = self.shares(shards)[0]
        hottest = int(parts.argmax())
        if len(parts) < shards or parts[hottest] < HOT / shards:
            return []
        mine = np.flatnonzero(self.hot.within(self.edges(shards)) == hottest)
        found = mine[np.argsort(-self.hot.weights[mine], kind="stable")][:MOST_NAMED]
        stand_out = [i for i in found.tolist() if self.hot.weights[i] >= STANDS_OUT * parts[hottest]]
        names = [name for keys, producer, _ in self.keys for name in _popular(keys, producer)[0]]
        return [(names[i], float(self.hot.weights[i])) for i in stand_out]

    def hottest_share(self, shards: int, lanes: int = 1) -> float:
        """The part of the records that the hottest of so many shards, or lanes of them, gets."""
        return float(self.shares(shards, lanes)[0].max())

    def shares(self, shards: int, lanes: int = 1) -> tuple[Floats, Floats]:
        """The parts of the records that so many shards, or lanes of each, get, and how many get each."""
        return self.hot.shares(self.edges(shards, lanes))

    def edges(self, shards: int, lanes: int = 1) -> Floats:
        """Where so many shards, of so many lanes each, begin on the ring of hashes, from 0 to 1; and its end."""
        if len(self.begins) != shards:
            return np.linspace(0.0, 1.0, shards * lanes + 1)
        return np.interp(np.arange(shards * lanes + 1) / lanes, np.arange(shards + 1), (*self.begins, 1.0))

    @property
    def hottest_key(self) -> float:
        """The part of the records that the most popular key gets: no number of shards divides it."""
        return float(self.hot.weights.max(initial=0.0))


def demand(scenario: Scenario, stream: str) -> Demand:
    """What the producers of a stream ask of it."""
    producers = tuple(each for each in scenario.producers if each.stream == stream)
    begins = tuple(first / HASHES for first, _ in scenario.streams[stream].hash_ranges)
    return _demand(producers, scenario.duration, begins)


@lru_cache(maxsize=64)
def _demand(producers: tuple[Producer, ...], duration: float, begins: tuple[float, ...]) -> Demand:
    """Settings of a study mostly have the same producers."""
    cells = int(np.clip(duration / SHORTEST_PEAK_S, 1, CELLS))
    edges = np.linspace(0.0, duration, cells + 1)
    counts = [np.diff(_expected(each, edges)) for each in producers]
    records = np.array([each.sum() for each in counts])
    total = float(records.sum())
    by_cell = np.sum(counts, axis=0) if producers else np.zeros(cells)
    cell_s = duration / cells
    parts = records / total if total else np.zeros(len(producers))
    return Demand(
        records_per_s=total / duration,
        peak_records_per_s=float(by_cell.max()) / cell_s,
        peak_over_s=cell_s,
        levels=_levels(by_cell / cell_s),
        mean_bytes=sum(float(part) * mean(each.record_size) for part, each in zip(parts, producers, strict=True)),
        waiting_records=sum(_before(each) for each in producers),
        keys=tuple((each.partition_keys, each.name, float(p)) for p, each in zip(parts, producers, strict=True)),
        begins=begins,
    )


def _levels(rates: Floats) -> Floats:
    return np.array([part.mean() for part in np.array_split(np.sort(rates), min(LEVELS, len(rates)))])


def _expected(producer: Producer, times_s: Floats) -> Floats:
    """Records that a producer is expected to have made by each time, from an arbitrary origin."""
    shape = profile(producer.rate)
    if shape is None:
        return np.zeros(len(times_s))
    return np.array([shape.integral(t) for t in np.clip(times_s, producer.start, producer.stop).tolist()])


def _before(producer: Producer) -> float:
    start, end = _expected(producer, np.array([min(0.0, producer.start), 0.0]))
    return float(end - start)


def _placed(keys: PartitionKeys, producer: str, part: float) -> tuple[Floats, Floats]:
    """The places of a producer's popular keys, and their parts of the stream's records."""
    names, weights = _popular(keys, producer)
    places = np.array([key_hash(name) / HASHES for name in names])
    return np.minimum(places, np.nextafter(1.0, 0.0)), weights * part


def _popular(keys: PartitionKeys, producer: str) -> tuple[list[str], Floats]:
    match keys:
        case WeightedKeys(keys=names, weight=weight):
            top = np.argsort(-weight, kind="stable")[:MOST_KEYS]
            return [names[i] for i in top.tolist()], weight[top] / weight.sum()
        case CountedKeys(count=count, popularity=popularity):
            exponent = popularity.zipf if isinstance(popularity, Zipf) else 0.0
            if exponent == 0 and count > MOST_KEYS:
                return [], np.zeros(0)
            weight = np.arange(1, count + 1, dtype=np.float64) ** -exponent
            top_weights: Floats = (weight / weight.sum())[:MOST_KEYS]
            return [f"{producer}-{i}" for i in range(len(top_weights))], top_weights
        case _:
            return [], np.zeros(0)
