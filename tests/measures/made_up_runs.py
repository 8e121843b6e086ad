"""Runs that nobody simulated: random facts that fit together, of one mapping, and how they come in windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np

from simulator.measures.times import Reading, Window
from simulator.model.facts import Attempt, Doing, Facts, Finished, Loss, Poll, ReadAgain, Sent, Throttle
from simulator.traffic.log import Columns, Log
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.shards import Shard
from simulator.traffic.written import ByteWaits, Produced, Waiting, Written

LACKS = ("concurrency", "invocation_rate", "scaling_rate")
FAILURES = ("poison", "outage", "random_errors", "timeouts")
KINDS = {
    Attempt: "attempts", Throttle: "throttles", Doing: "doings", Poll: "polls", Sent: "sent", Loss: "losses",
    Finished: "finished",
}  # fmt: skip

Fact = Attempt | Throttle | Doing | Poll | ReadAgain | Sent | Finished | Loss


@dataclass
class Item:
    """A record, and the truth about it. Times are ticks."""

    shard: int
    lane: int
    produced: int
    let_in: int
    accepted: int
    place: int = -1
    called: int = NEVER
    available: int = NEVER
    ended: int = NEVER
    how: str = "unprocessed"
    throttled: list[tuple[int, int]] = field(default_factory=list)  # periods in which its own batch, or part, was
    done_by: Attempt | None = None
    passes: bool = True  # the filter
    moved: tuple[int, int] | None = None  # when it waited for the byte limit of a shard that closed


class Stated(NamedTuple):
    """A fact, and when it was stated."""

    at: int
    fact: Fact


@dataclass
class MadeUp:
    """A run of one mapping from `begin` to `end`."""

    reading: Reading
    begin: int
    end: int
    items: list[list[Item]]  # by shard, in order of acceptance
    facts: list[Stated]
    read_at: dict[int, int] = field(default_factory=dict)  # by child of shard 0: its first read

    def everything(self) -> list[Item]:
        """All records of all shards."""
        return [item for shard in self.items for item in shard]

    def of_kind(self, kind: type[NamedTuple]) -> list[Fact]:
        """All facts of one kind."""
        return [fact for _, fact in self.facts if isinstance(fact, kind)]


def made_up(seed: int) -> MadeUp:
    """A random run."""
    rng = Random(seed)
    begin, end = rng.choice((0, -20, -7)), rng.randint(20, 90)
    edges = sorted(rng.sample(range(end), 4))
    reading = Reading(
        pushed=rng.random() < 0.3,
        lanes=rng.choice((1, 2, 3)),
        retention_ns=rng.choice((17, 1000)),
        position_ns=rng.choice((-NEVER, begin + 5)),
        inclusive=rng.random() < 0.5,
        starts_ns=rng.choice((0, 0, 9)),
        disabled=rng.choice(([], [(edges[0], edges[1]), (edges[2], edges[3])])),
        filter=rng.choice(("", "", "m")),
        discovery_ns=rng.choice((0, 3)),
    )
    run = MadeUp(reading, begin, end, [], [])
    finished = rng.randint(5, end + 10)
    for shard in range(rng.choice((1, 2, 3))):
        if shard and rng.random() < 0.5:
            run.read_at[shard] = finished + reading.discovery_ns if finished <= end else NEVER
        _Shard(rng, run, shard).live()
    if finished <= end:
        run.facts.append(Stated(finished, Finished(0, 0, finished)))
    run.facts.sort(key=lambda stated: stated.at)
    return run


class _Shard:
    """Makes up what happens in one shard."""

    def __init__(self, rng: Random, run: MadeUp, number: int) -> None:
        self.rng, self.run, self.number, self.end = rng, run, number, run.end
        self.reading = run.reading
        self.overhead = rng.choice((0, 2))
        moments = [self.moments() for _ in range(rng.randint(0, 25))]
        in_order = zip(*(sorted(column) for column in zip(*moments, strict=True)), strict=True)  # a queue keeps order
        self.items = [Item(number, rng.randrange(self.reading.lanes), *each) for each in in_order if each[0] < self.end]
        for place, item in enumerate(self.items):
            item.place = place
            item.passes = not self.reading.filter or rng.random() < 0.6
            if item.let_in - item.produced > 6 and item.passes and rng.random() < 0.5:
                item.moved = item.produced + 2, item.produced + 5
        self.begins = max(self.reading.starts_ns, run.read_at.get(number, 0))
        run.items.append(self.items)

    def moments(self) -> tuple[int, int, int]:
        """When a record is produced, let in and accepted."""
        accepted = self.rng.randint(self.run.begin, self.end + 10)
        let_in = max(self.run.begin, accepted - self.rng.choice((0, 0, 3)))
        return max(self.run.begin, let_in - self.rng.choice((0, 0, 0, 12))), let_in, accepted

    def live(self) -> None:
        for item in self.items:
            if self.reading.skips(np.array([item.accepted]))[0]:
                item.how, item.called, item.available, item.ended = "skipped", *[item.accepted] * 3
        (self.push if self.reading.pushed else self.poll)()
        for item in self.items:
            gone = item.accepted + self.reading.retention_ns
            if item.called == NEVER and gone <= self.end:
                item.ended, item.how = gone, "expired"
        for lane in range(self.reading.lanes):
            self.serve([item for item in self.items if item.lane == lane and item.how == "unprocessed"], lane)

    def state(self, at: int, fact: Fact) -> None:
        if at <= self.end:
            self.run.facts.append(Stated(at, fact))

    def doing(self, lane: int, what: str, begin: int, end: int) -> None:
        if end > begin:
            self.state(begin, Doing(0, self.number, lane, what, begin, end))

    def lose(self, items: list[Item], how: str, at: int, unread: bool = False) -> None:
        places = np.array([item.place for item in items], np.int64)
        self.state(at, Loss(0, self.number, places, how, at, unread, ""))  # type: ignore[arg-type]
        for item in items if at <= self.end and not unread else ():
            item.ended, item.how = at, how

    def poll(self) -> None:
        rng, latency = self.rng, self.rng.choice((0, 1, 4))
        unread = [item for item in self.items if item.how != "skipped" and item.accepted < self.end]
        at = self.begins + rng.randint(0, 5)
        while at <= self.end:
            result = rng.choice(("called", "called", "called", "missed", "held", "disabled", "no_call", "no_bytes"))
            first = end = unread[0].place if unread else 0
            if result == "called":
                gone = [item for item in unread if item.accepted + self.reading.retention_ns < at]
                if gone:
                    self.lose(gone, "expired", at, unread=True)
                unread = unread[len(gone) :]
                returned = [item for item in unread if item.accepted <= at][: rng.choice((2, 100))]
                unread = unread[len(returned) :]
                for item in returned:
                    item.called, item.available = at, at + latency
                first = returned[0].place if returned else 0
                end = first + len(returned)
            answer = at + latency if result == "called" else at
            stopped = [item for item in self.items[first:end] if not item.passes]
            if stopped:
                self.lose(stopped, "filtered", answer)
            self.state(at, Poll(0, self.number, at, result, answer, first, end, 1, False))  # type: ignore[arg-type]
            at += rng.randint(0, 7)

    def push(self) -> None:
        left = self.begins
        for item in self.items:
            if item.how == "skipped" or item.accepted >= self.end:
                continue
            begins = max(left, item.accepted)
            if begins > item.accepted + self.reading.retention_ns:
                self.lose([item], "expired", begins, unread=True)
                continue
            left = item.called = begins + self.rng.randint(0, 5)
            item.available = left + 3
            place, leaves, available = (np.array([time]) for time in (item.place, item.called, item.available))
            self.state(max(item.accepted, self.begins), Sent(0, self.number, place, leaves, available, 1))
            if not item.passes:
                self.lose([item], "filtered", item.available)

    def serve(self, items: list[Item], lane: int) -> None:
        """The batches of a lane."""
        now: int | None = self.run.begin
        items = [item for item in items if item.available <= self.end]
        while items and now is not None:
            cut = max(now, items[0].available) + self.rng.choice((0, 0, 1, 5))
            if cut > self.end:
                break
            self.doing(lane, "answer", now, self.rng.randint(now, cut))
            n = self.rng.randint(1, sum(item.available <= cut for item in items))
            now = self.batch(items[:n], lane, cut)
            items = items[n:]

    def batch(self, batch: list[Item], lane: int, first_cut: int) -> int | None:
        """A batch until it is over: when that is; None if the run ends before."""
        parts, now = [(batch, first_cut)], first_cut
        while parts:
            part, cut = parts.pop(0)
            over = self.part(part, lane, first_cut, cut, now)
            if over is None:
                return None
            now, more = over
            parts[:0] = more
        return now

    def part(
        self, part: list[Item], lane: int, first_cut: int, cut: int, now: int
    ) -> tuple[int, list[tuple[list[Item], int]]] | None:
        """Attempts at a part of a batch: when they are over, and what it is split into."""
        rng, tries = self.rng, 0
        while now <= self.end:
            begun, asked = now, now + self.overhead
            self.doing(lane, "invoke_overhead", begun, asked)
            if asked > self.end:
                return None
            leaving = rng.randint(0, len(part)) if rng.random() < 0.1 else 0
            if leaving:
                self.lose(part[:leaving], rng.choice(("dropped", "expired")), asked)
                part = part[leaving:]
            if not part:
                return asked, []
            if rng.random() < 0.3:
                now = asked + rng.randint(1, 6)
                lack, places = rng.choice(LACKS), np.array([item.place for item in part])
                self.state(asked, Throttle(0, self.number, lane, places, begun, asked, now, lack))  # type: ignore[arg-type]
                self.doing(lane, lack, asked, now)
                for item in part:
                    item.throttled.append((begun, now))
                continue
            tries += 1
            outcome = rng.choice(("ok", "ok", "ok", "partial" if len(part) > 1 else "ok", "error", "timeout"))
            done = {"ok": len(part), "partial": rng.randint(1, max(1, len(part) - 1))}.get(outcome, 0)
            failure = rng.choice(FAILURES) if not done else ""
            ready = asked + rng.choice((0, 3))
            now = ready + rng.randint(1 - self.overhead // 2, 6)
            places = np.array([item.place for item in part])
            where = 0, self.number, lane, places, done, 1, tries
            moments = first_cut, cut, begun, asked, ready - asked, now
            attempt = Attempt(*where, *moments, "cold", outcome, failure)  # type: ignore[arg-type]
            self.state(asked, attempt)
            self.doing(lane, "cold_start", asked, ready)
            self.doing(lane, failure if failure and now <= self.end else "function", ready, now)
            if now > self.end:
                return None
            for item in part[:done]:
                item.ended, item.how, item.done_by = now, "processed", attempt
            if done:
                return now, [(part[done:], now)] if done < len(part) else []
            if len(part) > 1 and rng.random() < 0.5:
                half = len(part) // 2
                return now, [(part[:half], now), (part[half:], now)]
            if rng.random() < 0.3:
                self.lose(part, rng.choice(("dropped", "sent_to_destination")), now)
                return now, []
            again = now + rng.randint(1, 8)
            self.doing(lane, failure, now, again)
            now = again
        return None


def windows(run: MadeUp, cuts: set[int], seed: int, unit_ns: int = 1) -> Iterator[Window]:
    """The windows that a run comes in, between some times and at 0, with `unit_ns` nanoseconds a tick."""
    rng = Random(seed)
    inner = sorted(cut for cut in {*cuts, 0} if run.begin < cut < run.end)
    shards = [
        Shard(number, 0, 1, Log(_columns([], run.reading, unit_ns)), (0,) if number in run.read_at else ())
        for number in range(len(run.items))
    ]
    edges = [run.begin, *inner, run.end]
    for begin, end in pairwise(edges):
        for shard, items in zip(shards, run.items, strict=True):
            ended = next((i for i, item in enumerate(items) if item.ended >= begin), len(items))
            shard.log.forget(min(shard.log.end, rng.randint(shard.log.first, max(ended, shard.log.first))))
            new = [item for item in items if begin <= item.accepted < end]
            shard.log.append(_columns(new, run.reading, unit_ns))
        last = end == run.end
        facts = Facts()
        for at, fact in run.facts:
            if begin <= at < end or (last and at == end):
                getattr(facts, KINDS[type(fact)]).append(_scaled(fact, unit_ns))
        waiting = [item for item in run.everything() if item.produced < end <= item.accepted]
        written = _written(waiting, run.reading, unit_ns)
        moved = [item for item in run.everything() if begin <= item.accepted < end and item.moved]
        written = replace(
            written,
            moved=_moved(moved, run.reading, unit_ns),
            moved_waiting=_moved([item for item in waiting if item.moved], run.reading, unit_ns),
        )
        yield Window(begin * unit_ns, end * unit_ns, last, shards, written, facts)


def scaled(reading: Reading, unit_ns: int) -> Reading:
    """How a mapping reads, in nanoseconds."""
    ns = unit_ns if reading.position_ns != -NEVER else 1
    return Reading(
        reading.pushed, reading.lanes, reading.retention_ns * unit_ns, reading.position_ns * ns, reading.inclusive,
        reading.starts_ns * unit_ns, [(begin * unit_ns, end * unit_ns) for begin, end in reading.disabled],
        reading.filter, reading.discovery_ns * unit_ns,
    )  # fmt: skip


def _scaled(fact: Fact, unit_ns: int) -> Fact:
    times = {name: getattr(fact, name) * unit_ns for name in fact._fields if name.endswith("_ns")}
    return fact._replace(**times)


def _columns(items: list[Item], reading: Reading, unit_ns: int) -> Columns:
    def column(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, np.int64)

    return Columns(
        column(*(item.produced for item in items)) * unit_ns,
        column(*(item.let_in for item in items)) * unit_ns,
        column(*(item.accepted for item in items)) * unit_ns,
        column(*(1 for _ in items)),
        column(*(item.place for item in items)),
        {reading.lanes: column(*(item.lane for item in items))},
        {},
        {reading.filter: np.array([item.passes for item in items], bool)} if reading.filter else {},
    )


def _moved(items: list[Item], reading: Reading, unit_ns: int) -> ByteWaits:
    begins, ends = np.array([item.moved for item in items], np.int64).reshape(-1, 2).T * unit_ns
    return ByteWaits(_columns(items, reading, unit_ns), begins, ends)


def _written(items: list[Item], reading: Reading, unit_ns: int) -> Written:
    columns = _columns(items, reading, unit_ns)
    shard = np.array([item.shard for item in items], np.int64)
    waiting = Waiting(columns.produced_ns, columns.let_in_ns, columns.accepted_ns, columns.bytes, shard)
    none = np.empty(0, np.int64)
    return Written(Produced(none, none, none, none.astype(bool), none.astype(bool)), waiting, [])


assert {kind.name for kind in fields(Facts)} == {*KINDS.values(), "read_again", "answered"}
