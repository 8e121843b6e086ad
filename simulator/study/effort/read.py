"""What a mapping does with the records of its stream, estimated from the scenario.

It is to tell seconds from hours and hours from years, so it knows no chance and little of waiting. Where a function
fails or has no concurrency, it counts the attempts for which there is time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from simulator.measures.expected import batch_s, full_batch
from simulator.model.read_limits import CALLS_PER_S
from simulator.scenario.functions import Function, Poison
from simulator.scenario.spec import AtTimestamp, EventSourceMapping, Scenario
from simulator.study.effort.failing import CERTAIN, attempts_a_batch, spells, tries
from simulator.study.effort.written import Written

LEAST_S: Final = 0.001  # of a lane's turn
BUSY: Final = 0.9  # use of the concurrency from which on lanes are taken to wait for it all the time


@dataclass(frozen=True)
class Read:
    """The work of a mapping."""

    scenario: Scenario
    mapping: EventSourceMapping
    written: Written
    units: int  # of concurrency, that its function may have

    @property
    def function(self) -> Function:
        return self.scenario.functions[self.mapping.function]

    @property
    def shards(self) -> int:
        return self.scenario.streams[self.mapping.stream].shards

    @cached_property
    def records(self) -> float:
        """Those from its starting position on, as far as they are accepted."""
        return min(self.written.between(self._since_s, math.inf), self.written.accepted)

    @property
    def _since_s(self) -> float:
        position = self.mapping.starting_position
        if isinstance(position, AtTimestamp):
            return position.at_timestamp
        return -math.inf if position == "trim_horizon" else self.mapping.starts_after

    @property
    def lanes(self) -> float:
        """Lanes that get records."""
        return min(float(self.shards * self.mapping.parallelization_factor), self.records)

    # times

    @property
    def begin_s(self) -> float:
        """When it can first have something to do."""
        return max(self.mapping.starts_after, self.written.begin_s, 0.0)

    @property
    def last_s(self) -> float:
        """When the run ends at the latest."""
        return self.scenario.duration + self.scenario.drain

    @property
    def age_s(self) -> float:
        """The age at which a record is given up."""
        retention_s = self.scenario.streams[self.mapping.stream].retention
        return min(retention_s, self.mapping.maximum_record_age if self.mapping.maximum_record_age > 0 else math.inf)

    @cached_property
    def attempt_s(self) -> float:
        """The time of an attempt with a usual batch."""
        return self.mapping.invoke_overhead + min(self._own_s(self.batch), self.function.timeout)

    def _own_s(self, records: float) -> float:
        whole_s = batch_s(self.mapping, self.function, records, self.written.mean_bytes)
        return whole_s - self.mapping.invoke_overhead

    @cached_property
    def end_s(self) -> float:
        """When all is done, or the run ends."""
        if self.endless:
            return min(self.last_s, max(self.scenario.duration, self.written.end_s + self.age_s))
        return min(self.last_s, max(self.scenario.duration, self._worked_until_s))

    @cached_property
    def _worked_until_s(self) -> float:
        """When the last batch is begun."""
        at_once = max(1.0, min(self.lanes, self.units))
        return max(self.written.end_s, self.begin_s + self.batches * self.attempt_s / at_once)

    # batches

    @cached_property
    def batches(self) -> float:
        """As many as lanes have time for, but at most one a record, and no fewer than full ones; at first a backlog."""
        if not self.units or not self.records:
            return 0.0
        turn_s = self._own_s(1) + self.mapping.maximum_batching_window
        if self.mapping.consumer == "polling":
            turn_s = max(turn_s, self.mapping.polling.interval, 1 / CALLS_PER_S)
        time_s = max(0.0, min(self.last_s, self.written.end_s + turn_s) - self.begin_s)
        possible = time_s * min(self.lanes / max(turn_s, LEAST_S), self.units / max(self._own_s(1), LEAST_S))
        fewest = self.records / full_batch(self.mapping, self.written.mean_bytes)
        waiting = min(self.records, self._within(-math.inf, self.begin_s))
        return max(fewest, min(self.records - waiting, possible))

    @property
    def batch(self) -> float:
        """The records of a usual batch."""
        return max(1.0, self.records / self.batches) if self.batches else 1.0

    # what goes wrong

    @cached_property
    def _poisoned(self) -> float:
        poisons = [each for each in self.function.failures if isinstance(each, Poison)]
        return sum(each.probability * self.records + len(each.at) for each in poisons) if self.batches else 0.0

    @cached_property
    def _spells(self) -> list[tuple[float, float, float]]:
        """From when to when attempts fail, with which probability."""
        if self.begin_s >= self.last_s:
            return []
        times_out = self._own_s(self.batch) > self.function.timeout
        found = spells(self.function.failures, self.begin_s, self.last_s)
        return [(low, high, 1.0 if times_out else p) for low, high, p in found if p or times_out]

    @cached_property
    def endless(self) -> bool:
        """Whether records are tried until they are too old, or the run ends."""
        fails = any(p >= CERTAIN and high == self.last_s for _, high, p in self._spells) or self._poisoned > 0
        return self.records > 0 and (not self.units or (fails and self.mapping.maximum_retry_attempts < 0))

    @cached_property
    def retries(self) -> float:
        """Attempts beyond the first of a batch."""
        return sum(self._retries(*spell) for spell in self._spells) + self._retries_of_poison

    def _retries(self, low_s: float, high_s: float, probability: float) -> float:
        """Those of a time in which attempts fail; more than there is time for are not made."""
        working_s = self._worked_until_s - self.begin_s
        begun = self.batches * max(0.0, min(high_s, self._worked_until_s) - low_s) / working_s if working_s else 0.0
        if not begun:
            return 0.0
        span_s, at_once = max(0.0, min(high_s, self.end_s) - low_s), 0.0
        if self.mapping.bisect_batch_on_function_error:
            at_once = min(2 * self.batch * begun, self.lanes * span_s / max(self._own_s(1), LEAST_S))
        in_time = self._tries(self.lanes, span_s) + at_once
        return min(begun * (attempts_a_batch(self.mapping, self.batch, probability) - 1), in_time)

    @property
    def _retries_of_poison(self) -> float:
        poisoned, limit = self._poisoned, self.mapping.maximum_retry_attempts
        span_s = max(0.0, self.end_s - self.begin_s)
        in_time = self._tries(min(self.lanes, poisoned), span_s)
        each = self._tries(1.0, min(span_s, self.age_s)) if limit < 0 else float(limit)
        split = 2 * math.log2(self.batch) * poisoned if self.mapping.bisect_batch_on_function_error else 0.0
        return min(poisoned * each, in_time) + split

    def _tries(self, lanes: float, span_s: float) -> float:
        """Retries for which so many lanes have time, when a batch is given up for its age and the next one begins."""
        spans = max(1.0, span_s / self.age_s)
        return lanes * spans * tries(self.mapping.retry_backoff, self.attempt_s, min(span_s, self.age_s))

    @cached_property
    def throttles(self) -> float:
        """Attempts that get no concurrency."""
        backoff, span_s = self.mapping.throttle_backoff, max(0.0, self.end_s - self.begin_s)
        if not self.units:
            return self.lanes * tries(backoff, self.mapping.invoke_overhead, span_s)
        use = self.batches * self.attempt_s / span_s / self.units if span_s else 0.0
        if use > BUSY:
            return max(0.0, self.lanes - self.units) * tries(backoff, self.mapping.invoke_overhead, span_s)
        return self.batches * use * tries(backoff, self.mapping.invoke_overhead, self.attempt_s)

    # polls

    @cached_property
    def polls(self) -> float:
        """Each is an event, also one that finds nothing."""
        if self.mapping.consumer == "push":
            return 0.0
        return self.shards * max(0.0, self.end_s - self.mapping.starts_after) / self.mapping.polling.interval

    # memory

    @cached_property
    def waiting(self) -> float:
        """Records that wait at once, however fast it is otherwise: while nothing is done, or as it does not keep up."""
        full = full_batch(self.mapping, self.written.mean_bytes)
        at_once = min(self.lanes, self.units)
        done = at_once * full * max(0.0, self.written.end_s - self.begin_s) / max(self._own_s(full), LEAST_S)
        left = self._within(-math.inf, self.written.end_s) - done
        return max(left, *(self._within(low, high) for low, high in self._idle()))

    def _within(self, low_s: float, high_s: float) -> float:
        """Records of a time that are not too old at its end."""
        return min(self.records, self.written.between(max(low_s, self._since_s, high_s - self.age_s), high_s))

    def _idle(self) -> Iterator[tuple[float, float]]:
        """Times in which no record is done with."""
        yield -math.inf, self.begin_s if self.units else self.last_s
        for low_s, high_s, probability in self._spells:
            if probability >= CERTAIN and self.mapping.maximum_retry_attempts < 0:
                yield -math.inf if low_s == self.begin_s else low_s, high_s
        for period in self.mapping.disabled:
            yield period.from_, period.to
