"""Other readers: who else calls GetRecords (docs/model.md, section 16)."""

from __future__ import annotations

from functools import cache

import numpy as np

from simulator.model.clock import ANSWER, Clock, order
from simulator.model.facts import Facts, How, PollResult
from simulator.model.lineage import Lineage
from simulator.model.poll_times import PollTimes
from simulator.model.read_limits import ReadLimits
from simulator.model.regular_poller import RegularPoller
from simulator.model.shard_iterator import ShardIterator
from simulator.model.switch import Switch
from simulator.scenario import spec
from simulator.traffic.draws import inner, key
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import ns
from simulator.traffic.shards import Shard


class OtherReader:
    """One other reader at work; its number comes after those of the mappings."""

    def __init__(
        self, clock: Clock, number: int, reader: spec.Reader, retention_s: float, facts: Facts, draws: tuple[int, int]
    ) -> None:
        """`draws`: seed and replication."""
        self.clock, self.number, self.spec, self.facts = clock, number, reader, facts
        self.retention_ns, self.starts_ns = ns(retention_s), ns(reader.starts_after)
        self.switch = Switch(clock, number, reader.disabled)
        self.lineage = Lineage(clock, number, 0, facts)
        self._key = cache(lambda purpose: key(*draws, "reader", reader.name, purpose))

    def key(self, purpose: str) -> int:
        """The key of this reader's draws for a purpose."""
        return self._key(purpose)

    def begin(self) -> None:
        """It begins to read: what had closed by then it does not."""
        self.lineage.pass_over(self.starts_ns)

    def skipped(self, accepted_ns: Integers) -> int:
        """How many of a shard's next records were there before it began."""
        return int(np.searchsorted(accepted_ns, self.starts_ns, "right"))

    def come(self, shard: int, records: int) -> None:
        """Records have come: nothing waits for them to end."""

    def lose(self, shard: int, places: Integers, how: How, *, unread: bool = False) -> None:
        """Records have expired unread: they are in no mapping's count."""


class OtherPoller(RegularPoller):
    """Polls one shard for another reader: once an interval, and is done at once with what it reads."""

    def __init__(self, reader: OtherReader, shard: Shard, limits: ReadLimits) -> None:
        """`limits` are shared by all who poll the shard."""
        self._reader, self._limits = reader, limits
        jitter_key = inner(reader.key("poll jitter"), shard.number)
        times = PollTimes(reader.spec.interval, reader.spec.jitter, jitter_key)
        super().__init__(reader.clock, reader.number, shard, times, ShardIterator(reader, shard))

    @property
    def needed(self) -> int:
        """The place of the first record of its shard that it has not read."""
        return self._iterator.place

    def _poll(self) -> None:
        now_ns = self._clock.now
        result: PollResult = "disabled"
        if self._reader.switch.enabled:
            result = self._limits.admit(now_ns) or "called"
        if result == "called":
            records = self._iterator.get_records(now_ns, self._reader.spec.get_records_limit)
            self._limits.read(now_ns, records.bytes)
        else:
            records = self._iterator.nothing(now_ns)
        self._reader.facts.polls.append(records.poll(self._reader.number, self.shard, now_ns, result, now_ns))
        if records.is_last:
            self._done = True
            self._clock.call(now_ns, order(ANSWER, self._reader.number, self.shard.number), self._finish)

    def _finish(self) -> None:
        self._reader.lineage.read_to_end(self.shard.number)
