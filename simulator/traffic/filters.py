"""Filters: which records of a stream a mapping lets through to its function (docs/model.md, section 17)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.traffic.draws import all_bits, all_units, key
from simulator.traffic.partition_keys import Draws, Keys, key_hash

Bools = NDArray[np.bool_]
PARTS: Final = 1_000_000  # a key passes by its hash modulo this


class Filtered:
    """What one mapping's filter lets through. It does not depend on shards."""

    def __init__(self, filter_: spec.Filter, mapping: str, seed: int, replication: int) -> None:
        self._filter, self._mapping, self._draws = filter_, mapping, (seed, replication)
        self._by_key: dict[str, Bools] = {}  # by producer: of each of its keys

    def passes(self, producer: str, keys: Keys, first: int, draws: Draws) -> Bools:
        """Which of a producer's records pass, from number `first` on; `draws`: of their keys."""
        if self._filter.by == "key" and keys.names is not None:
            if producer not in self._by_key:
                self._by_key[producer] = np.array([key_passes(name, self._filter.passes) for name in keys.names])
            return self._by_key[producer].take(draws)
        of = key(*self._draws, "filter", self._mapping, producer)
        found: Bools = all_units(all_bits(of, first, len(draws))) < self._filter.passes
        return found


def key_passes(name: str, passes: float) -> bool:
    """Whether a key passes a filter by key, that lets a part of them pass."""
    return key_hash(name) % PARTS < passes * PARTS
