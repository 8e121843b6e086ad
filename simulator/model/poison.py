"""Poison records: batches that hold one always fail (docs/model.md, section 7)."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from simulator.scenario.spec import Poison

Floats = NDArray[np.float64]


class PoisonedRecords:
    """Which records of one stream poison one function, and after what part of the duration (infinite: healthy)."""

    def __init__(self, poison: list[Poison], rng: Callable[[str], Generator]) -> None:
        self._rng = rng
        self._at_random = [p for p in poison if p.probability > 0]
        self._gaps: dict[tuple[str, int], Gaps] = {}
        self._at_times = sorted((at, p.fails_after) for p in poison for at in p.at)

    def strike_at_random(self, producer: str, n: int) -> Floats:
        """For the producer's next n records; whether a record is poison does not depend on its shard."""
        after = np.full(n, np.inf)
        for i, poison in enumerate(self._at_random):
            key = producer, i
            if key not in self._gaps:
                self._gaps[key] = Gaps(poison.probability, self._rng(f"{producer} {i}"))
            struck = self._gaps[key].next(n)
            after[struck] = np.minimum(after[struck], poison.fails_after)
        return after

    def strike_at_times(self, accepted_s: Floats, after: Floats) -> None:
        """Mark in `after` the first record accepted at or after each time; a time with none yet stays for later."""
        waiting = []
        for at, fails_after in self._at_times:
            later = np.flatnonzero(accepted_s >= at)
            if len(later):
                first = later[np.argmin(accepted_s[later])]
                after[first] = min(after[first], fails_after)
            else:
                waiting.append((at, fails_after))
        self._at_times = waiting


class Gaps:
    """Independent events of one probability a record, drawn as the gaps between them."""

    def __init__(self, probability: float, rng: Generator) -> None:
        self._probability, self._rng = probability, rng
        self._next = int(rng.geometric(probability)) - 1  # records before the next event

    def next(self, n: int) -> NDArray[np.int64]:
        """Which of the next n records have the event."""
        struck = []
        while self._next < n:
            struck.append(self._next)
            self._next += int(self._rng.geometric(self._probability))
        self._next -= n
        return np.array(struck, np.int64)
