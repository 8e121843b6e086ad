"""What the peers can express too, so that like is compared with like: three small systems.

queue      shards of their own Poisson arrivals, each served one record at a time in a constant time: M/D/1 queues
polled     the same arrivals, read by a poller a shard each second, then served in batches
requests   arrivals that find a server at once, so that only how many are at work is of interest: M/D/infinity
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.scenario import Point


@dataclass(frozen=True)
class Work:
    """A system: times in seconds, `rate` in records/s a shard."""

    name: str
    shards: int
    rate: float
    seconds: float
    per_batch_s: float
    per_record_s: float
    batch: int
    checked: str  # the mean that all must agree on: of latency_s, or of concurrency

    @property
    def point(self) -> Point:
        """The same as a scenario."""
        duration = {"per_batch": f"{self.per_batch_s}s", "per_record": f"{self.per_record_s}s"}
        push = {"consumer": "push", "push": {"propagation": "0s"}}
        poll = {"polling": {"interval": "1s", "latency": "0s", "repoll": "base_rate"}}
        consumer = "polling" if self.name == "polled" else "push"
        return Point(
            f"{self.name} of the peers", self.seconds, self.shards, self.rate, self.batch, consumer=consumer,
            producer={"record_size": "1B"}, function={"duration": duration, "cold_start": "0s"},
            mapping=poll if consumer == "polling" else push,
        )  # fmt: skip


QUEUE = Work("queue", 10, 50.0, 100.0, 0.01, 0.0, 1, "latency_s")
POLLED = Work("polled", 10, 500.0, 100.0, 0.02, 0.0001, 1000, "latency_s")
REQUESTS = Work("requests", 100, 1.0, 200.0, 0.05, 0.0, 1, "concurrency")
WORKS = {work.name: work for work in (QUEUE, POLLED, REQUESTS)}


@dataclass(frozen=True)
class Outcome:
    """What a peer did: how long it took, how many records it served, and the mean that is checked."""

    seconds: float
    records: int
    mean: float


def gaps_s(work: Work, seed: int, shard: int) -> list[float]:
    """The times between the arrivals of a shard until the end."""
    rng = np.random.default_rng([seed, shard])
    expected = work.rate * work.seconds
    gaps = rng.exponential(1 / work.rate, int(expected + 6 * expected**0.5 + 10))
    arrivals = int(np.searchsorted(np.cumsum(gaps), work.seconds))
    within: list[float] = gaps[:arrivals].tolist()
    return within
