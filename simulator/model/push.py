"""The HTTP/2 push of enhanced fan-out: one subscription per mapping and shard (docs/model.md, section 5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator

import numpy as np
import simpy

from simulator.model.clock import ANSWER, order
from simulator.model.facts import Sent
from simulator.model.lane import Lane, deal
from simulator.model.mapping import Mapping
from simulator.model.sending import Sending, Times
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard


class Subscription:
    """Sends one mapping the records of one shard, with 2 MiB/s of its own."""

    def __init__(self, mapping: Mapping, shard: Shard, latest_ns: int) -> None:
        self.mapping, self.shard, self._clock = mapping, shard, mapping.clock
        self._times = Times(mapping)
        self._on_their_way: deque[Sending] = deque()
        self._more = simpy.Event(mapping.clock)
        lanes = range(mapping.spec.parallelization_factor)
        self.lanes = [Lane(mapping, shard, number, self, latest_ns) for number in lanes]

    @property
    def needed(self) -> int:
        """The place of the first record of its shard that it has not done with."""
        waiting = self._on_their_way[0].place if self._on_their_way else self.shard.log.end
        return min(waiting, *(lane.first for lane in self.lanes))

    def extend(self, accepted_from: int) -> None:
        """The log has grown, from a place on; what lies before the starting position is skipped."""
        log, end = self.shard.log, self.shard.log.end
        accepted_ns = log.of(log.kept.accepted_ns, slice(accepted_from, end))
        first = accepted_from + self.mapping.skipped(accepted_ns)
        self.mapping.left.more(end - first)
        sizes = log.of(log.kept.bytes, slice(first, end)).tolist()
        accepted = accepted_ns[first - accepted_from :].tolist()
        new = [self._times.send(*each) for each in zip(range(first, end), accepted, sizes, strict=True)]
        self._state([sending for sending in new if not sending.gone])
        self._on_their_way += new
        if new and not self._more.triggered:
            self._more.succeed()

    def run(self) -> Generator[simpy.Event, object, None]:
        """The process of the arrivals."""
        while True:
            if not self._on_their_way:
                self._more = simpy.Event(self._clock)
                yield self._more
            first = self._on_their_way[0]
            yield self._clock.due(first.arrives_ns, order(ANSWER, self.mapping.number, self.shard.number))
            together = np.array([each.place for each in self._take(first.arrives_ns, first.gone)], np.int64)
            if first.gone:
                self._pass_over(together)
            else:
                deal(self.lanes, self.shard.log, together)

    def expire(self) -> None:
        """The retention takes what would have been passed over."""
        gone = [sending.place for sending in self._on_their_way if sending.gone]
        self._on_their_way = deque(sending for sending in self._on_their_way if not sending.gone)
        self._pass_over(np.array(gone, np.int64))

    def ask(self, lane: Lane) -> None:
        """There are no extra polls."""

    def read_again(self, bytes_: int) -> None:
        """A retry costs a subscription nothing."""

    def _state(self, sent: list[Sending]) -> None:
        if sent:
            places, leaves_ns, arrives_ns, _ = (np.array(column, np.int64) for column in zip(*sent, strict=True))
            log = self.shard.log
            bytes_ = int(log.of(log.kept.bytes, places).sum())
            fact = Sent(self.mapping.number, self.shard.number, places, leaves_ns, arrives_ns, bytes_)
            self.mapping.facts.sent.append(fact)

    def _take(self, at_ns: int, gone: bool) -> Iterator[Sending]:
        """What comes, or is passed over, at a time."""
        waiting = self._on_their_way
        while waiting and (waiting[0].arrives_ns, waiting[0].gone) == (at_ns, gone):
            yield waiting.popleft()

    def _pass_over(self, gone: Integers) -> None:
        if len(gone):
            self.mapping.lose(self.shard.number, gone, "expired", unread=True)
