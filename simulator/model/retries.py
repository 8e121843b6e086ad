"""A batch until each of its records has ended (docs/model.md, section 6, and the four rules of section 7)."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import simpy

from simulator.events.records import Batch
from simulator.handlers.caller import Answer
from simulator.model.backoff import Waits
from simulator.model.facts import Attempt, Failure, Lack, Throttle
from simulator.model.function import Run, Work
from simulator.model.outcomes import answered, outcome, poisoned_after
from simulator.model.place import Place
from simulator.traffic.draws import inner
from simulator.traffic.log import Integers

Steps = Generator[simpy.Event, object, list[Integers]]


class Times(NamedTuple):
    """When a whole batch was cut, and when this part of it was formed."""

    first_cut_ns: int
    cut_ns: int


class Retries:
    """The attempts of one lane."""

    def __init__(self, place: Place, latest_ns: int) -> None:
        """`latest_ns`: when the run ends at the latest."""
        mapping = place.mapping
        where = place.shard.number, place.lane
        self._place, self._latest_ns = place, latest_ns
        self._retry_waits = Waits(mapping.spec.retry_backoff, inner(mapping.key("retry jitter"), *where))
        self._throttle_waits = Waits(mapping.spec.throttle_backoff, inner(mapping.key("throttle jitter"), *where))
        self._first, self._nth = -1, 0  # the number of the record that the last attempt began with, and how often

    def serve(self, batch: Integers) -> Generator[simpy.Event, object, None]:
        """Attempts at a batch, and at the parts that it is split into, the older first, until all is over."""
        clock = self._place.mapping.clock
        first_cut_ns = clock.now
        parts = [(batch, first_cut_ns)]
        while parts:
            part, cut_ns = parts.pop(0)
            left = yield from self._attempts(part, Times(first_cut_ns, cut_ns))
            parts[:0] = [(each, clock.now) for each in left]
            if parts:
                yield self._place.turn(clock.now)

    def _attempts(self, part: Integers, times: Times) -> Steps:
        """Attempts at a part of a batch until success or expiry; what a split leaves."""
        place, mapping = self._place, self._place.mapping
        clock, function = mapping.clock, mapping.function
        tries = throttles = 0
        while True:
            begun_ns = clock.now
            if mapping.overhead_ns:
                place.doing("invoke_overhead", begun_ns, begun_ns + mapping.overhead_ns)
                yield place.turn(begun_ns + mapping.overhead_ns)
            part = self._leave(part)
            if not len(part):
                return []
            lack = function.lack(clock.now)
            if lack:
                throttles += 1
                yield self._throttled(part, begun_ns, throttles, lack)
                continue
            throttles, tries = 0, tries + 1
            run, attempt = self._admit(part, tries, begun_ns, times)
            yield clock.due(attempt.finished_ns, place.finish_order)
            function.give_back(run, clock.now)
            mapping.ended(place.shard.number, attempt.done)
            rest, n = part[attempt.done :], len(part)
            if attempt.outcome == "ok":
                return []
            if attempt.outcome == "partial":  # rule 1
                return [rest]
            if mapping.spec.bisect_batch_on_function_error and n > 1:  # rule 2
                return [part[: n // 2], part[n // 2 :]]
            if 0 <= mapping.spec.maximum_retry_attempts < tries:  # rule 3
                mapping.lose(place.shard.number, part, mapping.given_up, run.failure)
                return []
            yield self._backoff(tries, run.failure)  # rule 4
            place.reader.read_again(attempt.bytes)

    def _leave(self, part: Integers) -> Integers:
        """Records that are too old leave the batch; those that stay."""
        mapping, shard = self._place.mapping, self._place.shard
        leaving = mapping.over_age(shard.log, part)
        if leaving:
            mapping.lose(shard.number, part[:leaving], mapping.aged)
        return part[leaving:]

    def _throttled(self, part: Integers, begun_ns: int, throttles: int, lack: Lack) -> simpy.Event:
        """The backoff after the n-th throttle in a row."""
        place, mapping = self._place, self._place.mapping
        now_ns = mapping.clock.now
        again_ns = now_ns + self._throttle_waits.ns(throttles)
        where = mapping.number, place.shard.number, place.lane, part
        mapping.facts.throttles.append(Throttle(*where, begun_ns, now_ns, again_ns, lack))
        place.doing(lack, now_ns, again_ns)
        return place.turn(again_ns)

    def _backoff(self, tries: int, failure: Failure) -> simpy.Event:
        """The backoff after the n-th error."""
        now_ns = self._place.mapping.clock.now
        again_ns = now_ns + self._retry_waits.ns(tries)
        self._place.doing(failure, now_ns, again_ns)
        return self._place.turn(again_ns)

    def _admit(self, part: Integers, tries: int, begun_ns: int, times: Times) -> tuple[Run, Attempt]:
        """An attempt is admitted: how it goes on."""
        place, mapping, log = self._place, self._place.mapping, self._place.shard.log
        now_ns, size = mapping.clock.now, int(log.of(log.kept.bytes, part).sum())
        first = int(log.of(log.kept.number, part[:1])[0])
        self._nth = self._nth + 1 if first == self._first else 0
        self._first = first
        answer = self._answer(part)
        poison = poisoned_after(place, part, answer)
        work = Work(mapping.spec.stream, len(part), size, poison, first, self._nth, answer)
        run = mapping.function.run(now_ns, work)
        ends, done = outcome(place, run.failure, part, answer)
        ready_ns = now_ns + run.cold_ns
        finished_ns = ready_ns + run.run_ns
        unfinished = finished_ns > self._latest_ns
        place.doing("cold_start", now_ns, ready_ns)
        place.doing("function" if done or unfinished else run.failure, ready_ns, finished_ns)
        attempt = Attempt(
            mapping.number, place.shard.number, place.lane, part, done, size, tries, times.first_cut_ns, times.cut_ns,
            begun_ns, now_ns, run.cold_ns, finished_ns, run.environment, ends, run.failure,
        )  # fmt: skip
        mapping.facts.attempts.append(attempt)
        if answer:
            mapping.facts.answered.append(answered(attempt, answer))
        return run, attempt

    def _answer(self, part: Integers) -> Answer | None:
        """What the function's own handler makes of a part of a batch, if it has one."""
        mapping = self._place.mapping
        caller = mapping.function.caller
        return caller.answer(mapping.spec, Batch.of(self._place.shard, part)) if caller else None
