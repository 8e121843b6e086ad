"""Reading a shard for a mapping: by polling and by push (docs/model.md sections 4 and 5)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from .clock import Bucket, Due
from .inputs import NEVER, SECOND, half_up
from .mappings import Item, Lane, MappingState, items_of
from .traffic import MIB, Record

READ_BYTE = Fraction(SECOND, 2 * MIB)  # what a byte costs of 2 MiB/s: exactly, in nanoseconds
ANSWER_LIMIT = 10 * MIB


class ReadLimits:
    """The limits of a shard that all polling mappings of its stream share: calls, and a window of bytes."""

    def __init__(self) -> None:
        self.calls = Bucket(capacity=5, token=SECOND // 5)
        self.opened_at = -NEVER
        self.bytes = 0

    def window_open(self, now: int) -> bool:
        """It lasts for the longer of 1 s and the bytes read in it / (2 MiB/s)."""
        return now < self.opened_at + max(Fraction(SECOND), self.bytes * READ_BYTE)

    def refuses(self, now: int) -> str:
        """Why a call is refused, or nothing: then it takes its token."""
        if not self.calls.has_one(now):
            return "read_calls"  # and perhaps for want of bytes too
        if self.window_open(now) and self.bytes >= 2 * MIB:
            return "read_bytes"
        self.calls.take(now)
        return ""

    def add(self, size: int, now: int) -> None:
        """Bytes are read: they open a window if none is open."""
        if not size:
            return
        if not self.window_open(now):
            self.opened_at, self.bytes = now, 0
        self.bytes += size


class Reader:
    """What polling and push have in common: the records of one shard for one mapping, and its lanes."""

    def __init__(self, mapping: MappingState, shard: int, log: list[Record]) -> None:
        self.mapping = mapping
        self.clock = mapping.clock
        self.place = (mapping.spec.number, shard)
        self.shard = shard
        self.lanes = [
            Lane(mapping, shard, n, batch_over=self.batch_over, reread=self.reread) for n in range(mapping.spec.lanes)
        ]
        self.items = items_of(mapping, log, self.lanes)
        self.first = 0

    def arrive(self, items: list[Item]) -> None:
        """Records become available to the mapping."""
        for item in items:
            item.state, item.available_at = "available", self.clock.now
            item.lane.waiting.append(item)

    def unread(self) -> Iterator[Item]:
        """The records not yet returned or sent, in order (those at the front of the log never come back)."""
        while self.first < len(self.items) and self.items[self.first].state not in ("unread", "coming"):
            self.first += 1
        for n in range(self.first, len(self.items)):
            if self.items[n].state == "unread":
                yield self.items[n]

    def lanes_go_on(self) -> None:
        """Each when it is its turn."""
        for lane in self.lanes:
            lane.turn(lane.go_on)

    def expire(self, item: Item) -> None:
        """Section 3: gone before it was read, it is expired."""
        if item.state == "unread":
            self.mapping.end(item, "expired")

    def batch_over(self, lane: Lane) -> None:
        """All of a batch is over."""
        lane.turn(lane.go_on)

    def reread(self, size: int) -> None:
        """A retry reads its records again: nothing to do for push."""

    def poll_before(self, time: int) -> tuple[int, str]:
        """The last poll at or before a time, and why it gave nothing to those it left behind: none by push."""
        return -NEVER, ""

    def poll_times(self) -> list[int]:
        """When polls were made."""
        return []

    def begin(self) -> None:
        """Arrange what happens at the mapping's start, with its disabled periods, and when records are gone."""
        for start, end in self.mapping.spec.disabled:
            self.clock.at(start, Due.SWITCH, self.place, self.close)
            self.clock.at(end, Due.SWITCH, self.place, self.open)
        for item in self.items:
            gone_at = item.accepted + self.mapping.stream.retention
            self.clock.at(gone_at, Due.EXPIRY, self.place, partial(self.expire, item))

    def close(self) -> None:
        """A disabled period begins."""

    def open(self) -> None:
        """A disabled period ends."""
        self.lanes_go_on()


class Poller(Reader):
    """Section 4."""

    def __init__(self, mapping: MappingState, shard: int, log: list[Record], limits: ReadLimits) -> None:
        super().__init__(mapping, shard, log)
        self.limits = limits
        self.in_flight = 0
        self.due_at = -NEVER
        self.extra_for: list[Lane] = []  # the lanes for which an extra poll is to be made at once
        self.polled_at: list[int] = []
        self.left_behind: list[str] = []  # by each poll: of which cause of waiting

    def begin(self) -> None:
        """The first poll is at starts_after + phase."""
        super().begin()
        spec = self.mapping.spec
        if isinstance(spec.phase, str):  # spread
            phase = half_up(spec.interval * (self.shard + 0.5) / self.mapping.stream.shards)
        else:
            phase = spec.phase
        self.poll_at(spec.starts_after + phase)

    def poll_at(self, time: int) -> None:
        """The next poll is due at that time."""
        self.due_at = time
        self.clock.at(time, Due.POLL, self.place, self.turn)

    def turn(self) -> None:
        """The poller's turn: a poll if one is due, which is the extra poll if one is wanted as well."""
        if self.clock.now != self.due_at and not self.extra_for:
            return
        lanes, self.extra_for = self.extra_for, []
        called = self.poll()
        for lane in lanes:
            if called:
                lane.await_answer()
            else:
                lane.turn(lane.go_on)

    def poll(self) -> bool:
        """A poll; whether it made a call that was admitted. The next follows `interval` after it in any case."""
        spec, now = self.mapping.spec, self.clock.now
        self.poll_at(now + spec.interval)
        skipped = self.skips()
        refused = "" if skipped else self.limits.refuses(now)
        self.polled_at.append(now)
        self.left_behind.append(skipped or refused or "answer_limit")
        self.mapping.counts.skipped_polls += bool(skipped)
        self.mapping.counts.refused += bool(refused)
        if skipped or refused:
            return False
        self.mapping.counts.polls += 1
        answer = self.answer()
        self.limits.add(sum(item.record.size for item in answer), now)
        self.in_flight += 1
        self.clock.at(now + spec.latency, Due.ARRIVAL, self.place, partial(self.answered, answer))
        return True

    def skips(self) -> str:
        """Why a poll is skipped, or nothing."""
        if self.mapping.disabled():
            return "poll_interval"  # when it no longer is: until then the cause is disabled
        held = sum(len(lane.waiting) for lane in self.lanes)
        return "held" if held >= self.mapping.spec.get_records_limit else ""

    def answer(self) -> list[Item]:
        """The records accepted by now and not yet returned, in order, at most get_records_limit and 10 MiB."""
        result: list[Item] = []
        size = 0
        for item in self.unread():
            if item.accepted > self.clock.now or len(result) == self.mapping.spec.get_records_limit:
                break
            assert not self.mapping.gone(item)  # it has expired
            if size + item.record.size > ANSWER_LIMIT:
                break
            size += item.record.size
            item.state, item.leaves_at = "coming", self.clock.now
            result.append(item)
        return result

    def answered(self, answer: list[Item]) -> None:
        """An answer comes; no lane waits for one any longer."""
        self.in_flight -= 1
        self.arrive(answer)
        for lane in self.lanes:
            lane.answered()
        self.lanes_go_on()

    def batch_over(self, lane: Lane) -> None:
        """`repoll: full_batch`: an extra poll after a full batch, unless a call is in flight."""
        spec = self.mapping.spec
        if not spec.extra_polls or not lane.full or len(lane.waiting) >= spec.batch_size:
            lane.turn(lane.go_on)
        elif self.in_flight:
            lane.await_answer()
        else:
            self.extra_for.append(lane)
            self.clock.at(self.clock.now, Due.POLL, self.place, self.turn)

    def reread(self, size: int) -> None:
        """A retry takes one call token if there is one, and its bytes are read."""
        self.mapping.counts.retry_calls += self.limits.calls.take(self.clock.now)
        self.limits.add(size, self.clock.now)

    def poll_before(self, time: int) -> tuple[int, str]:
        """The last poll at or before a time, and of what it is the cause."""
        made = bisect_right(self.polled_at, time)
        return (self.polled_at[made - 1], self.left_behind[made - 1]) if made else super().poll_before(time)

    def poll_times(self) -> list[int]:
        """When polls were made, skipped or refused."""
        return self.polled_at


class Subscription(Reader):
    """Section 5. `opening` numbers the openings, so that what was arranged by an earlier one is void."""

    opening = 0

    def begin(self) -> None:
        """It opens at starts_after, unless the mapping is disabled then."""
        super().begin()
        self.clock.at(self.mapping.spec.starts_after, Due.SWITCH, self.place, self.open)

    def open(self) -> None:
        """The subscription opens at S; lanes that hold records go on."""
        super().open()
        if self.clock.now >= self.mapping.spec.starts_after and not self.mapping.disabled():
            self.opening += 1
            self.arrange_next(self.opening, Fraction(self.clock.now))

    def close(self) -> None:
        """What has not become available when a disabled period begins is sent again after it."""
        self.opening += 1
        for item in self.items:
            if item.state == "coming":
                item.state, item.leaves_at = "unread", NEVER
                if self.mapping.gone(item):
                    self.expire(item)

    def arrange_next(self, opening: int, free: Fraction) -> None:
        """The next record's sending begins at max(a_k, e_(k-1), S); e is kept exactly."""
        for item in self.unread():
            begins = max(Fraction(item.accepted), free)
            self.clock.at(half_up(begins), Due.ARRIVAL, self.place, partial(self.send, opening, item, begins))
            return

    def send(self, opening: int, item: Item, begins: Fraction) -> None:
        """A record's sending begins; it leaves at e_k and is available at e_k + propagation."""
        if opening != self.opening:
            return
        if item.state != "unread":  # gone: passed over
            self.arrange_next(opening, begins)
            return
        leaves = begins + item.record.size * READ_BYTE
        item.state, item.leaves_at = "coming", half_up(leaves)
        available = item.leaves_at + self.mapping.spec.propagation
        self.clock.at(available, Due.ARRIVAL, self.place, partial(self.sent, opening, item))
        self.arrange_next(opening, leaves)

    def sent(self, opening: int, item: Item) -> None:
        """A record becomes available."""
        if opening == self.opening:
            self.arrive([item])
            self.lanes_go_on()
