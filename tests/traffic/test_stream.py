"""A stream taken in windows, and the logs made of it (docs/model.md, sections 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario import spec
from simulator.scenario.spec import (
    Constant,
    ConstantRate,
    CountedKeys,
    Poison,
    Spikes,
    Uniform,
    UniqueKeys,
    WeightedKeys,
    Zipf,
)
from simulator.traffic.log import Columns
from simulator.traffic.nanoseconds import NS
from simulator.traffic.partition_keys import key_hash, shard_and_lane
from simulator.traffic.poison import Poisoned
from simulator.traffic.producer import Producer
from simulator.traffic.stream import Stream, streams
from simulator.traffic.written import Written

MIB = 2**20
LATER = 1000 * NS
CALM = spec.Producer(
    name="calm", stream="s", rate=ConstantRate(rate=90.0), stop=20.0, record_size=Uniform(low=1.0, high=5000.0),
    partition_keys=CountedKeys(count=40, popularity=Zipf(zipf=1.5)),
)  # fmt: skip
BURSTS = spec.Producer(
    name="bursts", stream="s", rate=Spikes(base=1.0, peak=2500.0, every=10.0, lasts=1.5), stop=20.0,
    record_size=Constant(value=3000.0), partition_keys=UniqueKeys(),
)  # fmt: skip
DROPPED = spec.Producer(
    name="dropped", stream="s", rate=ConstantRate(rate=300.0), stop=20.0, start=-3.0,
    record_size=Constant(value=3000.0), on_throttle="drop",
)  # fmt: skip
LARGE = replace(CALM, name="large", rate=ConstantRate(rate=2.0), record_size=Uniform(low=1.0, high=3.0 * MIB))
HOT = replace(BURSTS, name="hot", partition_keys=WeightedKeys(weights="w", keys=("a", "b"), weight=np.array([9, 1.0])))
MIXES = [[CALM], [CALM, BURSTS], [BURSTS, DROPPED], [CALM, BURSTS, DROPPED], [LARGE, DROPPED], [HOT, CALM, LARGE], []]
CUTS = st.lists(st.integers(-3 * NS, 30 * NS) | st.sampled_from([0, 10 * NS, 11_500_000_000]), max_size=6)


def stream(producers: list[spec.Producer], shards: int = 3, poison: Poison | None = None) -> Stream:
    poisoned = {} if poison is None else {"f": Poisoned([poison], 1, 0, "f", "s")}
    return Stream("s", spec.Stream(shards=shards), [Producer(p, 3 * MIB, 1, 0) for p in producers], {1, 4}, poisoned)


@dataclass
class Taken:
    """What a stream has said, window by window, and the rows of its shards."""

    of: Stream
    written: list[Written]
    logs: list[list[tuple[float, ...]]]


def take(of: Stream, cuts: list[int], forget: bool = False) -> Taken:
    """Take a stream in windows; `forget` all that the logs hold after each."""
    written, logs = [], [list[tuple[float, ...]]() for _ in of.shards]
    for end in [*sorted(cuts), LATER]:
        written.append(of.advance(end))
        for shard, log, first in zip(of.shards, logs, written[-1].accepted_from, strict=True):
            assert first == len(log)
            log += rows(shard.log.kept.rows(slice(first - shard.log.first, None)))
            assert shard.log.end == len(log)
            if forget:
                shard.log.forget(shard.log.end)
    return Taken(of, written, logs)


def rows(of: Columns) -> list[tuple[float, ...]]:
    return list(zip(*(column.tolist() for column in of.each), strict=True))


def produced(taken: Taken) -> list[tuple[int, ...]]:
    """Production time, shard, size, throttled, dropped of all that was offered, in order of production."""
    columns = [
        np.concatenate([getattr(w.produced, name) for w in taken.written]).tolist()
        for name in ("produced_ns", "shard", "bytes", "throttled", "dropped")
    ]
    return sorted(zip(*columns, strict=True))


@pytest.mark.parametrize("producers", MIXES)
@settings(max_examples=8)
@given(cuts=CUTS, forget=st.booleans())
def test_the_logs_and_what_was_offered_do_not_depend_on_the_windows(
    producers: list[spec.Producer], cuts: list[int], forget: bool
) -> None:
    poison = Poison(probability=0.01, at=(0.0, 3.0, 12.5))
    whole, pieces = take(stream(producers, 3, poison), []), take(stream(producers, 3, poison), cuts, forget)
    assert pieces.logs == whole.logs
    assert produced(pieces) == produced(whole)


@pytest.mark.parametrize("producers", MIXES)
@settings(max_examples=8)
@given(cuts=CUTS)
def test_a_record_is_said_to_be_produced_in_its_window_and_waits_until_the_one_in_which_it_is_accepted(
    producers: list[spec.Producer], cuts: list[int]
) -> None:
    whole, pieces = take(stream(producers), []), take(stream(producers), cuts)
    ends = [-4 * NS, *sorted(cuts), LATER]
    for (begin, end), written in zip(pairwise(ends), pieces.written, strict=True):
        times = written.produced.produced_ns
        assert ((begin <= times) & (times < end)).all()
        waiting = sorted(
            zip(
                *(getattr(written.waiting, name).tolist() for name in WAITING),
                written.waiting.shard.tolist(),
                strict=True,
            )
        )
        assert waiting == sorted(
            (*row[:4], shard) for shard, log in enumerate(whole.logs) for row in log if row[0] < end <= row[2]
        )
    for shard in range(3):
        for written, begin in zip(pieces.written, ends[:-1], strict=True):
            assert written.accepted_from[shard] == sum(row[2] < begin for row in whole.logs[shard])


WAITING = ("produced_ns", "let_in_ns", "accepted_ns", "bytes")


@pytest.mark.parametrize("producers", MIXES[:-1])
def test_every_record_is_accepted_or_dropped_and_has_the_number_of_its_production(
    producers: list[spec.Producer],
) -> None:
    taken = take(stream(producers), [2 * NS, 12 * NS])
    offered = produced(taken)
    accepted = [row for log in taken.logs for row in log]
    numbers = [int(row[4]) for row in accepted]
    assert len(set(numbers)) == len(numbers) == sum(not dropped for *_, dropped in offered)
    times = [row[0] for row in offered]
    assert all(times[number] == row[0] for number, row in zip(numbers, accepted, strict=True))
    for log in taken.logs:
        assert [row[2] for row in log] == sorted(row[2] for row in log)
        assert [row[4] for row in log] == sorted(row[4] for row in log)  # a shard accepts in order of production
        assert all(row[0] <= row[1] <= row[2] for row in log)


@pytest.mark.parametrize("producers", MIXES[:-1])
def test_a_record_is_throttled_once_if_it_waits_or_is_dropped(producers: list[spec.Producer]) -> None:
    taken = take(stream(producers), [2 * NS, 12 * NS])
    late = sum(row[2] > row[0] for log in taken.logs for row in log)
    offered = produced(taken)
    dropped = sum(dropped for *_, dropped in offered)
    assert sum(throttled for *_, throttled, _ in offered) == late + dropped
    assert bool(late) == any(p in (BURSTS, HOT, LARGE) for p in producers)
    assert bool(dropped) == (DROPPED in producers and len(producers) > 1)


def test_records_produced_at_one_instant_are_in_the_order_of_the_file() -> None:
    twins = [
        replace(CALM, name=name, rate=ConstantRate(rate=2.0), stop=5.0, arrivals="constant",
                record_size=Constant(value=size))
        for name, size in (("zz", 100.0), ("aa", 7.0), ("mm", 50.0))
    ]  # fmt: skip
    log = take(stream(twins, 1), [NS, 5 * NS // 4]).logs[0]
    assert [(row[3], row[4]) for row in log] == [(size, n) for n, size in enumerate([100, 7, 50] * 10)]


def test_records_that_wait_at_their_producers_are_held() -> None:
    of = stream([BURSTS], shards=1)
    first = of.advance(3 * NS // 2)
    accepted = of.shards[0].log.kept.accepted_ns
    assert accepted.max() < 3 * NS // 2
    assert of.held == len(first.produced.produced_ns) - len(accepted) == len(first.waiting.shard) > 0
    of.advance(LATER)
    assert of.held == 0


@pytest.mark.parametrize("shards", [1, 3, 7])
def test_a_record_is_in_the_shard_and_the_lane_of_its_key(shards: int) -> None:
    keys = CountedKeys(count=9, order="round_robin")
    of = take(stream([replace(CALM, partition_keys=keys)], shards), [5 * NS])
    for shard, log in enumerate(of.logs):
        for row in log:
            number, lane_of_1, lane_of_4 = int(row[4]), row[5], row[6]
            hash_ = key_hash(f"calm-{number % 9}")
            assert (shard, lane_of_4) == shard_and_lane(hash_, shards, 4)
            assert lane_of_1 == 0


def test_more_shards_split_the_records_by_the_same_keys() -> None:
    three, six = (take(stream([CALM, replace(CALM, name="u", partition_keys=UniqueKeys())], n), []) for n in (3, 6))
    for shard in range(3):
        halves = six.logs[2 * shard] + six.logs[2 * shard + 1]
        assert sorted(row[:5] for row in halves) == sorted(row[:5] for row in three.logs[shard])


# the logs


def test_a_place_stays_what_it_is_whatever_is_forgotten() -> None:
    of = stream([CALM], 1)
    log, shard = [], of.shards[0].log
    for end in range(1, 22):
        first = of.advance(end * NS).accepted_from[0]
        log += rows(shard.kept.rows(slice(first - shard.first, None)))
        assert rows(shard.kept) == log[shard.first :]
        places = np.arange(shard.first, shard.end)[::-3]
        assert shard.of(shard.kept.accepted_ns, places).tolist() == [log[place][2] for place in places]
        assert shard.of(shard.kept.bytes, slice(shard.first, shard.end)).tolist() == [
            row[3] for row in log[shard.first :]
        ]
        shard.forget((shard.first + 3 * shard.end) // 4)
        shard.forget(0)
    assert shard.end == len(log) > 1500


def test_what_was_seen_of_a_log_stays_as_it_was_when_it_grows_and_forgets() -> None:
    """Measures keep columns of a window that is over."""
    of, seen = stream([CALM], 1), []
    for end in range(1, 22):
        of.advance(end * NS)
        kept = of.shards[0].log.kept
        seen.append((kept, rows(kept)))
        of.shards[0].log.forget(of.shards[0].log.end - 7)
    assert all(rows(kept) == before for kept, before in seen)


@pytest.mark.parametrize("at", [-1, 0, 99, 100, 101, 250, 10**6])
def test_a_log_knows_what_it_has_accepted_by_a_time_and_before_it(at: int) -> None:
    of = stream([replace(CALM, arrivals="constant", rate=ConstantRate(rate=100.0))], 1)
    of.advance(3 * NS)
    log = of.shards[0].log
    log.forget(50)
    accepted = [k for k in range(50, 300) if k * NS // 100 + NS // 200 <= at * NS // 100]
    assert log.accepted_by(at * NS // 100) == 50 + len(accepted)
    exact = at * NS // 100 + NS // 200
    assert log.accepted_before(exact) == min(max(at, 50), 300)
    assert log.accepted_by(exact) == min(max(at + 1, 50), 300)


# of a scenario


def test_streams_know_the_lanes_and_the_poison_of_those_who_read_them() -> None:
    function = spec.Function(duration=spec.Work(), failures=(Poison(probability=0.1),))
    healthy = replace(function, failures=())
    mapping = spec.EventSourceMapping(name="m", stream="s", function="f")
    of = streams(
        spec.Scenario(
            duration=20.0,
            streams={"s": spec.Stream(shards=2), "t": spec.Stream(shards=1)},
            producers=(CALM, replace(CALM, name="other", stream="t")),
            functions={"f": function, "g": healthy},
            event_source_mappings=(
                replace(mapping, parallelization_factor=3),
                replace(mapping, name="n", function="g"),
                replace(mapping, name="o", stream="t", function="g", parallelization_factor=7),
            ),
        ),
        1,
        0,
    )
    kept = {name: stream.shards[0].log.kept for name, stream in of.items()}
    assert {name: sorted(columns.lane) for name, columns in kept.items()} == {"s": [1, 3], "t": [7]}
    assert {name: sorted(columns.poison_after) for name, columns in kept.items()} == {"s": ["f"], "t": []}
    assert [p.spec.name for p in of["t"].producers] == ["other"]
