"""How the records that a stream has accepted reach the lanes of a mapping, a window at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import numpy as np
import simpy

from simulator.model.clock import EXPIRY, LANE, At
from simulator.model.log import Floats, Segment, Table
from simulator.model.losses import EXPIRED
from simulator.model.mapping import Mapping
from simulator.model.polling import Poller
from simulator.model.push import Subscription


class PolledIntake:
    """Records of a polling mapping: known to the poller of their shard and to their lane."""

    to_pass_over = 0  # a poller passes records over when it comes to them

    def __init__(self, mapping: Mapping, pollers: list[Poller]) -> None:
        self.mapping, self.pollers = mapping, pollers

    @property
    def read_bytes(self) -> int:
        """What GetRecords has returned, and retries have read again."""
        return sum(poller.bytes for poller in self.pollers)

    def take(self, by_shard: Table, by_lane: Table, known_until_s: float) -> None:
        """Add the records that were accepted before `known_until_s` and not taken before."""
        for poller in self.pollers:
            poller.records_known_until_s = known_until_s
        for number, segment in self._readable(by_lane):
            self.mapping.lane(number).extend(segment)
            if by_lane is by_shard:
                self.pollers[number].extend(segment)
        if by_lane is not by_shard:
            for shard, segment in self._readable(by_shard):
                self.pollers[shard].extend(segment)
        self.mapping.skip(self._skipped(by_shard))
        mark_poison(self.mapping, by_lane)

    def _readable(self, table: Table) -> Iterator[tuple[int, Segment]]:
        """The records at or after the starting position, by lane."""
        for number, segment in table.segments():
            first = first_readable(self.mapping, segment)
            if first < segment.end:
                yield number, segment.part(first, segment.end)

    def _skipped(self, table: Table) -> int:
        at, inclusive = self.mapping.position
        if at == -np.inf:
            return 0
        return int(np.count_nonzero(table.accepted_s < at if inclusive else table.accepted_s <= at))

    def expire_unread(self, last_accepted_s: Floats) -> None:
        """All records are accepted: what is unread when the retention takes a shard's last one has expired."""
        for poller, last in zip(self.pollers, last_accepted_s.tolist(), strict=True):
            at = max(last + self.mapping.retention_s, poller.env.now)
            if at < np.inf:
                At(poller.env, at, EXPIRY).callbacks.append(lambda _, poller=poller, at=at: poller.expire(at))

    def gone_unread(self, end_s: float) -> int:
        """Records that had expired when the run ended, though no call had come to pass them over."""
        return sum(poller.gone_unread(end_s) for poller in self.pollers)


class PushedIntake:
    """Records of a pushed mapping: each comes with the time at which it is available."""

    def __init__(self, env: simpy.Environment, mapping: Mapping) -> None:
        self._env, self.mapping = env, mapping
        self._subscriptions = [Subscription(mapping.spec, mapping.retention_s) for _ in range(mapping.shards)]
        self._to_pass_over: list[list[Floats]] = [[] for _ in range(mapping.shards)]  # acceptances, by shard
        self.read_bytes = 0  # of the records that the subscriptions send

    def take(self, by_shard: Table, by_lane: Table, known_until_s: float) -> None:
        """Add the records that were accepted before `known_until_s` and not taken before."""
        available = np.empty(len(by_shard))
        for shard, segment in by_shard.segments():
            first = first_readable(self.mapping, segment)
            self.mapping.skip(first)
            self._push(shard, segment.part(first, segment.end), available)
            available[segment.shift : segment.shift + first] = np.inf
        if by_lane.order is not None:
            available = available[by_lane.order]
        view = available.data
        for number, segment in by_lane.segments():
            segment.available_s, segment.available_view = available, view
            for part in sent_parts(segment):
                self.mapping.lane(number).extend(part)
        mark_poison(self.mapping, by_lane)

    def _push(self, shard: int, segment: Segment, available_s: Floats) -> None:
        rows = slice(segment.first + segment.shift, segment.end + segment.shift)
        subscription, table = self._subscriptions[shard], segment.table
        size = table.bytes if isinstance(table.bytes, int) else table.bytes[rows]
        available = subscription.push(table.accepted_s[rows], size)
        available_s[rows] = available
        self.read_bytes += int((np.isfinite(available) * size).sum())
        for begins, gone in subscription.passed_over:
            self._to_pass_over[shard].append(gone)
            at = max(begins, self._env.now)
            At(self._env, at, LANE).callbacks.append(lambda _, gone=gone, at=at: self._pass_over(shard, gone, at))
        subscription.passed_over.clear()

    @property
    def to_pass_over(self) -> int:
        """Records that will be gone when their sending would begin."""
        return sum(len(gone) for of_shard in self._to_pass_over for gone in of_shard)

    def _pass_over(self, shard: int, gone: Floats, now: float) -> None:
        waiting = self._to_pass_over[shard]
        if any(each is gone for each in waiting):
            self._to_pass_over[shard] = [each for each in waiting if each is not gone]
            self.mapping.lose(EXPIRED, len(gone), now)

    def expire_unread(self, last_accepted_s: Floats) -> None:
        """All records are accepted: what is still to be sent when the retention takes a shard's last has expired."""
        for shard, last in enumerate(last_accepted_s.tolist()):
            at = max(last + self.mapping.retention_s, self._env.now)
            if at < np.inf:
                At(self._env, at, EXPIRY).callbacks.append(lambda _, shard=shard, at=at: self._expire(shard, at))

    def _expire(self, shard: int, now: float) -> None:
        for gone in list(self._to_pass_over[shard]):
            self._pass_over(shard, gone, now)

    def gone_unread(self, end_s: float) -> int:
        """Records that had expired when the run ended, though they were still to be sent."""
        before = end_s - self.mapping.retention_s
        return sum(int(np.count_nonzero(gone < before)) for of_shard in self._to_pass_over for gone in of_shard)


Intake = PolledIntake | PushedIntake


def first_readable(mapping: Mapping, segment: Segment) -> int:
    """The first record of a new segment at or after the mapping's starting position."""
    at, inclusive = mapping.position
    search = bisect_left if inclusive else bisect_right
    return search(segment.table.accepted_view, at, segment.shift, segment.shift + segment.end) - segment.shift


def sent_parts(segment: Segment) -> list[Segment]:
    """The parts of a pushed segment whose records will be sent: those that will ever be available."""
    sent = np.isfinite(segment.available_s[segment.shift : segment.shift + segment.end])
    if sent.all():
        return [segment]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], sent, [0])))).reshape(-1, 2)
    return [segment.part(low, high) for low, high in edges.tolist()]


def mark_poison(mapping: Mapping, table: Table) -> None:
    """Tell the lanes which of their new records are poison to the mapping's function."""
    after = table.poison.get(mapping.function.name)
    if after is None:
        return
    for row in np.flatnonzero(np.isfinite(after)).tolist():
        lane = mapping.lane(bisect_right(table.starts, row) - 1)
        for segment in lane.segments:
            index = row - segment.shift
            if segment.table is table and segment.first <= index < segment.end:
                lane.poison.append((index, float(after[row])))
