"""Polling: one poller per mapping and shard (docs/model.md, section 4)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Generator
from math import ceil
from typing import TYPE_CHECKING, Final

import simpy
from simpy.events import Event

from simulator.model.clock import ANSWER, POLL, At
from simulator.model.log import Segment, detach
from simulator.model.losses import EXPIRED
from simulator.model.read_limits import CALLS_PER_S
from simulator.model.shared_shard import SharedShard

if TYPE_CHECKING:
    from simulator.model.mapping import Mapping
    from simulator.model.polled_lane import PolledLane

ANSWER_BYTES: Final = 10 * 2**20
INFINITY: Final = float("inf")


class Poller:
    """Calls GetRecords for one mapping and shard, and hands what it returns to the lanes."""

    __slots__ = (
        "_answered_s",
        "_answers_always_fit",
        "_coming",
        "_in_flight",
        "_next",
        "_passed",
        "_place",
        "alone",
        "bytes",
        "calls",
        "env",
        "held",
        "lanes",
        "limits",
        "mapping",
        "next_s",
        "polling",
        "records_known_until_s",
        "refused",
        "segments",
        "shard",
        "skipped",
        "undisturbed",
    )

    def __init__(
        self, env: simpy.Environment, mapping: Mapping, shard: SharedShard, first_s: float, largest_bytes: float
    ) -> None:
        self.env, self.mapping, self.shard, self.limits = env, mapping, shard, shard.limits
        shard.pollers.append(self)
        self.polling = mapping.spec.polling
        self.lanes: list[PolledLane] = []  # in order of number
        self.alone = False  # whether no other mapping polls the shard
        self.undisturbed = False  # alone, and nothing changes between a poll and its answer
        self.held = 0  # available records that no batch has taken
        self.calls = self.refused = self.skipped = self.bytes = 0
        self.records_known_until_s = 0.0
        self.next_s = first_s
        self._in_flight = 0  # calls whose answers are events
        self._answered_s = 0.0  # when the answer of the latest call comes
        self._coming = 0  # the records that they will return
        self._passed = 0  # empty polls that were counted since the last one that was an event
        self._place = 0  # of the next record to be returned
        self.segments: list[Segment] = []  # those of the shard's log that hold records not yet returned
        self._next = 0  # the index of the next record in the first of them
        self._answers_always_fit = self.polling.get_records_limit * largest_bytes <= ANSWER_BYTES

    def add(self, lane: PolledLane) -> None:
        """Add a lane that has got its first records."""
        insort(self.lanes, lane, key=lambda each: each.number)

    def extend(self, segment: Segment) -> None:
        """Add records that the shard has accepted."""
        if not self.segments:
            self._next = segment.first
        self.segments.append(segment)

    def forget(self) -> None:
        """Let go of the tables behind segments that lag."""
        detach(self.segments)

    def run(self) -> Generator[Event, float]:
        """The process of the regular polls."""
        return self._polls_with_answers() if self.undisturbed else self._polls()

    def _polls_with_answers(self) -> Generator[Event, float]:
        """Nobody notices a poll before its answer comes, so one event does for both; `catch_up` is for who would."""
        latency = self.polling.latency
        while True:
            now = yield At(self.env, self.next_s + latency, ANSWER)
            if now < self.next_s + latency:  # an extra poll has moved it, or it has been caught up with
                continue
            called = self.next_s
            records = self._call(called)
            if records > 0:
                self.held += records
                self._hand_out(records, self._place, now)
            elif self._nobody_waits():
                self._pass_empty_polls(called)

    def catch_up(self, now: float) -> None:
        """Make the calls that were due before now, and were left for when somebody looks."""
        self.shard.catch_up(now)
        while self.undisturbed and self.next_s <= now:
            self._poll(self.next_s)

    def _polls(self) -> Generator[Event, float]:
        while True:
            now = yield At(self.env, max(self.next_s, self.shard.idle_until_s), POLL)
            self.shard.catch_up(now)
            if now >= self.next_s:  # else it has been moved by an extra poll, or caught up with
                self._poll(now)
                if self.alone and self._nobody_waits():
                    self._pass_empty_polls(now)
                elif not self.alone:
                    self.shard.rest(now)

    def extra(self, now: float) -> bool:
        """A lane asks for an extra poll at once; whether an answer is on its way."""
        if self.polling.repoll == "base_rate":
            return False
        self.catch_up(now)
        return self._in_flight > 0 or self._answered_s > now or self._poll(now)

    def read_again(self, bytes_: int, now: float) -> None:
        """A retry reads its records again: with a call token if there is one, and in any case."""
        self.catch_up(now)
        self.calls += self.limits.take_token(now)
        self.limits.owe(now, bytes_)
        self.bytes += bytes_

    def expire(self, now: float) -> None:
        """Pass over all records that no call has returned: the retention has taken the last of them."""
        self.catch_up(now)
        self._pass_over_gone(INFINITY, now)

    def gone_unread(self, end_s: float) -> int:
        """How many records no call has returned before the retention took them."""
        before, low, gone = end_s - self.mapping.retention_s, self._next, 0
        for segment in self.segments:
            gone += segment.accepted_before(before, max(low, segment.first)) - max(low, segment.first)
        return gone

    def _call(self, now: float) -> int:
        """Call GetRecords, unless the poll is skipped or refused (-1); how many records it returns."""
        polling, mapping = self.polling, self.mapping
        self.next_s = now + polling.interval
        self._passed = 0
        if not mapping.enabled or self.held >= polling.get_records_limit:
            self.skipped += 1
            return -1
        if polling.missed and mapping.random.random() < polling.missed:
            self.skipped += 1
            return -1
        if not self.limits.admit(now):
            self.refused += 1
            return -1
        self.calls += 1
        self._answered_s = now + polling.latency
        if mapping.retention_s < INFINITY and self._oldest_unread_s() < now - mapping.retention_s:
            self._pass_over_gone(now - mapping.retention_s, now)
        records, bytes_ = self._read(now)
        self.limits.owe(now, bytes_)
        self.bytes += bytes_
        return records

    def _poll(self, now: float) -> bool:
        """A poll whose answer is an event of its own; whether it was called."""
        records = self._call(now)
        if records < 0:
            return False
        if records or not self._nobody_waits():
            self._in_flight += 1
            self._coming += records
            place, then = self._place, now + self.polling.latency
            At(self.env, then, ANSWER).callbacks.append(lambda _: self._answer(records, place, then))
        return True

    def _nobody_waits(self) -> bool:
        """Whether no lane has records, is to get some or may make a call, so that an empty answer has no effect."""
        return not (self.held or self._coming or any(lane.may_call for lane in self.lanes))

    @property
    def idle(self) -> bool:
        """Whether its calls return nothing, and draw nothing, until there is something new."""
        return not (self._in_flight or self.polling.missed) and self._nobody_waits()

    def something_s(self, now: float) -> float:
        """When a call may find something, or its mapping will be disabled or enabled, as far as is known."""
        return min(self._oldest_unread_s(), self.records_known_until_s, self.mapping.next_change_s(now))

    def call_in_vain(self, now: float) -> float:
        """Make a regular poll while there is nothing to find; when the next one is due."""
        self.next_s = now + self.polling.interval
        if not self.mapping.enabled:
            self.skipped += 1
        elif self.limits.admit(now):
            self.calls += 1
            self._answered_s = now + self.polling.latency
        else:
            self.refused += 1
        return self.next_s

    def _oldest_unread_s(self) -> float:
        """When the next record to be returned was accepted; infinite if none is known."""
        if not self.segments:
            return INFINITY
        segment = self.segments[0]
        oldest: float = segment.table.accepted_view[self._next + segment.shift]
        return oldest

    def _read(self, now: float) -> tuple[int, int]:
        """How many records a call returns, and their bytes."""
        records = total = 0
        while self.segments:
            segment, low = self.segments[0], self._next
            table, shift = segment.table, segment.shift
            most = low + self.polling.get_records_limit - records
            if most > segment.end:
                most = segment.end
            to = bisect_right(table.accepted_view, now, low + shift, most + shift) - shift
            if not self._answers_always_fit:
                to = _fitting(segment, low, to, ANSWER_BYTES - total)
            total += (to - low) * table.common_bytes or segment.bytes(low, to)
            records += to - low
            self._place = segment.first_place + to - segment.first
            if to < segment.end:
                self._next = to
                break
            self._advance(to)
        return records, total

    def _advance(self, index: int) -> bool:
        """Go on to the record with an index of the first unread segment; whether that is behind its end."""
        self._next = index
        if index < self.segments[0].end:
            return False
        del self.segments[0]
        if self.segments:
            self._next = self.segments[0].first
        return True

    def _pass_over_gone(self, accepted_before: float, now: float) -> None:
        """Records that the retention has taken before they were read are expired."""
        gone = first = 0
        while self.segments:
            segment, low = self.segments[0], self._next
            to = segment.accepted_before(accepted_before, low)
            first = first if gone else segment.first_place + low - segment.first
            gone += to - low
            if not self._advance(to):
                break
        if gone:
            for lane in self.lanes:
                lane.pass_over(first, first + gone)
            self.mapping.lose(EXPIRED, gone, now)

    def _answer(self, records: int, place: int, now: float) -> None:
        """The answer of a call has come: its records, up to a place in the shard's log, are available."""
        self.catch_up(now)
        self._in_flight -= 1
        self._coming -= records
        self.held += records
        self._hand_out(records, place, now)

    def _hand_out(self, records: int, place: int, now: float) -> None:
        lanes = self.lanes
        if len(lanes) == 1:
            lanes[0].deliver(lanes[0].watermark + records, now)
        else:
            for lane in lanes:
                lane.deliver(lane.reach(place) if records else lane.watermark, now)

    def _pass_empty_polls(self, now: float) -> None:
        """Polls that would find nothing need not be events: count them, and go on with one that may find something."""
        if self.mapping.enabled and not self.limits.at_rest(self.next_s):
            return  # it may be refused, and tokens are still to come back
        interval = self.polling.interval
        empty = ceil((self.something_s(now) - self.next_s) / interval)
        if empty > 0:
            self.next_s += empty * interval
            self._passed = empty
            if self.mapping.enabled:
                self.calls += empty
            else:
                self.skipped += empty

    def correct(self, end_s: float) -> None:
        """Take back the empty polls that were counted beyond the end of the run."""
        self.catch_up(end_s)
        beyond = min(self._passed, max(0, ceil((self.next_s - end_s) / self.polling.interval) - 1))
        if self.mapping.enabled:
            self.calls -= beyond
        else:
            self.skipped -= beyond


def may_pass_empty_polls(mapping: Mapping, polling_mappings: int) -> bool:
    """Whether an empty poll has no effect but to be counted: nothing is drawn for it, and its call token comes back."""
    polling = mapping.spec.polling
    return polling_mappings == 1 and not polling.missed and polling.interval >= 1 / CALLS_PER_S


def is_undisturbed(mapping: Mapping, alone: bool) -> bool:
    """Whether nothing but the poller's own mapping can change what a poll finds before its answer comes.

    What the retention has taken by the time of the poll is the same when the answer comes.
    """
    polling = mapping.spec.polling
    return alone and not mapping.disabled and polling.latency < polling.interval


def _fitting(segment: Segment, low: int, high: int, bytes_: int) -> int:
    """The last index, at most `high`, so that the records from `low` to it have no more than some bytes."""
    upto, shift = segment.table.bytes_upto, segment.shift
    if upto is None:
        return min(high, low + bytes_ // segment.table.common_bytes)
    return bisect_right(upto, upto[low + shift] + bytes_, low + shift, high + shift + 1) - 1 - shift
