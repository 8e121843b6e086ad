"""Streams in on-demand mode: shards that are hot are split (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from simulator.scenario import spec
from simulator.traffic.draws import bits, inner
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS, half_up, ns
from simulator.traffic.operations import Operation, split_at
from simulator.traffic.quantiles import Same, quantile
from simulator.traffic.requests import Request
from simulator.traffic.scaling import MINUTE_NS
from simulator.traffic.shards import Shard
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S


class OnDemand:
    """The marks of one stream's shards, which it splits when their time has come."""

    def __init__(self, mode: spec.OnDemand, draws: Callable[[str], int]) -> None:
        """`draws`: the key of the stream's draws for a purpose."""
        self.requests: list[Request] = []
        self._mode, self._delay, self._key = mode, quantile(mode.delay), draws("on-demand delay")
        self._minute_ns = 0  # when this minute began
        self._records, self._bytes = np.zeros(0, np.int64), np.zeros(0, np.int64)  # in this minute, by shard
        self._marked: dict[int, Request] = {}  # by shard
        self._splits_ns: dict[int, int] = {}  # when those marked are split
        self._marks: dict[int, int] = {}  # how many each shard has had

    @property
    def next_ns(self) -> int:
        """When a minute ends, or a shard is split."""
        return min([self.decides_ns, *self._splits_ns.values()])

    @property
    def decides_ns(self) -> int:
        """When a minute ends."""
        return self._minute_ns + MINUTE_NS

    def accepted(self, shard: Integers, accepted_ns: Integers, bytes_: Integers) -> None:
        """Records have been accepted; none from a minute that has ended."""
        mine = accepted_ns >= 0
        shards = max(len(self._records), int(shard.max(initial=-1)) + 1)
        self._records = np.pad(self._records, (0, shards - len(self._records)))
        self._bytes = np.pad(self._bytes, (0, shards - len(self._bytes)))
        self._records += np.bincount(shard[mine], minlength=shards)
        np.add.at(self._bytes, shard[mine], bytes_[mine])

    def due(self, now_ns: int, open_: Sequence[Shard]) -> Iterator[Operation]:
        """Splits that are due, in order of hash; then, if a minute ends, marks."""
        yield from self._split(now_ns, open_)
        if self._minute_ns + MINUTE_NS <= now_ns:
            self._mark(now_ns, open_)
            yield from self._split(now_ns, open_)

    def _split(self, now_ns: int, open_: Sequence[Shard]) -> Iterator[Operation]:
        for shard in [each for each in open_ if self._splits_ns.get(each.number, now_ns + 1) <= now_ns]:
            request = self._marked.pop(shard.number)
            del self._splits_ns[shard.number]
            split = split_at(shard)
            request.open_before, request.begun_ns = len(open_), now_ns
            if len(open_) >= self._mode.maximum or split is None:
                request.refused = "maximum" if split else "too narrow"
                continue
            yield split
            request.closes.append(shard.number)
            request.done_ns, request.open_after = now_ns, len(open_)

    def _mark(self, now_ns: int, open_: Sequence[Shard]) -> None:
        """A minute has ended."""
        for shard in open_:
            unmarked = shard.number not in self._marked and shard.opens_ns <= self._minute_ns
            if unmarked and self._is_hot(shard.number):
                nth = self._marks[shard.number] = self._marks.get(shard.number, 0) + 1
                request = Request(now_ns, "on_demand", f"split {shard.number}", 0)
                self._marked[shard.number] = request
                self.requests.append(request)
                self._splits_ns[shard.number] = now_ns + self._delay_ns(shard.number, nth)
        self._minute_ns += MINUTE_NS
        self._records[:], self._bytes[:] = 0, 0

    def _is_hot(self, shard: int) -> bool:
        """Whether it has accepted so much in this minute."""
        if shard >= len(self._records):
            return False
        above = self._mode.split_above * 60
        return bool(self._records[shard] >= above * RECORDS_PER_S or self._bytes[shard] >= above * BYTES_PER_S)

    def _delay_ns(self, shard: int, nth: int) -> int:
        if isinstance(self._delay, Same):
            return ns(self._delay.value)
        return half_up(self._delay.one(bits(inner(self._key, shard), nth - 1)) * NS)
