"""Waiting by cause (docs/model.md section 8): each record's life, stretch by stretch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .mappings import Doing, Item, Lane, Period
from .readers import Reader

Stretch = tuple[int, int, str]


def waiting(reader: Reader, ended_at: int) -> Counter[str]:
    """How long the records of a shard waited for a mapping, by cause, in nanoseconds."""
    total: Counter[str] = Counter()
    for item in reader.items:
        if item.state != "skipped":
            end = min(item.ended_at, ended_at)
            for start, until, cause in life(reader, item, end):
                total[cause] += max(0, min(until, end) - start)
    return total


def life(reader: Reader, item: Item, end: int) -> Iterator[Stretch]:
    """The stretches of a record's life from its production to its end, each with its cause."""
    yield item.record.produced, item.record.let_in, "write_records"
    yield item.record.let_in, item.accepted, "write_bytes"
    time = item.accepted
    for doing in done_within(item.lane.doings, time, end):  # whatever else there is: its lane is busy
        if time < doing.start:
            yield from idle(reader, item, time, doing.start)
            time = doing.start
        yield time, doing.end, doing.cause if doing.cause != "processing" or item in doing.processed else "function"
        time = doing.end
    yield from idle(reader, item, time, end)


def idle(reader: Reader, item: Item, start: int, end: int) -> Iterator[Stretch]:
    """The stretches of a time when its lane is idle: from one event to the next."""
    if start < end:
        times = sorted({start, end, *(time for time in changes(reader, item, start, end) if start < time < end)})
        for begin, until in pairwise(times):
            yield begin, until, cause(reader, item, begin)


def changes(reader: Reader, item: Item, start: int, end: int) -> list[int]:
    """The times at which the cause may change while the lane is idle."""
    spec = reader.mapping.spec
    times = [spec.starts_after, item.leaves_at, item.available_at]
    for period in (*spec.disabled, *within(item.lane.awaits(), start, end)):
        times += period
    polls = reader.poll_times()
    return times + polls[bisect_left(polls, start) : bisect_right(polls, end)]


def cause(reader: Reader, item: Item, time: int) -> str:
    """Why a record that is accepted waits while its lane is idle: the first that applies."""
    if time < item.available_at:
        return unavailable(reader, item, time)
    return available(reader, item.lane, time)


def unavailable(reader: Reader, item: Item, time: int) -> str:
    """Why it is not yet available."""
    spec = reader.mapping.spec
    if time < spec.starts_after:
        return "starting"
    if reader.mapping.disabled_at(time):
        return "disabled"
    if spec.push:
        return "push_bytes" if time < item.leaves_at else "propagation"
    if time >= item.leaves_at:
        return "read_latency"  # whatever later polls come to
    poll, why = reader.poll_before(time)
    return why if poll >= item.accepted else "poll_interval"


def available(reader: Reader, lane: Lane, time: int) -> str:
    """Why it is available and in no batch."""
    if reader.mapping.disabled_at(time):
        return "disabled"
    if within(lane.awaits(), time, time + 1):
        return "read_latency"
    assert reader.mapping.spec.window > 0
    return "batching_window"


def within(periods: Sequence[Period], start: int, end: int) -> Sequence[Period]:
    """Of periods that do not overlap and ascend those that have a part in [start, end)."""
    first = bisect_right(periods, start, key=lambda period: period[1])
    return periods[first : bisect_left(periods, end, key=lambda period: period[0])]


def done_within(doings: list[Doing], start: int, end: int) -> list[Doing]:
    """What a lane did in [start, end)."""
    first = bisect_right(doings, start, key=lambda doing: doing.end)
    return doings[first : bisect_left(doings, end, key=lambda doing: doing.start)]
