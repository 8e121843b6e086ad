"""Polling: one poller per mapping and shard, which calls GetRecords (docs/model.md, sections 4 and 19)."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
import simpy

from simulator.model.clock import ANSWER, POLL, order
from simulator.model.facts import Poll, PollResult, ReadAgain
from simulator.model.lane import Lane
from simulator.model.mapping import Mapping
from simulator.model.read_limits import ReadLimits
from simulator.traffic.draws import bits, unit
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS, half_up, ns
from simulator.traffic.shards import Shard

ANSWER_BYTES: Final = 10 * 2**20


@dataclass(frozen=True)
class Answer:
    """What a call returns, and when."""

    comes_ns: int
    first: int
    end: int
    bytes: int
    left_behind: bool


class Poller:
    """Polls one shard for one mapping, and hands the answers to its lanes."""

    def __init__(self, mapping: Mapping, shard: Shard, limits: ReadLimits, first_ns: int, latest_ns: int) -> None:
        """`limits` are shared by all who poll the shard; the first poll is due at `first_ns`."""
        self.mapping, self.shard, self._limits, self._clock = mapping, shard, limits, mapping.clock
        self._polling = mapping.spec.polling
        self._interval_ns, self._latency_ns = ns(self._polling.interval), ns(self._polling.latency)
        self._order = order(POLL, mapping.number, shard.number)
        self._jitter_key = mapping.key("poll jitter", shard.number)
        self._missed_key = mapping.key("missed polls", shard.number)
        self._polls = self._regular = 0  # made so far
        self._unread = shard.log.end  # the place of the next record to be returned
        self._answers: deque[Answer] = deque()  # those on their way
        lanes = range(mapping.spec.parallelization_factor)
        self.lanes = [Lane(mapping, shard, number, self, latest_ns) for number in lanes]
        self._plan(first_ns)

    @property
    def needed(self) -> int:
        """The place of the first record of its shard that it has not done with."""
        coming = self._answers[0].first if self._answers else self._unread
        return min(coming, *(lane.first for lane in self.lanes))

    def extend(self, accepted_from: int) -> None:
        """The log has grown, from a place on; what lies before the starting position is skipped."""
        new_ns = self.shard.log.of(self.shard.log.kept.accepted_ns, slice(accepted_from, self.shard.log.end))
        skipped = self.mapping.skipped(new_ns)
        if skipped:
            self._unread = accepted_from + skipped
        self.mapping.left.more(len(new_ns) - skipped)

    def run(self) -> Generator[simpy.Event, object, None]:
        """The process of the regular polls. An extra poll puts off the next one."""
        while True:
            planned_ns = self._planned_ns
            yield self._clock.due(planned_ns, self._order)
            if self._planned_ns == planned_ns:
                self._poll_regularly()

    def ask(self, lane: Lane) -> None:
        """A lane asks for an extra poll (`repoll: full_batch`): made in the poller's turn, if no answer is on its way."""
        if self._polling.repoll != "full_batch":
            return
        lane.awaits_answer = True
        if self._answers:
            lane.place.doing("answer", self._clock.now, self._answers[0].comes_ns)
        else:
            self._clock.call(self._clock.now, self._order, self._poll_again)

    def read_again(self, bytes_: int) -> None:
        """A retry reads its records again: with a call token if there is one, and in any case."""
        now_ns = self._clock.now
        call = self._limits.take_call(now_ns)
        self._limits.read(now_ns, bytes_)
        self.mapping.facts.read_again.append(ReadAgain(self.mapping.number, self.shard.number, now_ns, bytes_, call))

    def expire(self) -> None:
        """The retention takes what is left unread."""
        self._pass_over(self.shard.log.end)

    def _plan(self, due_ns: int) -> None:
        """The next regular poll is due at a time; it is made a little later (section 19)."""
        jitter = self._polling.jitter
        late = jitter * unit(bits(self._jitter_key, self._regular)) if jitter else 0.0
        self._due_ns, self._planned_ns = due_ns, due_ns + half_up(self._interval_ns * late)

    def _poll_regularly(self) -> None:
        self._regular += 1
        self._plan(self._due_ns + self._interval_ns)
        self._poll()

    def _poll_again(self) -> None:
        """The extra poll that some lane has asked for; a regular one that is due now is it."""
        if self._answers or not any(lane.awaits_answer for lane in self.lanes):
            return
        if self._planned_ns == self._clock.now:
            self._poll_regularly()
        else:
            self._plan(self._clock.now + self._interval_ns)
            self._poll()

    def _poll(self) -> None:
        """A poll: it makes a call, unless it is skipped or refused; then no lane need wait for it."""
        result = self._result()
        answer = self._get_records() if result == "called" else self._nothing()
        self.mapping.facts.polls.append(
            Poll(
                self.mapping.number,
                self.shard.number,
                self._clock.now,
                result,
                answer.comes_ns,
                answer.first,
                answer.end,
                answer.bytes,
                answer.left_behind,
            )  # fmt: skip
        )
        if result == "called":
            self._await(answer)
        elif not self._answers:
            for lane in self.lanes:
                lane.let_go()

    def _await(self, answer: Answer) -> None:
        if not self._answers:
            for lane in self.lanes:
                if lane.awaits_answer:
                    lane.place.doing("answer", self._clock.now, answer.comes_ns)
        self._answers.append(answer)
        place = order(ANSWER, self.mapping.number, self.shard.number)
        self._clock.call(answer.comes_ns, place, lambda: self._answered(answer))

    def _result(self) -> PollResult:
        """What comes of a poll now; a call that is made takes its token."""
        self._polls += 1
        if not self.mapping.enabled:
            return "disabled"
        if sum(len(lane.available) for lane in self.lanes) >= self._polling.get_records_limit:
            return "held"
        missed = self._polling.missed
        if missed and unit(bits(self._missed_key, self._polls - 1)) < missed:
            return "missed"
        return self._limits.admit(self._clock.now) or "called"

    def _get_records(self) -> Answer:
        """The records accepted by now and not yet returned, in order, at most get_records_limit and 10 MiB."""
        log, now_ns = self.shard.log, self._clock.now
        self._pass_over(log.accepted_before(now_ns - self.mapping.retention_ns))
        accepted = max(self._unread, log.accepted_by(now_ns))
        most = min(accepted, self._unread + self._polling.get_records_limit)
        upto = np.cumsum(log.of(log.kept.bytes, slice(self._unread, most)))
        n = int(np.searchsorted(upto, ANSWER_BYTES, "right"))
        first, self._unread = self._unread, self._unread + n
        bytes_ = int(upto[n - 1]) if n else 0
        self._limits.read(now_ns, bytes_)
        return Answer(now_ns + self._latency_ns, first, self._unread, bytes_, self._unread < accepted)

    def _nothing(self) -> Answer:
        return Answer(self._clock.now, self._unread, self._unread, 0, False)

    def _answered(self, answer: Answer) -> None:
        """An answer has come; with or without records it lets go the lanes that wait for one."""
        self._answers.popleft()
        places = np.arange(answer.first, answer.end)
        for lane, records in zip(self.lanes, self._by_lane(places), strict=True):
            if len(records):
                lane.arrive(records)
            lane.let_go()

    def _by_lane(self, places: Integers) -> list[Integers]:
        if len(self.lanes) == 1:
            return [places]
        lane = self.shard.log.of(self.shard.log.kept.lane[len(self.lanes)], places)
        return [places[lane == number] for number in range(len(self.lanes))]

    def _pass_over(self, gone: int) -> None:
        """Records before a place that were not read have expired."""
        if gone > self._unread:
            places, self._unread = np.arange(self._unread, gone), gone
            self.mapping.lose(self.shard.number, places, "expired", unread=True)


def first_polls_ns(mapping: Mapping, shards: int) -> list[int]:
    """When each shard of the start is first polled (section 4)."""
    polling, starts_ns = mapping.spec.polling, ns(mapping.spec.starts_after)
    if polling.phase == "random":
        drawn = [unit(bits(mapping.key("phase", j), 0)) for j in range(shards)]
        return [starts_ns + half_up(polling.interval * NS * u) for u in drawn]
    if polling.phase == "spread":
        return [starts_ns + half_up(polling.interval * NS * (j + 0.5) / shards) for j in range(shards)]
    return [starts_ns + ns(polling.phase)] * shards
