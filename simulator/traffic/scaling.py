"""Scaling by rule: a policy that looks at periods and asks for shards (docs/model.md, section 15)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Final

import numpy as np

from simulator.scenario import spec
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS, ns
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S

MINUTE_NS: Final = 60 * NS
NEARLY: Final = 1e-9  # of a shard


class Rule:
    """The rule of one stream. What it has accepted is kept by minute, of which periods are made."""

    def __init__(self, scaling: spec.Scaling) -> None:
        self._scaling, self._delay_ns = scaling, ns(scaling.delay)
        self._up = _Direction(scaling.up, self._delay_ns) if scaling.up else None
        self._down = _Direction(scaling.down, self._delay_ns) if scaling.down else None
        self._records: Counter[int] = Counter()
        self._bytes: Counter[int] = Counter()

    @property
    def next_ns(self) -> int:
        """When it decides next."""
        return min(direction.next_ns for direction in (self._up, self._down) if direction)

    def accepted(self, accepted_ns: Integers, bytes_: Integers) -> None:
        """Records have been accepted; what is from before t = 0 counts in no period."""
        minutes = accepted_ns // MINUTE_NS
        for minute in np.unique(minutes[minutes >= 0]).tolist():
            mine = minutes == minute
            self._records[minute] += int(mine.sum())
            self._bytes[minute] += int(bytes_[mine].sum())

    def decide(self, now_ns: int, open_: int, changed_ns: int) -> int:
        """How many shards it asks for at a time at which it decides; 0: for none.

        `changed_ns`: when the last request was done that was carried out. If both directions ask, up does.
        """
        asked = 0
        if self._down and self._down.next_ns <= now_ns:
            scaling, down = self._scaling, self._scaling.down
            assert down is not None
            if self._down.asks(now_ns, changed_ns, lambda i, s: self._figure(i, s, open_) < down.below):
                fewer = open_ - down.subtract if down.subtract else math.floor(open_ * down.part + NEARLY)
                fewer = max(fewer, -(-open_ // 2), 1, scaling.minimum)
                asked = fewer if fewer < open_ else 0
        if self._up and self._up.next_ns <= now_ns:
            scaling, up = self._scaling, self._scaling.up
            assert up is not None
            if self._up.asks(now_ns, changed_ns, lambda i, s: self._figure(i, s, open_) > up.above):
                more = open_ + up.add if up.add else math.ceil(open_ * up.part - NEARLY)
                more = min(more, 2 * open_, scaling.maximum)
                asked = more if more > open_ else asked
        return asked

    def _figure(self, period: int, minutes: int, open_: int) -> float:
        """The use of a period of so many minutes."""
        of = range(period * minutes, (period + 1) * minutes)
        seconds = 60.0 * minutes * open_
        records = sum(self._records[minute] for minute in of) / (RECORDS_PER_S * seconds)
        bytes_ = sum(self._bytes[minute] for minute in of) / (BYTES_PER_S * seconds)
        return {"records": records, "bytes": bytes_, "use": max(records, bytes_)}[self._scaling.metric]


class _Direction:
    """When one direction of the rule decides, and whether enough of its last periods tell it to."""

    def __init__(self, direction: spec.ScaleUp | spec.ScaleDown, delay_ns: int) -> None:
        self._direction, self._delay_ns = direction, delay_ns
        self._period_ns, self._cooldown_ns = ns(direction.period), ns(direction.cooldown)
        self._period = 0  # the last one that it looks at when it decides next

    @property
    def next_ns(self) -> int:
        """When it decides next."""
        return (self._period + 1) * self._period_ns + self._delay_ns

    def asks(self, now_ns: int, changed_ns: int, tells: Callable[[int, int], bool]) -> bool:
        """Decide: whether it would ask. `tells`: whether a period, by number and length in minutes, says so."""
        last, self._period = self._period, self._period + 1
        first = max(last - self._direction.of + 1, -(-changed_ns // self._period_ns))
        minutes = self._period_ns // MINUTE_NS
        told = sum(tells(period, minutes) for period in range(first, last + 1))
        return told >= self._direction.points and now_ns - changed_ns >= self._cooldown_ns
