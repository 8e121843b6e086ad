"""The HTTP/2 push of enhanced fan-out: one subscription per mapping and shard (docs/model.md, section 5)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import numpy as np
import simpy

from simulator.model.clock import ANSWER, order
from simulator.model.facts import Sent
from simulator.model.lane import Lane
from simulator.model.lanes import Lanes
from simulator.model.mapping import Mapping
from simulator.model.queue import Queue
from simulator.model.sending import Times
from simulator.model.shard_iterator import take_in
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard

PLACE: Final = 0
ARRIVES_NS: Final = 1
GONE: Final = 2
END: Final = -1  # the place of the end of a shard, which is sent like a record


class Subscription:
    """Sends one mapping the records of one shard, with 2 MiB/s of its own."""

    def __init__(self, mapping: Mapping, shard: Shard, latest_ns: int) -> None:
        self.mapping, self.shard, self._clock = mapping, shard, mapping.clock
        self._order = order(ANSWER, mapping.number, shard.number)
        self._times: Times | None = None  # not yet begun
        self._unsent = shard.log.first  # the place of the first record whose sending is not known
        self._done = False  # its end is on its way, or nothing is to be sent any more
        self._on_their_way = Queue(3)  # PLACE, ARRIVES_NS, GONE
        self._more = simpy.Event(mapping.clock)
        self._lanes = Lanes(mapping, shard, self, latest_ns)

    @property
    def needed(self) -> int:
        """The place of the first record of its shard that it has not done with."""
        waiting = self._on_their_way.first(PLACE) if len(self._on_their_way) else self._unsent
        return min(self._unsent if waiting == END else waiting, self._lanes.first)

    def extend(self, accepted_from: int) -> None:
        """The log has grown, from a place on; what lies before the starting position is skipped."""
        self._unsent = take_in(self.mapping, self.shard, accepted_from, self._unsent)
        self._send()

    def start(self, at_ns: int) -> None:
        """Open at a time."""
        self._times = Times(self.mapping, at_ns)
        self._send()
        self._clock.process(self._run())

    def stop(self) -> None:
        """Send nothing more."""
        self._done = True

    def expire(self) -> None:
        """The retention takes what would have been passed over, and what nobody has begun to send."""
        if self._times is None:
            places, self._unsent = np.arange(self._unsent, self.shard.log.end), self.shard.log.end
            self._pass_over(places)
            return
        places, arrives_ns, gone = (self._on_their_way.column(each, len(self._on_their_way)) for each in range(3))
        self._on_their_way.take(len(places))
        self._on_their_way.add(places[gone == 0], arrives_ns[gone == 0], gone[gone == 0])
        self._pass_over(places[gone == 1])

    def ask(self, lane: Lane) -> None:
        """There are no extra polls."""

    def read_again(self, bytes_: int) -> None:
        """A retry costs a subscription nothing."""

    def _run(self) -> Generator[simpy.Event, object, None]:
        """The process of the arrivals."""
        while True:
            if not len(self._on_their_way):
                self._more = simpy.Event(self._clock)
                yield self._more
            arrives_ns = self._on_their_way.first(ARRIVES_NS)  # may be past, of one to be passed over in its turn
            yield self._clock.due(max(arrives_ns, self._clock.now), self._order)
            self._arrive()

    def _send(self) -> None:
        """Send what has come, and the end of a shard whose closing is known."""
        if self._times is None or self._done:
            return
        log, first, end = self.shard.log, self._unsent, self.shard.log.end
        accepted, sizes = (
            log.of(column, slice(first, end)).tolist() for column in (log.kept.accepted_ns, log.kept.bytes)
        )
        sent = [self._times.send(*record) for record in zip(accepted, sizes, strict=True)]
        places = np.arange(first, end)
        self._unsent = end
        if self.shard.closes_ns is not None:
            self._done = True
            sent.append(self._times.end(self.shard.closes_ns))
            places = np.append(places, END)
        if not sent:
            return
        leaves_ns, arrives_ns, gone = (np.array(column, np.int64) for column in zip(*sent, strict=True))
        self._on_their_way.add(places, arrives_ns, gone)
        comes = (gone == 0) & (places != END)
        self._state(places[comes], leaves_ns[comes], arrives_ns[comes])
        if not self._more.triggered:
            self._more.succeed()

    def _state(self, places: Integers, leaves_ns: Integers, arrives_ns: Integers) -> None:
        if len(places):
            log = self.shard.log
            bytes_ = int(log.of(log.kept.bytes, places).sum())
            fact = Sent(self.mapping.number, self.shard.number, places, leaves_ns, arrives_ns, bytes_)
            self.mapping.facts.sent.append(fact)

    def _arrive(self) -> None:
        """All that is due now arrives, or is passed over."""
        n = self._on_their_way.leading(ARRIVES_NS, self._clock.now)
        places, gone = (self._on_their_way.column(each, n) for each in (PLACE, GONE))
        self._on_their_way.take(n)
        ends = bool(n) and places[-1] == END
        places, gone = (column[:-1] if ends else column for column in (places, gone))
        self._pass_over(places[gone == 1])
        self._lanes.arrive(places[gone == 0])
        if ends:
            self.mapping.lineage.read_to_end(self.shard.number)

    def _pass_over(self, gone: Integers) -> None:
        if len(gone):
            self.mapping.lose(self.shard.number, gone, "expired", unread=True)
