"""A producer: what it produces when, how large, under which key (docs/model.md, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.traffic.arrivals import arrivals, portions
from simulator.traffic.draws import all_bits, key
from simulator.traffic.partition_keys import Draws, Keys, partition_keys
from simulator.traffic.quantiles import Quantile, Same, quantile

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """Records of one producer in order of production."""

    produced_ns: Integers
    produced_s: NDArray[np.float64]  # before it was rounded: so records of several producers are put in order
    bytes: Integers
    draws: Draws
    first: int  # the number of the first among the producer's records

    def __len__(self) -> int:
        return len(self.produced_ns)


class Producer:
    """One producer's records, taken in stretches of time. What is drawn for a record depends on its number alone."""

    def __init__(self, producer: spec.Producer, largest_bytes: int, seed: int, replication: int) -> None:
        def of(purpose: str) -> int:
            return key(seed, replication, "producer", producer.name, purpose)

        self.spec = producer
        self.keys: Keys = partition_keys(producer.partition_keys, producer.name, of("keys"))
        self._arrivals = arrivals(producer, of("arrivals"))
        self._size, self._largest_bytes, self._sizes = quantile(producer.record_size), largest_bytes, of("sizes")
        self._produced = 0

    def until(self, end_ns: int) -> Batch:
        """The records produced before `end_ns` and not taken before."""
        produced_ns, produced_s = self._arrivals.until(end_ns)
        first, n = self._produced, len(produced_ns)
        self._produced += n
        sizes = whole_bytes(self._size, self._largest_bytes, self._sizes, first, n)
        return Batch(produced_ns, produced_s, sizes, self.keys.draw(first, n), first)

    def expected(self, time_ns: int) -> float:
        """Records expected from the producer's start to a time."""
        return self._arrivals.expected(time_ns)


def whole_bytes(size: Quantile, largest: int, key: int, first: int, n: int) -> Integers:
    """Sizes rounded half up to whole bytes, at least 1, at most `largest` (the stream's max_record_size)."""
    if isinstance(size, Same):
        return np.full(n, max(1, int(np.floor(size.value + 0.5))))
    sizes = np.empty(n, np.int64)
    for some in portions(n):
        drawn = size.all(all_bits(key, first + some.start, some.stop - some.start))
        sizes[some] = np.clip(np.floor(drawn + 0.5), 1, largest)
    return sizes
