"""Who polls one shard regularly: a mapping's poller, or another reader's (docs/model.md, section 4)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator

import simpy

from simulator.model.clock import POLL, Clock, order
from simulator.model.poll_times import PollTimes
from simulator.model.shard_iterator import ShardIterator
from simulator.traffic.shards import Shard


class RegularPoller(ABC):
    """Makes the polls of one shard, until its end is read; what a poll is, those say who poll."""

    def __init__(self, clock: Clock, number: int, shard: Shard, times: PollTimes, iterator: ShardIterator) -> None:
        """`number`: of the mapping or reader."""
        self.shard, self._clock, self._times, self._iterator = shard, clock, times, iterator
        self._order = order(POLL, number, shard.number)
        self._done = False  # the shard is closed and read to its end, or is not to be read

    def extend(self, accepted_from: int) -> None:
        """The log has grown, from a place on."""
        self._iterator.extend(accepted_from)

    def start(self, at_ns: int) -> None:
        """The first poll is due at a time."""
        self._times.begin(at_ns)
        self._clock.process(self._run())

    def stop(self) -> None:
        """Make no more polls."""
        self._done = True

    def _run(self) -> Generator[simpy.Event, object, None]:
        """The process of the polls. An extra poll puts off the next one."""
        while True:
            next_ns = self._times.next_ns
            yield self._clock.due(next_ns, self._order)
            if self._done:
                return
            if self._times.next_ns == next_ns:
                self._times.go_on()
                self._poll()

    @abstractmethod
    def _poll(self) -> None:
        """A poll is made."""
