"""An event source mapping: what its lanes share, and the count of what became of its records."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Final

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import Event

from simulator.model.backoff import backoff
from simulator.model.batching import never_reached
from simulator.model.clock import WINDOW, At
from simulator.model.function import Function
from simulator.model.lane import Lane
from simulator.model.losses import DROPPED, EXPIRED, SENT
from simulator.model.push import disabled_periods
from simulator.model.randomness import generator
from simulator.model.sampling import uniforms
from simulator.scenario import spec

if TYPE_CHECKING:
    from simulator.model.polling import Poller

Floats = NDArray[np.float64]
INFINITY: Final = float("inf")


class Mapping:
    """One event source mapping. Its observations are flat, and emptied at the end of every window."""

    def __init__(
        self,
        env: simpy.Environment,
        number: int,
        mapping: spec.EventSourceMapping,
        stream: spec.Stream,
        function: Function,
        largest_bytes: float,
        oldest_possible_s: float,
        warmup_s: float,
        seed: int,
        replication: int,
    ) -> None:
        def rng(purpose: str) -> np.random.Generator:
            return generator(seed, replication, "mapping", mapping.name, purpose)

        self.env, self.number, self.spec, self.name, self.function = env, number, mapping, mapping.name, function
        self.shards, self.lanes_a_shard = stream.shards, mapping.parallelization_factor
        self.batch_size, self.window_s = mapping.batch_size, mapping.maximum_batching_window
        self.overhead_s = mapping.invoke_overhead
        self.payload_never_binds = never_reached(mapping.batch_size, largest_bytes)
        self.retention_s = stream.retention if oldest_possible_s > stream.retention else INFINITY
        record_age = mapping.maximum_record_age if mapping.maximum_record_age > 0 else INFINITY
        self.age_limit_s = min(record_age, self.retention_s)
        self.age_loss = EXPIRED if self.retention_s < record_age else self.given_up
        self.retry_backoff: Callable[[int], float] = backoff(mapping.retry_backoff, uniforms(rng("retry jitter")))
        self.throttle_backoff = backoff(mapping.throttle_backoff, uniforms(rng("throttle jitter")))
        self.random = rng("polling")
        self.disabled = disabled_periods(mapping)
        self.enabled = True
        self.warmup_s = warmup_s
        self.lanes: dict[int, Lane] = {}  # by number: those that have had records
        self.new_lane: Callable[[int], Lane]
        self.pollers: list[Poller] = []  # by shard; none for push
        self.position = starting_position(mapping)

        self.due = -1  # how many records will have ended when all have; known once all are accepted
        self.on_ended: Callable[[], None] = lambda: None
        self.ended = self.skipped = self.processed = 0
        self.lost = [0, 0, 0]
        self.attempts = bytearray()  # rows of the doubles of retries.ATTEMPT
        self.batches: list[float] = []  # lane, cut, end, the lane's busy time before: of each batch that is over
        self.throttle_times: list[float] = []
        self.losses: list[float] = []  # time, kind, records
        self.poisonings: list[tuple[int, float, float]] = []  # lane, cut and end of a batch that held a poison record

    def lane(self, number: int) -> Lane:
        """A lane by its number: shard * parallelization factor + lane of the shard."""
        found = self.lanes.get(number)
        if found is None:
            found = self.lanes[number] = self.new_lane(number)
        return found

    @property
    def waiting(self) -> int:
        """How many records its lanes hold that have not ended."""
        return sum(lane.end - lane.low for lane in self.lanes.values())

    @property
    def given_up(self) -> int:
        """What becomes of records that are given up: DROPPED, or SENT to the failure destination."""
        return SENT if self.spec.on_failure_destination else DROPPED

    def lose(self, kind: int, records: int, now: float) -> None:
        """Records ended without having been processed."""
        self.losses += (now, kind, records)
        self.lost[kind] += records
        self.end(records)

    def process(self, records: int) -> None:
        """Count records that have been processed."""
        self.processed += records
        self.ended += records
        if self.ended == self.due:
            self.on_ended()

    def skip(self, records: int) -> None:
        """Count records before the starting position."""
        self.skipped += records
        self.end(records)

    def end(self, records: int) -> None:
        """Count records that have ended, in whatever way."""
        self.ended += records
        if self.ended == self.due:
            self.on_ended()

    def enabled_s(self, since: float, now: float) -> float:
        """For how long the mapping was not disabled in a time."""
        return now - since - sum(max(0.0, min(now, end) - max(since, begin)) for begin, end in self.disabled)

    def enabled_sum_s(self, since: Floats, now: float) -> float:
        """The same, added up over many beginnings."""
        disabled = sum(np.maximum(0.0, min(now, end) - np.maximum(since, begin)).sum() for begin, end in self.disabled)
        return float((now - since).sum() - disabled)

    def next_change_s(self, now: float) -> float:
        """When the mapping will next be disabled or enabled."""
        return min((t for period in self.disabled for t in period if t > now), default=INFINITY)

    def switch(self) -> Generator[Event]:
        """The process that disables and enables the mapping."""
        for begin, end in self.disabled:
            if begin > self.env.now:
                yield At(self.env, begin, WINDOW)
            self._enable(False)
            yield At(self.env, end, WINDOW)
            self._enable(True)
            for number in sorted(self.lanes):
                self.lanes[number].wake(end)

    def _enable(self, enabled: bool) -> None:
        for poller in self.pollers:
            poller.catch_up(self.env.now)
        self.enabled = enabled


def starting_position(mapping: spec.EventSourceMapping) -> tuple[float, bool]:
    """A time, and whether records accepted at that very time are read."""
    match mapping.starting_position:
        case "latest":
            return mapping.starts_after, False
        case "trim_horizon":
            return -INFINITY, True
        case spec.AtTimestamp(at_timestamp=at):
            return at, True
