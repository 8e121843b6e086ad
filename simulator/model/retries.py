"""A batch from its cut until each of its records has ended: attempts, throttles, retries, halves, remainders.

docs/model.md, section 6 (asking, throttles, age) and the four rules of section 7.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from simpy.events import Event

from simulator.model.clock import FINISH, At
from simulator.model.environments import COLD, NONE
from simulator.model.function import ERROR, OK, PARTIAL, TIMEOUT

if TYPE_CHECKING:
    from simulator.model.lane import Lane

INFINITY: Final = float("inf")

Part = tuple[int, int, float, float]  # low, high, when it was formed, time spent throttled before

ATTEMPT: Final = (
    "lane",
    "low",  # the records of the attempt: indices in the lane's log, low to high
    "high",
    "done",  # those below have been processed by it
    "bytes",
    "attempt",
    "first_cut_s",  # of the whole batch
    "cut_s",  # of this part of it
    "begun_s",  # then invoke_overhead, then it asks
    "started_s",
    "finished_s",
    "environment",  # its kind: COLD, ON_DEMAND or PROVISIONED
    "cold_start_s",
    "throttled_s",  # since the first cut
    "outcome",
    "last_accepted_s",
    "busy_s",  # the lane's busy time before the first cut
    "batching_s",  # of the records processed, added up
    "batching_warm_s",  # the same of those accepted after the warm-up
)


ROW: Final = struct.Struct(f"{len(ATTEMPT)}d")


def attempts(lane: Lane, part: Part, later: list[Part], now: float) -> Generator[Event, float, float]:
    """Attempts at one part of a batch until success or expiry; when that was.

    What a split leaves goes on the stack of `later` parts.
    """
    mapping, env, function = lane.mapping, lane.env, lane.mapping.function
    low, high, cut, throttled = part
    tries = throttles = 0
    begun = now
    lane.low = low
    while True:
        if mapping.overhead_s:
            now = yield At(env, begun + mapping.overhead_s, lane.priority)
        if mapping.age_limit_s < INFINITY:
            lane.low = low = _leave(lane, low, high, now)
            if low == high:
                return now
        kind = function.admit(now)
        if kind == NONE:
            throttles += 1
            mapping.throttle_times.append(now)
            again = now + mapping.throttle_backoff(throttles)
            throttled += again - begun
            begun = now = yield At(env, again, lane.priority)
            continue
        throttles = 0
        tries += 1
        bytes_, last_accepted = lane.weigh(low, high)
        poison_after = lane.poison_after(low, high) if lane.poison else INFINITY
        run, outcome = function.run(now, high - low, bytes_, poison_after)
        done = high if outcome == OK else low
        if outcome == PARTIAL:
            outcome, done = _partial(lane, low, high)
        cold = function.cold_start_s() if kind == COLD else 0.0
        batching = lane.batching_s(low, done) if done > low else 0.0
        warm = lane.batching_s(low + lane.over_age(low, done, mapping.warmup_s), done) if batching else 0.0
        finish = now + cold + run
        mapping.attempts += ROW.pack(
            lane.number, low, high, done, bytes_, tries, lane.cut_s, cut, begun, now, finish, kind, cold,
            throttled, outcome, last_accepted, lane.busy_s, batching, warm,
        )  # fmt: skip
        function.pool.hold(finish, function.environments, kind, outcome == TIMEOUT)
        if outcome == OK and not later:
            yield lane.rest(finish)
            now = finish
        else:
            now = yield At(env, finish, FINISH)
        if done > low:
            lane.low = done
            mapping.process(done - low)
        if outcome == OK or not _again(lane, (done, high, now, throttled), outcome, tries, later):
            return now
        begun = now = yield At(env, now + mapping.retry_backoff(tries), lane.priority)
        lane.read_again(bytes_, now)


def _partial(lane: Lane, low: int, high: int) -> tuple[int, int]:
    """How an attempt that fails by a poison record will end, and up to which record it will have got."""
    done = lane.first_poison(low, high) if lane.mapping.spec.report_batch_item_failures else low
    return PARTIAL if done > low else ERROR, done


def _again(lane: Lane, rest: Part, outcome: int, tries: int, later: list[Part]) -> bool:
    """After an error: whether the same part is to be tried again (the four rules of docs/model.md, section 7)."""
    low, high, now, throttled = rest
    spec = lane.mapping.spec
    if outcome == PARTIAL:
        later.append(rest)
    elif spec.bisect_batch_on_function_error and high - low > 1:
        middle = low + (high - low) // 2
        later += ((middle, high, now, throttled), (low, middle, now, throttled))
    elif 0 <= spec.maximum_retry_attempts < tries:
        lane.low = high
        lane.mapping.lose(lane.mapping.given_up, high - low, now)
    else:
        return True
    return False


def _leave(lane: Lane, low: int, high: int, now: float) -> int:
    """Records over the age limit leave the batch, oldest first; the index of the oldest that stays."""
    mapping = lane.mapping
    leaving = lane.over_age(low, high, now - mapping.age_limit_s)
    if leaving:
        mapping.lose(mapping.age_loss, leaving, now)
    return low + leaving
