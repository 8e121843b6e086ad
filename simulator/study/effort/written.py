"""What is written to a stream, estimated from the scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from simulator.scenario.expectations import expected_records, mean
from simulator.scenario.partition_keys import CountedKeys
from simulator.scenario.spec import Producer, Scenario
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S


@dataclass(frozen=True)
class Written:
    """The records of a stream."""

    scenario: Scenario
    stream: str

    @cached_property
    def producers(self) -> list[tuple[Producer, float]]:
        """Who writes to it, and how many records each."""
        mine = [each for each in self.scenario.producers if each.stream == self.stream]
        return [(each, expected_records(each.rate, each.start, each.stop)) for each in mine]

    @cached_property
    def records(self) -> float:
        """All that producers make."""
        return sum(records for _, records in self.producers)

    @property
    def begin_s(self) -> float:
        """When the first producer begins."""
        return min((each.start for each, _ in self.producers), default=0.0)

    @property
    def end_s(self) -> float:
        """When the last producer stops."""
        return max((each.stop for each, _ in self.producers), default=0.0)

    @cached_property
    def mean_bytes(self) -> float:
        """The mean size of a record; 0 without records."""
        total = sum(mean(each.record_size) * records for each, records in self.producers)
        return total / self.records if self.records else 0.0

    @cached_property
    def capacity_per_s(self) -> float:
        """The records/s that the shards accept which have keys."""
        keys = [each.partition_keys for each, _ in self.producers]
        kinds = sum(each.count if isinstance(each, CountedKeys) else math.inf for each in keys)
        shards = min(self.scenario.streams[self.stream].shards, kinds)
        return shards * min(RECORDS_PER_S, BYTES_PER_S / max(self.mean_bytes, 1.0))

    @property
    def accepted(self) -> float:
        """Those that the shards have accepted when the run ends."""
        last_s = self.scenario.duration + self.scenario.drain
        return min(self.records, self._acceptable(last_s))

    @property
    def waiting(self) -> float:
        """Those that wait at their producers when these stop, as the shards have not yet accepted them."""
        retried = sum(records for each, records in self.producers if each.on_throttle == "retry")
        beyond = max(0.0, self.records - self._acceptable(self.end_s))
        return beyond * retried / self.records if self.records else 0.0

    def between(self, begin_s: float, end_s: float) -> float:
        """Records produced in a time."""
        spans = [(each, max(each.start, begin_s), min(each.stop, end_s)) for each, _ in self.producers]
        return sum(expected_records(each.rate, low, high) for each, low, high in spans if low < high)

    def _acceptable(self, until_s: float) -> float:
        """A second's records are accepted at once."""
        return self.capacity_per_s * (1 + until_s - self.begin_s)
