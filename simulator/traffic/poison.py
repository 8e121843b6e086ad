"""Poison records: batches that hold one always fail (docs/model.md, section 7)."""

from __future__ import annotations

import numpy as np

from simulator.scenario.spec import Poison
from simulator.traffic.draws import all_bits, all_units, key
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import ns


class Poisoned:
    """Which records of one stream poison one function, and after what part of the duration (infinite: healthy)."""

    def __init__(self, poison: list[Poison], seed: int, replication: int, function: str, stream: str) -> None:
        self._at_random = [p for p in poison if p.probability > 0]
        self._draws, self._of = (seed, replication), (function, stream)
        self._at_times = sorted((ns(at), p.fails_after) for p in poison for at in p.at)

    def at_random(self, producer: str, first: int, n: int) -> Floats:
        """For n of a producer's records from number `first` on; it does not depend on their shards."""
        after = np.full(n, np.inf)
        for i, poison in enumerate(self._at_random):
            of = key(*self._draws, "poison", *self._of, producer, i)
            struck = all_units(all_bits(of, first, n)) < poison.probability
            after[struck] = np.minimum(after[struck], poison.fails_after)
        return after

    def at_times(self, accepted_ns: Integers, after: Floats) -> None:
        """Mark in `after` the first record accepted at or after each time; a time with none yet stays for later.

        Of records accepted at one instant it is the first row: rows are in order of shard, then of acceptance.
        """
        later_times = []
        for at_ns, fails_after in self._at_times:
            rows = np.flatnonzero(accepted_ns >= at_ns)
            if len(rows):
                first = rows[np.argmin(accepted_ns[rows])]
                after[first] = min(after[first], fails_after)
            else:
                later_times.append((at_ns, fails_after))
        self._at_times = later_times
