"""Reading a shard for a mapping: by polling and by push (docs/model.md sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from .clock import ARRIVE, ASK, POLL, SWITCH, TOLERANCE, Bucket
from .mappings import Item, Lane, MappingState, items_of
from .traffic import MIB, Record, lane_of

READ_RATE = 2 * MIB
ANSWER_LIMIT = 10 * MIB


class ReadLimits:
    """Section 4: the limits of a shard that all polling mappings of its stream share."""

    def __init__(self) -> None:
        self.calls = Bucket(capacity=5, rate=5)
        self.no_debt_at = float("-inf")

    def admits(self, now: float) -> bool:
        """Whether a call is admitted; if so it takes its token."""
        return now >= self.no_debt_at - TOLERANCE and self.calls.take(now)

    def add(self, size: int, now: float) -> None:
        """Add bytes to the debt, which falls by 2 MiB/s."""
        self.no_debt_at = max(now, self.no_debt_at) + size / READ_RATE


class Reader:
    """What polling and push have in common: the records of one shard for one mapping, and its lanes."""

    def __init__(self, mapping: MappingState, shard: int, log: list[Record]) -> None:
        self.mapping = mapping
        self.clock = mapping.clock
        self.shard = shard
        self.items = items_of(mapping, log)
        self.first = 0
        self.lanes = [
            Lane(mapping, shard, n, batch_over=self.batch_over, reread=self.reread) for n in range(mapping.spec.lanes)
        ]

    def arrive(self, items: list[Item]) -> None:
        """Records become available to the mapping."""
        for item in items:
            item.state, item.available_at = "available", self.clock.now
            lane = lane_of(item.record.hash, self.shard, self.mapping.stream.shards, len(self.lanes))
            self.lanes[lane].waiting.append(item)

    def unread(self) -> Iterator[Item]:
        """The records not yet returned or sent, in order (those at the front of the log never come back)."""
        while self.first < len(self.items) and self.items[self.first].state not in ("unread", "coming"):
            self.first += 1
        for n in range(self.first, len(self.items)):
            if self.items[n].state == "unread":
                yield self.items[n]

    def lanes_go_on(self) -> None:
        """Section 10: in order of lane number. Whether all cut before the first asks is left open."""
        for lane in self.lanes:
            if self.clock.reverse:
                self.clock.at(self.clock.now, ASK, lane.go_on, lane.order)
            else:
                lane.go_on()

    def expire(self, item: Item) -> None:
        """Section 3: gone before it was read, it is expired."""
        if item.state == "unread":
            self.mapping.end(item, "expired")

    def batch_over(self, lane: Lane) -> None:
        """All of a batch is over."""
        lane.go_on()

    def reread(self, size: int) -> None:
        """A retry reads its records again: nothing to do for push."""

    def begin(self) -> None:
        """Arrange what happens at the mapping's start and with its disabled periods."""
        for start, end in self.mapping.spec.disabled:
            self.clock.at(start, SWITCH, self.close)
            self.clock.at(end, SWITCH, self.open)

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
        self.latest_poll = 0  # numbers polls, so that an extra poll puts off the regular one

    def begin(self) -> None:
        """The first poll is at starts_after + phase."""
        super().begin()
        spec = self.mapping.spec
        if isinstance(spec.phase, str):  # spread
            phase = spec.interval * (self.shard + 0.5) / self.mapping.stream.shards
        else:
            phase = spec.phase
        self.clock.at(spec.starts_after + phase, POLL, partial(self.regular, 0))

    def regular(self, number: int) -> None:
        """A regular poll, unless another one has come since it was arranged."""
        if number == self.latest_poll:
            self.poll()

    def poll(self) -> bool:
        """A poll; whether it made a call that was admitted. The next follows `interval` after it in any case."""
        counts, spec, now = self.mapping.counts, self.mapping.spec, self.clock.now
        self.latest_poll += 1
        self.clock.at(now + spec.interval, POLL, partial(self.regular, self.latest_poll))
        held = sum(len(lane.waiting) for lane in self.lanes)
        if held >= spec.get_records_limit or self.mapping.disabled():
            counts.skipped_polls += 1
            return False
        if not self.limits.admits(now):
            counts.refused += 1
            return False
        counts.polls += 1
        answer = self.answer()
        self.limits.add(sum(item.record.size for item in answer), now)
        self.in_flight += 1
        self.clock.at(now + spec.latency, ARRIVE, partial(self.answered, answer))
        return True

    def answer(self) -> list[Item]:
        """The records accepted by now and not yet returned, in order, at most get_records_limit and 10 MiB."""
        result: list[Item] = []
        size = 0
        for item in self.unread():
            if self.clock.exceeds(item.accepted, self.clock.now) or len(result) == self.mapping.spec.get_records_limit:
                break
            if self.mapping.gone(item):
                self.expire(item)
                continue
            if size + item.record.size > ANSWER_LIMIT:
                break
            size += item.record.size
            item.state = "coming"
            result.append(item)
        return result

    def answered(self, answer: list[Item]) -> None:
        """An answer comes; no lane waits for one any longer."""
        self.in_flight -= 1
        self.arrive(answer)
        for lane in self.lanes:
            lane.awaits_answer = False
        self.lanes_go_on()

    def batch_over(self, lane: Lane) -> None:
        """`repoll: full_batch`: an extra poll after a full batch, unless a call is in flight."""
        spec = self.mapping.spec
        if spec.extra_polls and lane.full and len(lane.waiting) < spec.batch_size:
            if self.in_flight:
                lane.awaits_answer = True
            elif self.poll():
                self.mapping.counts.extra_polls += 1
                lane.awaits_answer = True
        lane.go_on()

    def reread(self, size: int) -> None:
        """A retry takes one call token if there is one and adds its bytes to the debt."""
        self.mapping.counts.retry_reads += 1
        self.limits.calls.take(self.clock.now)
        self.limits.add(size, self.clock.now)


class Subscription(Reader):
    """Section 5. `opening` numbers the openings, so that what was arranged by an earlier one is void."""

    opening = 0

    def begin(self) -> None:
        """It opens at starts_after, unless the mapping is disabled then."""
        super().begin()
        self.clock.at(self.mapping.spec.starts_after, SWITCH, self.open)

    def open(self) -> None:
        """The subscription opens at S; lanes that hold records go on."""
        super().open()
        if self.clock.now >= self.mapping.spec.starts_after and not self.mapping.disabled():
            self.opening += 1
            self.arrange_next(self.opening, self.clock.now)

    def close(self) -> None:
        """What has not become available when a disabled period begins is sent again after it."""
        self.opening += 1
        for item in self.items:
            if item.state == "coming":
                item.state = "unread"
                if self.mapping.gone(item):
                    self.expire(item)

    def arrange_next(self, opening: int, earliest: float) -> None:
        """The next record's sending begins at max(a_k, e_(k-1), S)."""
        for item in self.unread():
            self.clock.at(max(item.accepted, earliest), POLL, partial(self.send, opening, item))
            return

    def send(self, opening: int, item: Item) -> None:
        """A record's sending begins; it leaves at e_k and is available at e_k + propagation."""
        if opening != self.opening:
            return
        now = self.clock.now
        if item.state != "unread" or self.mapping.gone(item):
            self.expire(item)  # passed over
            self.arrange_next(opening, now)
            return
        item.state = "coming"
        leaves = now + item.record.size / READ_RATE
        available = leaves + self.mapping.spec.propagation
        self.clock.at(available, ARRIVE, partial(self.sent, opening, item))
        self.arrange_next(opening, leaves)

    def sent(self, opening: int, item: Item) -> None:
        """A record becomes available."""
        if opening == self.opening:
            self.arrive([item])
            self.lanes_go_on()
