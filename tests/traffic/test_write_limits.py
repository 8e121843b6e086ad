"""The write limits of a shard against plain loops in exact fractions (docs/model.md, sections 3 and 19; I4)."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS
from simulator.traffic.write_limits import (
    BYTES,
    HARMLESS_BYTES,
    LONGEST_NS,
    MOST_BYTES,
    RECORDS,
    Bucket,
    ShardWrites,
    at_once,
    conforming,
)

MIB = 2**20
WEEK_NS = 7 * 86_400 * NS
SOME = settings(max_examples=40)
Traffic = tuple[list[int], list[int]]


class Plain:
    """a_k = max(p_k, T_k - max(1 s, c_k)), T_k = max(p_k, T_(k-1)) + c_k, in fractions of nanoseconds."""

    def __init__(self, a_unit_ns: Fraction, full: Fraction = Fraction(-(10**30))) -> None:
        self.a_unit_ns, self.full = a_unit_ns, full

    def accept(self, arrival: int, units: int) -> tuple[int, Fraction]:
        """When an arrival is let through, rounded half up; and T after it, for who keeps it."""
        cost = units * self.a_unit_ns
        full = max(Fraction(arrival), self.full) + cost
        return max(arrival, math.floor(full - max(Fraction(NS), cost) + Fraction(1, 2))), full


class PlainShard:
    """Both limits of a shard."""

    def __init__(self) -> None:
        self.records, self.bytes = Plain(Fraction(NS, 1000)), Plain(Fraction(NS, MIB))

    def write(self, produced: int, size: int, drop: bool) -> tuple[int, int] | None:
        """When each limit lets a record in; None: it is dropped."""
        let_in, records_full = self.records.accept(produced, 1)
        accepted, bytes_full = self.bytes.accept(let_in, size)
        if drop and accepted > produced:
            return None
        self.records.full, self.bytes.full = records_full, bytes_full
        return let_in, accepted


@st.composite
def traffic(draw: st.DrawFn, most_bytes: int = 3 * MIB) -> Traffic:
    """Bursts of records: times in order, and sizes, those above 1 MiB included."""
    times: list[int] = []
    now = draw(st.integers(-50 * NS, 50 * NS))
    for _ in range(draw(st.integers(1, 5))):
        gap = draw(st.sampled_from([0, 100_000, 700_001, 1_000_000, 1_100_003, 13_000_000]))
        n = draw(st.integers(1, 300))
        times += [now + gap * i for i in range(n)]
        now = times[-1] + draw(st.integers(0, 3 * NS))
    kinds = draw(st.lists(st.integers(1, most_bytes), min_size=1, max_size=5))
    few = draw(st.integers(1, 40))
    return times, [kinds[i % len(kinds)] if i % few == 0 else 1 + i % 900 for i in range(len(times))]


def arrays(times: list[int], units: list[int]) -> tuple[Integers, Integers]:
    return np.array(times, np.int64), np.array(units, np.int64)


def retried(of: ShardWrites, times: list[int], sizes: list[int]) -> list[tuple[int, int]]:
    if not times:
        return []
    let_in, accepted = of.retry(*arrays(times, sizes), True)
    return list(zip(let_in.tolist(), accepted.tolist(), strict=True))


@SOME
@given(traffic())
def test_records_are_accepted_when_the_plain_loop_says(case: Traffic) -> None:
    plain = PlainShard()
    assert retried(ShardWrites(), *case) == [plain.write(p, size, False) for p, size in zip(*case, strict=True)]


@SOME
@given(traffic(), st.lists(st.booleans(), min_size=1, max_size=7))
def test_dropped_records_leave_the_buckets_as_they_were(case: Traffic, pattern: list[bool]) -> None:
    drops = [pattern[i % len(pattern)] for i in range(len(case[0]))]
    let_in, accepted, lost = ShardWrites().one_by_one(*arrays(*case), np.array(drops))
    plain = PlainShard()
    expected = [plain.write(p, size, drop) for p, size, drop in zip(*case, drops, strict=True)]
    assert lost.tolist() == [each is None for each in expected]
    kept = [each for each in zip(let_in.tolist(), accepted.tolist(), lost.tolist(), strict=True) if not each[2]]
    assert [each[:2] for each in kept] == [each for each in expected if each]


@SOME
@given(traffic())
def test_without_producers_that_drop_one_by_one_is_the_same_as_all_together(case: Traffic) -> None:
    together, one_by_one = ShardWrites(), ShardWrites()
    let_in, accepted, _ = one_by_one.one_by_one(*arrays(*case), np.zeros(len(case[0]), bool))
    assert retried(together, *case) == list(zip(let_in.tolist(), accepted.tolist(), strict=True))
    assert together == one_by_one


@SOME
@given(traffic(), st.lists(st.integers(0, 2500), max_size=4))
def test_records_taken_in_pieces_are_accepted_at_the_same_times(case: Traffic, cuts: list[int]) -> None:
    times, sizes = case
    pieces, found = ShardWrites(), []
    for low, high in pairwise([0, *sorted(min(cut, len(times)) for cut in cuts), len(times)]):
        found += retried(pieces, times[low:high], sizes[low:high])
    whole = ShardWrites()
    assert found == retried(whole, times, sizes)
    assert pieces == whole


@SOME
@given(traffic(), st.integers(0, 60 * WEEK_NS))
def test_a_backlog_of_weeks_keeps_every_nanosecond(case: Traffic, ahead_ns: int) -> None:
    """The bucket is full again only after a year: T lies far behind all arrivals."""
    base = case[0][0]
    of = ShardWrites(Bucket(base + ahead_ns), Bucket(base + ahead_ns // 3, 2047))
    plain = PlainShard()
    plain.records.full = Fraction(base + ahead_ns)
    plain.bytes.full = Fraction(base + ahead_ns // 3) + Fraction(2047, 2048)
    assert retried(of, *case) == [plain.write(p, size, False) for p, size in zip(*case, strict=True)]
    assert of.records.full_ns + Fraction(of.records.ticks, RECORDS.ticks_a_ns) == plain.records.full
    assert of.bytes.full_ns + Fraction(of.bytes.ticks, BYTES.ticks_a_ns) == plain.bytes.full


def test_the_longest_window_with_the_most_bytes_stays_within_64_bits() -> None:
    """In a single piece as by the plain loop: 512 GiB in six and a half days, behind a backlog as long."""
    n, year = 26_214, 52 * WEEK_NS
    times = [year + LONGEST_NS * i // (n - 1) for i in range(n)]
    sizes = [MOST_BYTES // n] * n
    plain = Plain(Fraction(NS, MIB), Fraction(year + 3 * LONGEST_NS))
    let_in, bucket = conforming(BYTES, *arrays(times, sizes), Bucket(year + 3 * LONGEST_NS))
    for k, (arrival, size) in enumerate(zip(times, sizes, strict=True)):
        expected, plain.full = plain.accept(arrival, size)
        assert let_in[k] == expected
    assert bucket.full_ns + Fraction(bucket.ticks, 2048) == plain.full


@SOME
@given(st.integers(-NS, NS), st.integers(1, 10 * MIB), st.integers(-WEEK_NS, WEEK_NS), st.integers(0, 2047))
def test_a_single_arrival_is_let_through_as_one_of_many(arrival: int, size: int, full: int, ticks: int) -> None:
    before = Bucket(full, ticks)
    let_in, after = conforming(BYTES, *arrays([arrival], [size]), before)
    assert (int(let_in[0]), after) == at_once(BYTES, arrival, size, before)


@SOME
@given(traffic(most_bytes=HARMLESS_BYTES), st.integers(1, HARMLESS_BYTES))
def test_records_that_are_small_enough_never_wait_for_the_byte_limit(case: Traffic, least: int) -> None:
    times, sizes = case[0], [max(size, least) for size in case[1]]
    assert all(let_in == accepted for let_in, accepted in retried(ShardWrites(), times, sizes))
    let_in, accepted = ShardWrites().retry(*arrays(times, sizes), False)
    assert list(zip(let_in.tolist(), accepted.tolist(), strict=True)) == retried(ShardWrites(), times, sizes)


@SOME
@given(traffic())
def test_i4_in_no_window_is_more_accepted_than_the_buckets_allow(case: Traffic) -> None:
    """A record larger than the bucket needs a full one, which then takes as long to be full again."""
    times, sizes = arrays(*case)
    accepted = np.array([at for _, at in retried(ShardWrites(), *case)])
    assert (np.diff(accepted) >= 0).all()
    assert (accepted >= times).all()
    n = np.arange(1, len(times) + 1)
    for first in range(0, len(times), 97):
        elapsed_s = (accepted[first:] - accepted[first]) / NS
        assert (n[first:] - first <= 1000 + 1000 * elapsed_s + 1e-3).all()
        spent, largest = np.cumsum(sizes[first:]), np.maximum.accumulate(sizes[first:])
        assert (spent <= np.maximum(largest, MIB) + MIB * elapsed_s + 1).all()


def test_a_burst_of_one_second_of_the_rate_is_accepted_at_once() -> None:
    assert retried(ShardWrites(), [0] * 1000, [1] * 1000) == [(0, 0)] * 1000


def test_what_exceeds_the_burst_is_accepted_at_the_rate() -> None:
    accepted = [at for _, at in retried(ShardWrites(), [0] * 1500, [1] * 1500)]
    assert accepted[1000:] == [k * NS // 1000 for k in range(1, 501)]


def test_a_record_of_2_mib_is_accepted_at_once_by_a_full_bucket_and_fills_it_for_2_s() -> None:
    assert retried(ShardWrites(), [0, 0], [2 * MIB, MIB]) == [(0, 0), (0, 2 * NS)]


def test_exactly_1000_records_a_second_are_accepted_as_produced_for_ever() -> None:
    times = [k * NS // 1000 for k in range(200_000)]
    assert [at for _, at in retried(ShardWrites(), times, [1] * len(times))] == times


def test_exactly_1_mib_a_second_is_accepted_as_produced_for_ever() -> None:
    """Of 3 bytes each, which take no whole number of nanoseconds."""
    times = [-(-3 * k * NS // MIB) for k in range(1, 200_001)]
    let_in, _ = conforming(BYTES, *arrays(times, [3] * len(times)), Bucket(NS))
    assert let_in.tolist() == times


@pytest.mark.parametrize("late_ns", [0, 1])
def test_a_record_that_would_wait_a_nanosecond_is_dropped(late_ns: int) -> None:
    times = [0] * 1000 + [NS // 1000 - late_ns]
    _, _, lost = ShardWrites().one_by_one(*arrays(times, [1] * 1001), np.ones(1001, bool))
    assert lost.tolist() == [False] * 1000 + [late_ns == 1]
