"""What would be measured of a function with known parameters: an own small model, not the simulator's.

Each shard is read once a second; what came since is cut into batches of at most 100; each batch takes
(per_batch + per_record * records) * noise. Sums of minutes are what CloudWatch has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BATCH = 100


@dataclass(frozen=True)
class Minutes:
    """Sums of each minute, times in milliseconds."""

    records: Floats
    bytes: Floats
    invocations: Floats
    duration_ms: Floats
    errors: Floats
    single_ms: Floats  # of each invocation
    single_minute: Floats  # in which it was
    age_ms: Floats  # the greatest age of a batch's last record, as its invocation starts

    def percentile_ms(self, percent: float) -> Floats:
        """Of the invocations of each minute."""
        minutes = range(len(self.records))
        return np.array([np.percentile(self.single_ms[self.single_minute == each], percent) for each in minutes])


def observe(
    seed: int,
    rates: Floats,
    per_batch_ms: float = 40.0,
    per_record_ms: float = 2.0,
    cv: float = 0.3,
    shards: int = 4,
    record_bytes: int = 700,
    failing: float = 0.0,
    slow: tuple[int, int, float] = (0, 0, 1.0),
) -> Minutes:
    """The minutes of a day with these mean rates (records/s, one for each minute).

    slow: from one minute to another each invocation takes so many times as long.
    """
    draw = np.random.default_rng(seed)
    polls = draw.poisson(np.repeat(rates / shards, 60 * shards).astype(float))
    minute = np.repeat(np.arange(len(rates)), 60 * shards)
    full, rest = np.divmod(polls, BATCH)
    sizes = np.concatenate([np.full(full.sum(), BATCH), rest[rest > 0]])
    of = np.concatenate([np.repeat(minute, full), minute[rest > 0]])
    sigma = np.sqrt(np.log1p(cv * cv))
    noise = np.exp(draw.normal(-sigma * sigma / 2, sigma, len(sizes))) if cv else np.ones(len(sizes))
    single = (per_batch_ms + per_record_ms * sizes) * noise
    single[(of >= slow[0]) & (of < slow[1])] *= slow[2]
    failed = draw.random(len(sizes)) < failing
    again = np.concatenate([of, of[failed]])
    both = np.concatenate([single, single[failed]])

    def sums(weights: Any, places: Any = of) -> Floats:
        return np.bincount(places, weights, len(rates)).astype(float)

    records = sums(sizes)
    return Minutes(records, records * record_bytes, sums(np.ones(len(both)), again), sums(both, again),
                   sums(failed.astype(float)), both, again, _ages(draw, polls, minute, len(rates)))  # fmt: skip


def _ages(draw: np.random.Generator, polls: Any, minute: Any, minutes: int) -> Floats:
    """A poll finds what came in the second before it; of so many records the last one is the youngest. No poll has more
    than a batch, and no batch takes longer than a second.
    """
    some = polls > 0
    ages = 1000 * (1 - draw.random(int(some.sum())) ** (1 / polls[some]))
    greatest = np.zeros(minutes)
    np.maximum.at(greatest, minute[some], ages)
    return greatest


def wave(low: float, high: float, minutes: int = 1440) -> Floats:
    """A rate that goes up and down once."""
    phase = np.linspace(0, 2 * np.pi, minutes)
    return np.asarray(low + (high - low) * (1 - np.cos(phase)) / 2)


def flat(rate: float, minutes: int = 1440) -> Floats:
    """The same rate all the time."""
    return np.full(minutes, rate)
