"""When a subscription sends each record (docs/model.md, section 5).

It has nothing to decide, so it needs no events: the times follow from the acceptances up to a record's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from simulator.model.mapping import Mapping
from simulator.model.switch import disabled_periods
from simulator.traffic.nanoseconds import NEVER, ns

TICKS_A_NS: Final = 4096  # a byte takes 10^9 / 2^21 ns = 1,953,125 / 4,096 ns of 2 MiB/s
TICKS_A_BYTE: Final = 1_953_125


class Sending(NamedTuple):
    """A record on its way: when it leaves, and when it arrives and is available.

    Of a `gone` one both are when its sending would begin: then it is passed over.
    """

    leaves_ns: int
    arrives_ns: int
    gone: bool


class Times:
    """When the records of one subscription are sent: e_k = max(a_k, e_(k-1), S) + b_k / (2 MiB/s), exact in ticks."""

    def __init__(self, mapping: Mapping, opens_ns: int) -> None:
        """It opens at a time; if the mapping is disabled then, at the end of that."""
        self._propagation_ns, self._retention_ns = ns(mapping.spec.push.propagation), mapping.retention_ns
        self._open = open_periods(mapping, opens_ns)
        self._since_ns, self._until_ns = next(self._open)
        self._sent = -NEVER * TICKS_A_NS  # when the last record left

    def send(self, accepted_ns: int, bytes_: int) -> Sending:
        """Send the next record; again, if a disabled period begins before it is available."""
        while True:
            begins = max(accepted_ns * TICKS_A_NS, self._sent, self._since_ns * TICKS_A_NS)
            begins_ns, gone = _half_up(begins), begins > (accepted_ns + self._retention_ns) * TICKS_A_NS
            if gone and begins_ns < self._until_ns:
                return Sending(begins_ns, begins_ns, True)
            leaves = begins + bytes_ * TICKS_A_BYTE
            available_ns = _half_up(leaves) + self._propagation_ns
            if available_ns < self._until_ns:
                self._sent = leaves
                return Sending(_half_up(leaves), available_ns, False)
            self._since_ns, self._until_ns = next(self._open)

    def end(self, closed_ns: int) -> Sending:
        """Send the end of a shard, like a record of 0 bytes accepted at its closing; it is never gone."""
        while True:
            leaves = max(closed_ns * TICKS_A_NS, self._sent, self._since_ns * TICKS_A_NS)
            arrives_ns = _half_up(leaves) + self._propagation_ns
            if arrives_ns < self._until_ns:
                return Sending(_half_up(leaves), arrives_ns, False)
            self._since_ns, self._until_ns = next(self._open)


def open_periods(mapping: Mapping, since_ns: int) -> Iterator[tuple[int, int]]:
    """When the subscription is open: from a time on, but for the disabled periods."""
    for begin_ns, end_ns in disabled_periods(mapping.spec.disabled):
        if begin_ns > since_ns:
            yield since_ns, begin_ns
        since_ns = max(since_ns, end_ns)
    yield since_ns, NEVER


def _half_up(ticks: int) -> int:
    return (ticks + TICKS_A_NS // 2) // TICKS_A_NS
