"""Polling: one poller per mapping and shard, which calls GetRecords (docs/model.md, section 4)."""

from __future__ import annotations

from collections import deque

import numpy as np

from simulator.model.clock import ANSWER, order
from simulator.model.facts import PollResult, ReadAgain
from simulator.model.lane import Lane
from simulator.model.lanes import Lanes
from simulator.model.mapping import Mapping
from simulator.model.poll_times import PollTimes
from simulator.model.read_limits import ReadLimits
from simulator.model.regular_poller import RegularPoller
from simulator.model.shard_iterator import Records, ShardIterator
from simulator.traffic.draws import bits, inner, unit
from simulator.traffic.nanoseconds import ns
from simulator.traffic.shards import Shard


class Poller(RegularPoller):
    """Polls one shard for one mapping, and hands the answers to its lanes."""

    def __init__(self, mapping: Mapping, shard: Shard, limits: ReadLimits, latest_ns: int) -> None:
        """`limits` are shared by all who poll the shard."""
        self.mapping, self._limits, self._polling = mapping, limits, mapping.spec.polling
        jitter_key = inner(mapping.key("poll jitter"), shard.number)
        times = PollTimes(self._polling.interval, self._polling.jitter, jitter_key)
        super().__init__(mapping.clock, mapping.number, shard, times, ShardIterator(mapping, shard))
        self._latency_ns = ns(self._polling.latency)
        self._missed_key = inner(mapping.key("missed polls"), shard.number)
        self._polls = 0  # made so far
        self._answers: deque[tuple[int, Records]] = deque()  # those on their way, and when they come
        self._lanes = Lanes(mapping, shard, self, latest_ns)

    @property
    def needed(self) -> int:
        """The place of the first record of its shard that it has not done with."""
        coming = self._answers[0][1].first if self._answers else self._iterator.place
        return min(coming, self._lanes.first)

    def ask(self, lane: Lane) -> None:
        """A lane asks for an extra poll (`repoll: full_batch`): in the poller's turn, if no answer is on its way."""
        if self._done or self._polling.repoll != "full_batch":
            return
        lane.awaits_answer = True
        if self._answers:
            lane.place.doing("answer", self._clock.now, self._answers[0][0])
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
        self._iterator.pass_over(self.shard.log.end)

    def _poll_again(self) -> None:
        """The extra poll that some lane has asked for; a regular one that is due now is it."""
        if self._answers or not any(lane.awaits_answer for lane in self._lanes):
            return
        if self._times.next_ns == self._clock.now:
            self._times.go_on()
        else:
            self._times.put_off(self._clock.now)
        self._poll()

    def _poll(self) -> None:
        """A poll: it makes a call, unless it is skipped or refused; then no lane need wait for it."""
        now_ns = self._clock.now
        result = self._result()
        if result == "called":
            answer_ns = now_ns + self._latency_ns
            records = self._iterator.get_records(now_ns, self._polling.get_records_limit)
            self._limits.read(now_ns, records.bytes)
            self._await(answer_ns, records)
        else:
            answer_ns, records = now_ns, self._iterator.nothing(now_ns)
            if not self._answers:
                self._let_go()
        fact = records.poll(self.mapping.number, self.shard, now_ns, result, answer_ns)
        self.mapping.facts.polls.append(fact)

    def _await(self, answer_ns: int, records: Records) -> None:
        if not self._answers:
            for lane in self._lanes:
                if lane.awaits_answer:
                    lane.place.doing("answer", self._clock.now, answer_ns)
        self._answers.append((answer_ns, records))
        self._clock.call(answer_ns, order(ANSWER, self.mapping.number, self.shard.number), self._answered)

    def _result(self) -> PollResult:
        """What comes of a poll now; a call that is made takes its token."""
        self._polls += 1
        if not self.mapping.switch.enabled:
            return "disabled"
        if self._lanes.held >= self._polling.get_records_limit:
            return "held"
        missed = self._polling.missed
        if missed and unit(bits(self._missed_key, self._polls - 1)) < missed:
            return "missed"
        return self._limits.admit(self._clock.now) or "called"

    def _answered(self) -> None:
        """An answer has come; with or without records it lets go the lanes that wait for one."""
        _, answer = self._answers.popleft()
        self._lanes.arrive(np.arange(answer.first, answer.end))
        self._done |= answer.is_last
        self._let_go()
        if answer.is_last:
            self.mapping.lineage.read_to_end(self.shard.number)

    def _let_go(self) -> None:
        for lane in self._lanes:
            lane.let_go()
