"""When a producer produces: constant or Poisson arrivals at its rate, from its start to before its stop (section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.traffic.draws import all_bits
from simulator.traffic.nanoseconds import NS, all_half_up, ns, seconds
from simulator.traffic.quantiles import unit_exponential
from simulator.traffic.rates import Profile, profile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Times = tuple[Integers, Floats]  # in ns, and in seconds before they were rounded to that
AT_ONCE: Final = 1 << 15  # columns are worked on in portions that stay in the processor's cache
EPSILON: Final = 2.0**-48  # the part of an integral that may be an error of rounding
ROUNDING: Final = 1e-9  # of an integral: so much more is looked at, and given back


class Never:
    """The arrivals of a rate that is always 0."""

    def expected(self, time_ns: int) -> float:
        """Records expected from the producer's start to a time."""
        return 0.0

    def until(self, end_ns: int) -> Times:
        """Production times, those before `end_ns` that were not taken before."""
        return np.empty(0, np.int64), np.empty(0)


class Arrivals:
    """Record k is produced when the integral of the rate from `start` reaches its unit."""

    def __init__(self, rate: Profile, start_s: float, stop_s: float, units: Units) -> None:
        self._rate, self._start_s, self._stop_s, self._units = rate, start_s, stop_s, units
        self._origin = rate.integral(start_s)

    def expected(self, time_ns: int) -> float:
        """Records expected from the producer's start to a time."""
        time_s = min(max(seconds(time_ns), self._start_s), self._stop_s)
        return self._rate.integral(time_s) - self._origin

    def until(self, end_ns: int) -> Times:
        """Production times, those before `end_ns` that were not taken before."""
        expected = self.expected(end_ns)
        units = self._units.upto(expected + ROUNDING * (1 + expected))
        times_ns, times_s = np.empty(len(units), np.int64), np.empty(len(units))
        for some in portions(len(units)):
            error = EPSILON * (abs(self._origin) + units[some])
            times_s[some] = self._rate.inverse(self._origin + units[some], error)
            times_ns[some] = all_half_up(times_s[some] * NS)
        early = int(np.searchsorted(times_ns, min(end_ns, ns(self._stop_s))))
        if early < len(times_ns):
            self._units.give_back(units[early:])
        return times_ns[:early], times_s[:early]


class EvenUnits:
    """Record k at k + 0.5."""

    def __init__(self) -> None:
        self._k = 0

    def upto(self, limit: float) -> Floats:
        """The units up to a limit that were not taken before."""
        first, self._k = self._k, max(self._k, int(np.floor(limit - 0.5)) + 1)
        return np.arange(first, self._k, dtype=np.float64) + 0.5

    def give_back(self, units: Floats) -> None:
        """Take the last units back."""
        self._k -= len(units)


class PoissonUnits:
    """A Poisson process of rate 1: the sums of exponential gaps, added one after the other, whatever is asked for."""

    def __init__(self, key: int) -> None:
        self._key, self._drawn, self._last = key, 0, 0.0
        self._ahead = np.empty(0)

    def upto(self, limit: float) -> Floats:
        """The units up to a limit that were not taken before."""
        drawn = [self._ahead]
        while self._last < limit:
            missing = limit - self._last
            drawn.append(self._draw(min(AT_ONCE, int(missing + 4 * np.sqrt(missing)) + 16)))
        units = np.concatenate(drawn)
        cut = int(np.searchsorted(units, limit, "right"))
        self._ahead = units[cut:].copy()  # so that it does not keep the others in memory
        return units[:cut]

    def give_back(self, units: Floats) -> None:
        """Take the last units back."""
        self._ahead = np.concatenate((units, self._ahead))

    def _draw(self, n: int) -> Floats:
        gaps = unit_exponential().all(all_bits(self._key, self._drawn, n))
        gaps[0] += self._last
        units = np.cumsum(gaps)
        self._drawn, self._last = self._drawn + n, float(units[-1])
        return units


Units = EvenUnits | PoissonUnits


def arrivals(producer: spec.Producer, key: int) -> Arrivals | Never:
    """The arrivals of a producer; `key` is that of its draws."""
    rate = profile(producer.rate)
    if rate is None:
        return Never()
    units = EvenUnits() if producer.arrivals == "constant" else PoissonUnits(key)
    return Arrivals(rate, producer.start, producer.stop, units)


def portions(rows: int) -> Iterator[slice]:
    """Slices that cover so many rows, one after the other."""
    for low in range(0, rows, AT_ONCE):
        yield slice(low, min(low + AT_ONCE, rows))
