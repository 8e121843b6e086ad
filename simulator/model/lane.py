"""A lane: a part of a shard's hash range for one mapping, one batch at a time (docs/model.md, section 6)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

import simpy

from simulator.model.available import Available
from simulator.model.batching import PAYLOAD_LIMIT, payload_bytes
from simulator.model.mapping import Mapping
from simulator.model.place import Place, Reader
from simulator.model.retries import Retries
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard


class Source(Reader, Protocol):
    """Who brings a lane its records, and may be asked for more."""

    def ask(self, lane: Lane) -> None:
        """The lane is done with a full batch and has less than one left (`repoll: full_batch`)."""


class Lane:
    """One lane."""

    def __init__(self, mapping: Mapping, shard: Shard, number: int, source: Source, latest_ns: int) -> None:
        self.place = Place(mapping, shard, number, source)
        self.available = Available()
        self.awaits_answer = False  # of the poller that it has asked
        self.batch_first = NEVER  # the place of the first record of the batch that it serves
        self._source, self._clock = source, mapping.clock
        self._retries = Retries(self.place, latest_ns)
        self._idle_since_ns = self._looks_again_ns = -NEVER
        self._woken: simpy.Event | None = None  # while it is idle
        mapping.switch.when_enabled(self.wake)

    @property
    def first(self) -> int:
        """The place of its first record that has not ended; NEVER without one."""
        return min(self.batch_first, self.available.first if len(self.available) else NEVER)

    def run(self) -> Generator[simpy.Event, object, None]:
        """The process of the lane."""
        while True:
            yield from self._until_ready()
            batch, full = self.available.cut(self.place.mapping.spec.batch_size)
            self.batch_first = int(batch[0])
            yield from self._retries.serve(batch)
            self.batch_first, self._idle_since_ns = NEVER, self._clock.now
            if full and len(self.available) < self.place.mapping.spec.batch_size:
                self._source.ask(self)

    def arrive(self, records: Integers) -> None:
        """Records have become available."""
        log = self.place.shard.log
        self.available.add(records, payload_bytes(log.of(log.kept.bytes, records)), self._clock.now)
        self.wake()

    def let_go(self) -> None:
        """It need not wait for an answer any more."""
        if self.awaits_answer:
            self.awaits_answer = False
            self.wake()

    def wake(self) -> None:
        """Have it look, in its turn, whether a batch may be cut."""
        if self._woken and not self._woken.triggered:
            self._clock.trigger(self._woken, self._clock.now, self.place.order)

    def _until_ready(self) -> Generator[simpy.Event, object, None]:
        self._woken = simpy.Event(self._clock)
        self.wake()
        while True:
            yield self._woken
            if self._may_cut():
                break
            self._woken = simpy.Event(self._clock)
        self._woken = None

    def _may_cut(self) -> bool:
        """Whether a batch may be cut now; if only its window is still open, it will look again at its end."""
        if self.awaits_answer or not self.place.mapping.switch.enabled or not len(self.available):
            return False
        ends_ns = self._window_ends_ns()
        if ends_ns > self._clock.now and ends_ns != self._looks_again_ns:
            self._looks_again_ns = ends_ns
            self._clock.call(ends_ns, self.place.order, self.wake)
        return ends_ns <= self._clock.now

    def _window_ends_ns(self) -> int:
        """When the batching window ends: with batch_size records, 6 MiB of payload, or its time."""
        mapping, available = self.place.mapping, self.available
        enough = len(available) >= mapping.spec.batch_size or available.payload_bytes >= PAYLOAD_LIMIT
        if enough or not mapping.window_ns:
            return -NEVER
        return max(self._idle_since_ns, available.since_ns) + mapping.window_ns
