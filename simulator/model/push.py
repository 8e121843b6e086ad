"""The HTTP/2 push of enhanced fan-out: when pushed records are available (docs/model.md, section 5).

A subscription has nothing to decide, so it needs no events: the times follow from the records' acceptance.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.spec import EventSourceMapping

Floats = NDArray[np.float64]
BYTES_PER_S = 2.0 * 2**20


class Subscription:
    """A mapping's subscription to one shard, with 2 MiB/s of its own."""

    def __init__(self, mapping: EventSourceMapping, retention_s: float) -> None:
        self._propagation_s = mapping.push.propagation
        self._retention_s = retention_s
        self._open = open_periods(mapping)
        self._since, self._until = next(self._open)
        self._sent_s = -np.inf  # when the last record left
        self.passed_over: list[tuple[float, Floats]] = []  # when, and their acceptances: to be taken by the mapping

    def push(self, accepted_s: Floats, bytes_: NDArray[np.int64] | int) -> Floats:
        """When each of the next records is available to the mapping; infinite for those passed over as gone."""
        cost = np.broadcast_to(np.asarray(bytes_) / BYTES_PER_S, len(accepted_s))
        available = np.empty(len(accepted_s))
        done = 0
        while done < len(accepted_s):
            done += self._push_some(accepted_s[done:], cost[done:], available[done:])
        return available

    def _push_some(self, accepted_s: Floats, cost_s: Floats, available_s: Floats) -> int:
        """Send up to the end of the open period or the first record that is gone; how many are settled."""
        sent = self._sending(accepted_s, cost_s)
        available_s[:] = sent + self._propagation_s
        settled = int(np.searchsorted(available_s, self._until))
        gone = np.flatnonzero(sent[:settled] - cost_s[:settled] - accepted_s[:settled] > self._retention_s)
        if len(gone):
            return self._pass_over(int(gone[0]), sent, cost_s, accepted_s, available_s)
        if settled:
            self._sent_s = float(sent[settled - 1])
        if settled < len(accepted_s):
            self._since, self._until = next(self._open)
        return settled

    def _sending(self, accepted_s: Floats, cost_s: Floats) -> Floats:
        """e_k = max(a_k, e_(k-1), S) + b_k / (2 MiB/s), unrolled as in write_limits.conforming."""
        spent = np.cumsum(cost_s)
        idle_since = np.maximum(accepted_s, max(self._sent_s, self._since)) - (spent - cost_s)
        return np.maximum.accumulate(idle_since) + spent

    def _pass_over(self, first: int, sent: Floats, cost_s: Floats, accepted_s: Floats, available_s: Floats) -> int:
        """Pass over the gone records from `first` on: all that are too old when its sending would begin."""
        begins = float(sent[first] - cost_s[first])
        kept = max(first + 1, int(np.searchsorted(accepted_s, begins - self._retention_s)))
        available_s[first:kept] = np.inf
        self.passed_over.append((begins, accepted_s[first:kept].copy()))
        if first:
            self._sent_s = float(sent[first - 1])
        return kept


def open_periods(mapping: EventSourceMapping) -> Iterator[tuple[float, float]]:
    """When the subscription is open: from starts_after on, but for the disabled periods."""
    since = mapping.starts_after
    for begin, end in disabled_periods(mapping):
        if begin > since:
            yield since, begin
        since = max(since, end)
    yield since, np.inf


def disabled_periods(mapping: EventSourceMapping) -> list[tuple[float, float]]:
    """The disabled periods in order; those that overlap or touch are one."""
    merged: list[tuple[float, float]] = []
    for begin, end in sorted((p.from_, p.to) for p in mapping.disabled):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
