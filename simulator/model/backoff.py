"""Exponential backoff with a ceiling and jitter (docs/model.md, section 6)."""

from __future__ import annotations

from simulator.scenario.spec import Backoff
from simulator.traffic.draws import bits, unit
from simulator.traffic.nanoseconds import NS, half_up


class Waits:
    """The waits of one lane. Its jitter belongs to the lane and the number of its wait."""

    def __init__(self, backoff: Backoff, key: int) -> None:
        self._backoff, self._key, self._waited = backoff, key, 0
        self._levels_s = [min(backoff.maximum, backoff.initial)]

    def ns(self, n: int) -> int:
        """The n-th wait in a row: min(maximum, initial * factor^(n-1)), times a draw from [1-jitter, 1+jitter]."""
        jitter = self._backoff.jitter
        part = 1 + jitter * (2 * unit(bits(self._key, self._waited)) - 1) if jitter else 1.0
        self._waited += 1
        return half_up(self._level_s(n) * NS * part)

    def _level_s(self, n: int) -> float:
        levels, backoff = self._levels_s, self._backoff
        while len(levels) < n and levels[-1] < backoff.maximum:
            levels.append(min(backoff.maximum, levels[-1] * backoff.factor))
        return levels[min(n, len(levels)) - 1]
