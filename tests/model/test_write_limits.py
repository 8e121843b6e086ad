"""The write limits of a shard against plain loops (docs/model.md, section 3; invariant I4)."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.model.write_limits import BYTES_PER_S, ShardWrites, StreamWrites, conforming

SOME = settings(derandomize=True, deadline=None, max_examples=80)
LONG_PAST = float("-inf")


def bucket(times: Sequence[float], costs: Sequence[float], rate: float) -> list[float]:
    """a_k = max(p_k, T_k - max(1s, c_k/r)) where T_k = max(p_k, T_(k-1)) + c_k/r."""
    full, accepted = LONG_PAST, []
    for p, c in zip(times, costs, strict=True):
        full = max(p, full) + c / rate
        accepted.append(max(p, full - max(1.0, c / rate)))
    return accepted


def written(times: Sequence[float], sizes: Sequence[int], drops: Sequence[bool]) -> list[float | None]:
    """When each record is accepted; None for those that are dropped."""
    records_full = bytes_full = LONG_PAST
    accepted: list[float | None] = []
    for p, size, drop in zip(times, sizes, drops, strict=True):
        after_records = max(p, records_full) + 1 / 1000
        by_records = max(p, after_records - 1.0)
        cost = size / 2**20
        after_bytes = max(by_records, bytes_full) + cost
        by_bytes = max(by_records, after_bytes - max(1.0, cost))
        if drop and by_bytes > p + 1e-9:
            accepted.append(None)
            continue
        records_full, bytes_full = after_records, after_bytes
        accepted.append(by_bytes)
    return accepted


@st.composite
def traffic(draw: st.DrawFn, most_bytes: int = 3 * 2**20) -> tuple[list[float], list[int]]:
    """Bursts of records: times in order, and sizes."""
    times: list[float] = []
    now = draw(st.floats(-50, 50))
    for _ in range(draw(st.integers(1, 5))):
        gap = draw(st.sampled_from([0.0, 0.0001, 0.0007, 0.0011, 0.013]))
        n = draw(st.integers(1, 700))
        times += [now + gap * i for i in range(n)]
        now = times[-1] + draw(st.floats(0, 3))
    kinds = draw(st.lists(st.integers(1, most_bytes), min_size=1, max_size=5))
    few = draw(st.integers(1, 40))
    return times, [kinds[i % len(kinds)] if i % few == 0 else 1 + i % 900 for i in range(len(times))]


@SOME
@given(traffic())
def test_records_are_accepted_when_the_plain_loop_says(case: tuple[list[float], list[int]]) -> None:
    times, sizes = case
    accepted = ShardWrites().retry(np.array(times), np.array(sizes))
    by_records = bucket(times, [1] * len(times), 1000)
    assert accepted == pytest.approx(np.array(bucket(by_records, sizes, 2**20)), abs=1e-8)


@SOME
@given(traffic(), st.data())
def test_dropped_records_leave_the_buckets_as_they_were(
    case: tuple[list[float], list[int]], data: st.DataObject
) -> None:
    times, sizes = case
    pattern = data.draw(st.lists(st.booleans(), min_size=1, max_size=7))
    drops = [pattern[i % len(pattern)] for i in range(len(times))]
    accepted, lost = ShardWrites().one_by_one(np.array(times), np.array(sizes), np.array(drops))
    expected = written(times, sizes, drops)
    assert lost.tolist() == [at is None for at in expected]
    kept = [at for at in expected if at is not None]
    assert accepted[~lost] == pytest.approx(np.array(kept), abs=1e-8)


@SOME
@given(traffic(), st.integers(0, 3000))
def test_records_taken_in_two_pieces_are_accepted_at_the_same_times(
    case: tuple[list[float], list[int]], cut: int
) -> None:
    times, sizes = np.array(case[0]), np.array(case[1])
    cut = min(cut, len(times))
    whole, pieces = ShardWrites().retry(times, sizes), ShardWrites()
    parts = [pieces.retry(times[rows], sizes[rows]) for rows in (np.s_[:cut], np.s_[cut:]) if len(times[rows])]
    assert np.concatenate(parts) == pytest.approx(whole, abs=1e-8)


@SOME
@given(traffic())
def test_in_no_window_is_more_accepted_than_the_buckets_allow(case: tuple[list[float], list[int]]) -> None:
    """I4. A record larger than the bucket needs a full one, which then takes as long to be full again."""
    times, sizes = np.array(case[0]), np.array(case[1])
    accepted = ShardWrites().retry(times, sizes)
    assert (np.diff(accepted) >= 0).all()
    assert (accepted >= times).all()
    n = np.arange(1, len(times) + 1)
    for first in range(0, len(times), 97):
        elapsed = accepted[first:] - accepted[first]
        assert (n[first:] - first <= 1000 + 1000 * elapsed + 1e-4).all()
        spent, largest = np.cumsum(sizes[first:]), np.maximum.accumulate(sizes[first:])
        assert (spent <= np.maximum(largest, BYTES_PER_S) + BYTES_PER_S * elapsed + 1).all()


def test_a_burst_of_one_second_of_the_rate_is_accepted_at_once() -> None:
    assert ShardWrites().retry(np.zeros(1000), None).tolist() == [0.0] * 1000


def test_what_exceeds_the_burst_is_accepted_at_the_rate() -> None:
    accepted = ShardWrites().retry(np.zeros(1500), None)
    assert accepted[1000:] == pytest.approx(np.arange(1, 501) / 1000)


def test_a_record_of_2_mib_is_accepted_at_once_by_a_full_bucket_and_fills_it_for_2_s() -> None:
    accepted = ShardWrites().retry(np.zeros(2), np.array([2 * 2**20, 2**20]))
    assert accepted == pytest.approx([0.0, 2.0])


def test_traffic_below_the_limits_is_accepted_as_produced() -> None:
    times = np.arange(5000) / 999.0
    assert ShardWrites().retry(times, None) is times


def test_a_wait_within_a_nanosecond_is_none() -> None:
    times = np.arange(30_000) / 1000.0
    assert conforming(times, 1 / 1000, LONG_PAST)[0] is times


@SOME
@given(st.lists(traffic(most_bytes=20_000), min_size=1, max_size=4), st.data())
def test_shards_whose_records_pass_at_once_are_those_of_which_no_record_waits(
    cases: list[tuple[list[float], list[int]]], data: st.DataObject
) -> None:
    """And their buckets are as full afterwards as one shard after the other says."""
    before = [ShardWrites(data.draw(st.floats(-60, 60)), data.draw(st.floats(-60, 60))) for _ in cases]
    together = StreamWrites(len(cases))
    for shard, writes in enumerate(before):
        together.put(shard, writes)
    starts = np.cumsum([0, *(len(times) for times, _ in cases)])
    times, sizes = (np.array([value for case in cases for value in case[i]]) for i in (0, 1))
    others = together.let_pass(times, sizes, starts)
    for shard, (writes, case) in enumerate(zip(before, cases, strict=True)):
        if shard not in others:
            assert writes.retry(np.array(case[0]), np.array(case[1])).tolist() == case[0]
            assert together.of(shard).records_full_s == pytest.approx(writes.records_full_s, abs=1e-8)
            assert together.of(shard).bytes_full_s == pytest.approx(writes.bytes_full_s, abs=1e-8)
        else:
            assert together.of(shard) == writes


@pytest.mark.parametrize("rate", [1, 10, 900])
def test_shards_far_from_their_limits_pass_at_once(rate: int) -> None:
    together = StreamWrites(3)
    times = np.concatenate([np.arange(3000) / rate + 0.1 * shard for shard in range(3)])
    assert together.let_pass(times, 100, np.array([0, 3000, 6000, 9000])) == []


def test_a_shard_whose_bucket_is_empty_does_not_pass_at_once() -> None:
    together = StreamWrites(2)
    together.put(0, ShardWrites(records_full_s=1.0))
    assert together.let_pass(np.array([0.0, 0.5, 0.0]), None, np.array([0, 2, 3])) == [0]
