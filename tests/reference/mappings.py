"""A mapping as it runs: its records, its lanes, batches and attempts (docs/model.md sections 6 to 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from .clock import Clock, Due
from .functions import Environment, FunctionState, Verdict
from .inputs import NEVER, Mapping, Stream
from .result import Counts, Row
from .traffic import MIB, Record, accepted, lane_of

PAYLOAD_LIMIT = 6 * MIB
Period = tuple[int, int]


@dataclass(eq=False)
class Item:
    """A record for one mapping. State: unread, coming (in an answer, or being sent), available, batch, or its end."""

    record: Record
    accepted: int
    lane: Lane
    state: str = "unread"
    first_cut: int = 0
    throttled: int = 0
    # of the call that returned it, or of the sending that arrives:
    leaves_at: int = NEVER  # when the call was made; when it leaves
    available_at: int = NEVER
    ended_at: int = NEVER


@dataclass(eq=False)
class Part:
    """A batch, or a half or remainder of one, with its counts."""

    items: list[Item]
    cut_at: int
    begun: int = 0
    attempts: int = 0
    retries: int = 0
    throttles: int = 0  # since its last admitted attempt


@dataclass(eq=False)
class Doing:
    """What a busy lane is doing for a while, as a cause of waiting; `processed` are processed by it."""

    start: int
    end: int
    cause: str
    processed: set[Item] = field(default_factory=set)


class MappingState:
    """What the shards and lanes of one mapping share."""

    def __init__(self, spec: Mapping, stream: Stream, clock: Clock, function: FunctionState) -> None:
        self.spec = spec
        self.stream = stream
        self.clock = clock
        self.function = function
        self.counts = Counts()
        self.rows: list[Row] = []
        self.unended = 0
        self.last_end = -NEVER

    def disabled_at(self, time: int) -> bool:
        """Whether the mapping is disabled."""
        return any(start <= time < end for start, end in self.spec.disabled)

    def disabled(self) -> bool:
        """Whether the mapping is disabled now."""
        return self.disabled_at(self.clock.now)

    def end(self, item: Item, how: str) -> None:
        """A record ends for this mapping."""
        item.state = how
        item.ended_at = self.clock.now
        self.counts.ends[how] += 1
        self.unended -= 1
        self.last_end = self.clock.now

    def gone(self, item: Item) -> bool:
        """Section 3: a record whose age exceeds the retention is gone."""
        return self.clock.now - item.accepted > self.stream.retention

    def give_up(self, item: Item) -> None:
        """A record is dropped, or sent to the failure destination."""
        self.end(item, "sent_to_destination" if self.spec.destination else "dropped")

    def leaves(self, item: Item) -> bool:
        """Section 6: a record that is too old when an attempt asks to run leaves the batch."""
        if self.clock.now - item.accepted <= min(self.spec.maximum_age, self.stream.retention):
            return False
        if self.spec.maximum_age <= self.stream.retention:  # the smaller limit decides
            self.give_up(item)
        else:
            self.end(item, "expired")
        return True


def payload(item: Item) -> int:
    """Section 6: a record costs 532 B + 4*ceil(bytes/3)."""
    return 532 + 4 * -(-item.record.size // 3)


@dataclass(eq=False)
class Lane:
    """A lane of a shard for a mapping: at most one batch in flight."""

    mapping: MappingState
    shard: int
    number: int
    batch_over: Callable[[Lane], None]  # what the reader does when a batch is over
    reread: Callable[[int], None]  # what the reader does when a retry reads bytes again
    waiting: list[Item] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)  # of the batch in flight, the first is being tried
    cut_time: int = 0
    full: bool = False
    awaits_answer_since: int | None = None
    previous_end: int = -NEVER
    wake_at: int = -NEVER
    # What has been, for measuring
    busy: list[Period] = field(default_factory=list)  # from cut to end of each batch
    awaited: list[Period] = field(default_factory=list)  # the times when it waited for an answer
    doings: list[Doing] = field(default_factory=list)

    @property
    def place(self) -> tuple[int, ...]:
        """Section 10: each in order of mapping, shard, lane."""
        return (self.mapping.spec.number, self.shard, self.number)

    def turn(self, do: Callable[[], None], time: int | None = None) -> None:
        """Do something at a time, or now, when it is the lane's turn."""
        clock = self.mapping.clock
        clock.at(clock.now if time is None else time, Due.LANE, self.place, do)

    def does(self, cause: str, end: int) -> None:
        """The lane does something from now, or from the end of what it does, to an end."""
        start = max(self.mapping.clock.now, self.doings[-1].end if self.doings else -NEVER)
        self.doings.append(Doing(start, end, cause))

    # Waiting for an answer: section 4

    def await_answer(self) -> None:
        """Cut no batch until an answer has come."""
        self.awaits_answer_since = self.mapping.clock.now

    def answered(self) -> None:
        """Wait no longer."""
        if self.awaits_answer_since is not None:
            self.awaited.append((self.awaits_answer_since, self.mapping.clock.now))
            self.awaits_answer_since = None

    def awaits(self) -> list[Period]:
        """When it waited for an answer."""
        return self.awaited + ([] if self.awaits_answer_since is None else [(self.awaits_answer_since, NEVER)])

    # Cutting batches: section 6

    def go_on(self) -> None:
        """Cut a batch if there is one to cut."""
        if self.parts or self.awaits_answer_since is not None or not self.waiting or self.mapping.disabled():
            return
        if self.mapping.spec.window > 0 and not self.window_over():
            return
        self.cut()

    def window_over(self) -> bool:
        """batch_size records or 6 MiB of payload are available, or W has passed; else look again when it has."""
        spec = self.mapping.spec
        if len(self.waiting) >= spec.batch_size or sum(map(payload, self.waiting)) >= PAYLOAD_LIMIT:
            return True
        over = max(self.previous_end, self.waiting[0].available_at) + spec.window
        if self.mapping.clock.now >= over:
            return True
        if over != self.wake_at:
            self.wake_at = over
            self.turn(self.go_on, over)
        return False

    def cut(self) -> None:
        """The oldest available, at most batch_size, whose payload stays within 6 MiB; a single record always fits."""
        now = self.mapping.clock.now
        batch: list[Item] = []
        total = 0
        while self.waiting and len(batch) < self.mapping.spec.batch_size:
            if batch and total + payload(self.waiting[0]) > PAYLOAD_LIMIT:
                break
            total += payload(self.waiting[0])
            batch.append(self.waiting.pop(0))
        # Section 4: full is batch_size records, or the next did not fit its payload, or 6 MiB.
        self.full = len(batch) == self.mapping.spec.batch_size or bool(self.waiting) or total >= PAYLOAD_LIMIT
        self.cut_time = now
        for item in batch:
            item.state, item.first_cut = "batch", now
        self.parts = [Part(batch, cut_at=now)]
        self.begin()

    # Attempts: section 6

    def begin(self) -> None:
        """Begin an attempt; it asks to run invoke_overhead later."""
        now = self.mapping.clock.now
        self.parts[0].begun = now
        self.does("invoke_overhead", now + self.mapping.spec.overhead)
        self.turn(self.ask, now + self.mapping.spec.overhead)

    def ask(self) -> None:
        """An attempt asks to run: first the records that are too old leave, oldest first."""
        part = self.parts[0]
        part.items = [item for item in part.items if not self.mapping.leaves(item)]
        if not part.items:
            self.part_over()
            return
        answer = self.mapping.function.admit(self.mapping.clock.now)
        if isinstance(answer, str):
            self.throttle(part, answer)
        else:
            self.start(part, answer)

    def throttle(self, part: Part, lacking: str) -> None:
        """A throttle costs no retry; the lane tries again after the throttle backoff."""
        self.mapping.counts.throttles += 1
        part.throttles += 1
        again = self.mapping.clock.now + self.mapping.spec.throttle_backoff.wait(part.throttles)
        for item in part.items:
            item.throttled += again - part.begun
        self.does(lacking, again)
        self.turn(self.begin, again)

    def start(self, part: Part, environment: Environment) -> None:
        """An attempt is admitted and runs for cold start + duration."""
        function, clock = self.mapping.function, self.mapping.clock
        part.attempts += 1
        part.throttles = 0
        verdict = function.verdict([item.record for item in part.items], clock.now)
        cold = function.spec.cold_start if environment.cold else 0
        row = self.row(part, clock.now, environment.cold)
        end = clock.now + cold + verdict.takes
        self.does("cold_start", clock.now + cold)
        self.does("function", end)  # until it is known how it ends
        clock.at(end, Due.END, self.place, partial(self.finish, part, environment, verdict, row, cold))

    def row(self, part: Part, start: int, cold: bool) -> Row:
        """The row of section 10, without what is known at its finish."""
        return {
            "mapping": self.mapping.spec.name,
            "stream": self.mapping.spec.stream,
            "shard": self.shard,
            "lane": self.number,
            "first_record": part.items[0].record.place,
            "records": len(part.items),
            "bytes": sum(item.record.size for item in part.items),
            "attempt": part.attempts,
            "cut_at": part.cut_at,
            "started_at": start,
            "finished_at": 0,
            "cold_start": int(cold),
        }

    def finish(self, part: Part, environment: Environment, verdict: Verdict, row: Row, cold: int) -> None:
        """An attempt finishes."""
        now = self.mapping.clock.now
        last = part.items[-1].accepted
        self.mapping.function.release(environment, verdict.outcome == "timeout", now)
        row["finished_at"], row["outcome"] = now, verdict.outcome
        row["iterator_age"], row["iterator_age_at_send"] = now - last, row["started_at"] - last
        self.mapping.rows.append(row)
        if verdict.outcome == "ok":
            self.done(part, part.items, cold)
            self.part_over()
        else:
            self.after_error(part, verdict, row, cold)

    # Failures: section 7

    def after_error(self, part: Part, verdict: Verdict, row: Row, cold: int) -> None:
        """The four rules of section 7."""
        spec, now, n = self.mapping.spec, self.mapping.clock.now, len(part.items)
        good = self.before_poison(part)
        if spec.partial and verdict.poisoned and good > 0:
            row["outcome"] = "partial"
            self.done(part, part.items[:good], cold)
            self.parts[0:1] = [Part(part.items[good:], cut_at=now)]
            self.turn(self.begin)
            return
        self.doings[-1].cause = verdict.cause
        if spec.bisect and n > 1:
            half = n // 2
            self.parts[0:1] = [Part(part.items[:half], cut_at=now), Part(part.items[half:], cut_at=now)]
            self.turn(self.begin)
        elif spec.retries >= 0 and part.retries >= spec.retries:
            for item in part.items:
                self.mapping.give_up(item)
            self.part_over()
        else:
            part.retries += 1
            again = now + spec.retry_backoff.wait(part.retries)
            self.does(verdict.cause, again)
            self.turn(self.retry, again)

    def before_poison(self, part: Part) -> int:
        """How many records of a batch come before its first poison record."""
        for n, item in enumerate(part.items):
            if self.mapping.function.is_poison(item.record):
                return n
        return len(part.items)

    def retry(self) -> None:
        """A retry of rule 4, when its backoff ends, reads its records again."""
        self.reread(sum(item.record.size for item in self.parts[0].items))
        self.begin()

    def part_over(self) -> None:
        """The next part has its turn; when there is none the batch is over."""
        now = self.mapping.clock.now
        self.parts.pop(0)
        if self.parts:
            self.turn(self.begin)
            return
        self.busy.append((self.cut_time, now))
        self.previous_end = now
        self.batch_over(self)

    # Measuring: section 8

    def done(self, part: Part, items: list[Item], cold: int) -> None:
        """Records are processed: their latency and its parts."""
        now = self.mapping.clock.now
        self.doings[-1].cause, self.doings[-1].processed = "processing", set(items)
        for item in items:
            queueing = overlap(self.busy, item.accepted, item.first_cut)
            batching = self.batching(item)
            parts = {
                "write_wait": item.accepted - item.record.produced,
                "pickup": item.first_cut - item.accepted - queueing - batching,
                "queueing": queueing,
                "batching": batching,
                "throttled": item.throttled,
                "retrying": part.begun - item.first_cut - item.throttled,
                "cold_start": cold,
                "processing": now - part.begun - cold,
            }
            for name, value in parts.items():
                self.mapping.counts.parts[name].append(value)
            self.mapping.counts.latencies.append(now - item.record.produced)
            self.mapping.end(item, "processed")

    def batching(self, item: Item) -> int:
        """From a to the first cut: the lane not busy, the record available and the mapping not disabled."""
        total, start = 0, item.available_at
        for busy_start, busy_end in [*self.busy, (item.first_cut, item.first_cut)]:
            if busy_end < start:
                continue
            if busy_start > start:
                idle_end = min(busy_start, item.first_cut)
                total += idle_end - start - overlap(self.mapping.spec.disabled, start, idle_end)
            start = min(busy_end, item.first_cut)
        return total


def overlap(periods: list[Period], start: int, end: int) -> int:
    """How much of [start, end] lies in periods that do not overlap each other and ascend."""
    total = 0
    for period_start, period_end in reversed(periods):
        if period_end <= start:
            break
        total += max(0, min(end, period_end) - max(start, period_start))
    return total


def items_of(mapping: MappingState, log: list[Record], lanes: list[Lane]) -> list[Item]:
    """The records of a shard's log for a mapping; those before its starting position are skipped."""
    spec = mapping.spec
    places = [lane_of(record.hash, record.shard, mapping.stream.shards, len(lanes)) for record in log]
    items = [Item(record, accepted(record), lanes[lane]) for record, lane in zip(log, places, strict=True)]
    mapping.unended += len(items)
    for item in items:
        before_latest = spec.position == "latest" and item.accepted <= spec.starts_after
        if before_latest or (spec.position == "at_timestamp" and item.accepted < spec.timestamp):
            mapping.end(item, "skipped")
    return items
