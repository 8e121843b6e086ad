"""Producers: what is produced when, how large, under which key (docs/model.md, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from simulator.model.partition_keys import Keys, partition_keys
from simulator.model.portions import portions
from simulator.model.randomness import generator
from simulator.model.rates import Profile, profile
from simulator.model.sampling import draw
from simulator.scenario import spec
from simulator.scenario.spec import Constant, Distribution

Floats = NDArray[np.float64]


@dataclass
class Batch:
    """Records of one producer in order of production."""

    produced_s: Floats
    bytes: NDArray[np.int64] | int  # an int: all have this size
    draws: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.produced_s)


class Producer:
    """One producer's records, taken in stretches of time."""

    def __init__(self, producer: spec.Producer, largest_bytes: int, seed: int, replication: int) -> None:
        def rng(purpose: str) -> Generator:
            return generator(seed, replication, "producer", producer.name, purpose)

        self.spec = producer
        self.drop = producer.on_throttle == "drop"
        self.keys: Keys = partition_keys(producer.partition_keys, producer.name, rng("keys"))
        self._times = arrival_times(producer, rng("arrivals"))
        self._size, self._largest_bytes, self._sizes = producer.record_size, largest_bytes, rng("sizes")

    def until(self, end_s: float) -> Batch:
        """The records produced before `end_s` and not taken before."""
        produced = self._times.until(end_s)
        n = len(produced)
        return Batch(produced, whole_bytes(self._size, self._largest_bytes, self._sizes, n), self.keys.draw(n))

    def expected(self, time_s: float) -> float:
        """Records expected from the producer's start to a time."""
        return self._times.expected(time_s)


def whole_bytes(size: Distribution, largest: int, rng: Generator, n: int) -> NDArray[np.int64] | int:
    """Sizes rounded to whole bytes, at least 1; unbounded distributions are cut off at the stream's max_record_size."""
    if isinstance(size, Constant):
        return max(1, round(size.value))
    return np.clip(np.rint(draw(size, rng, n)), 1, largest).astype(np.int64)


class Arrivals:
    """Records are produced when the integral of the rate from `start` reaches the values of `units`, in order."""

    def __init__(self, rate: Profile, start_s: float, stop_s: float, units: Units) -> None:
        self._rate, self._start_s, self._stop_s, self._units = rate, start_s, stop_s, units
        self._origin = rate.integral(start_s)

    def expected(self, time_s: float) -> float:
        return self._rate.integral(min(max(time_s, self._start_s), self._stop_s)) - self._origin

    def until(self, end_s: float) -> Floats:
        units = self._units.upto(self.expected(end_s))
        times = np.empty(len(units))
        for some in portions(len(units)):
            times[some] = self._rate.inverse(self._origin + units[some])
        early = int(np.searchsorted(times, min(end_s, self._stop_s)))
        if early < len(times):  # the rate's integral is reached at the very end, or a rounding error behind it
            self._units.give_back(units[early:])
        return times[:early]


class Never:
    """The arrivals of a rate that is always 0."""

    def expected(self, time_s: float) -> float:
        return 0.0

    def until(self, end_s: float) -> Floats:
        return np.empty(0)


class EvenUnits:
    """Record k at k + 0.5."""

    def __init__(self) -> None:
        self._k = 0

    def upto(self, limit: float) -> Floats:
        first, self._k = self._k, max(self._k, int(np.floor(limit - 0.5)) + 1)
        return np.arange(first, self._k, dtype=np.float64) + 0.5

    def give_back(self, units: Floats) -> None:
        self._k -= len(units)


class PoissonUnits:
    """A Poisson process of rate 1; drawn in order, so that the stretches it is asked for do not change it."""

    def __init__(self, rng: Generator) -> None:
        self._rng, self._last = rng, 0.0
        self._ahead = np.empty(0)

    def upto(self, limit: float) -> Floats:
        drawn = self._ahead
        while self._last < limit:
            drawn = self._draw(drawn, limit - self._last)
        cut = int(np.searchsorted(drawn, limit, "right"))
        self._ahead = drawn[cut:].copy()  # so that it does not keep the others in memory
        return drawn[:cut]

    def give_back(self, units: Floats) -> None:
        self._ahead = np.concatenate((units, self._ahead))

    def _draw(self, before: Floats, wanted: float) -> Floats:
        """About as many more as are wanted, behind those from before."""
        n = len(before)
        units = np.empty(n + int(wanted + 4 * np.sqrt(wanted)) + 16)
        units[:n] = before
        for some in portions(len(units) - n):
            gaps = units[n:][some]
            self._rng.standard_exponential(out=gaps)
            gaps[0] += self._last
            np.cumsum(gaps, out=gaps)
            self._last = float(gaps[-1])
        return units


Units = EvenUnits | PoissonUnits


def arrival_times(producer: spec.Producer, rng: Generator) -> Arrivals | Never:
    """Constant or Poisson arrivals at the producer's rate, from its start to before its stop."""
    rate = profile(producer.rate)
    if rate is None:
        return Never()
    units = EvenUnits() if producer.arrivals == "constant" else PoissonUnits(rng)
    return Arrivals(rate, producer.start, producer.stop, units)
