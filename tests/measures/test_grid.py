"""The rows of the time series, and the numbers in them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.grid import MOST_ROWS, NONE, Peaks, Series, Stretch, nice_interval_ns
from simulator.measures.run_times import IntervalError, run_times
from simulator.traffic.nanoseconds import NS, ns
from tests.model.rows import scenario, small

SOME = settings(derandomize=True, deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("duration_s", "interval_s"),
    [(60.0, 0.1), (600.0, 1.0), (1200.0, 2.0), (3600.0, 10.0), (86_400.0, 300.0), (7 * 86_400.0, 1200.0), (6.0, 0.01)],
)
def test_the_interval_is_one_that_people_like(duration_s: float, interval_s: float) -> None:
    assert nice_interval_ns(ns(duration_s), ns(duration_s)) == ns(interval_s)


@SOME
@given(st.integers(600, 10 * 365 * 86_400 * NS), st.integers(0, 10_000 * NS))
def test_the_traffic_has_at_most_600_rows_and_a_run_at_most_100000(duration_ns: int, drain_ns: int) -> None:
    interval_ns = nice_interval_ns(duration_ns, duration_ns + drain_ns)
    assert duration_ns <= 600 * interval_ns
    assert duration_ns + drain_ns <= MOST_ROWS * interval_ns
    assert interval_ns <= 6.1 * max(duration_ns / 600, (duration_ns + drain_ns) / MOST_ROWS, 1)


def test_an_interval_that_is_given_is_kept() -> None:
    assert run_times(scenario(small()), 0.37).interval_ns == 370_000_000


def test_an_interval_that_is_longer_than_the_run_is_as_long_as_the_run() -> None:
    """However long: one of a million days has more nanoseconds than an integer of 64 bits."""
    content = scenario(small(run={"drain": "10s"}))
    assert run_times(content, 86_400e6).interval_ns == run_times(content, 21.0).interval_ns == 20_000_000_000


@pytest.mark.parametrize(
    ("interval_s", "told"),
    [
        (
            0.036,
            r"36ms would give up to 100,278 rows \(10s of traffic and up to 1h of drain\).*50ms or more, or a shor",
        ),
        (1e-10, "infinitely many"),
    ],
)
def test_an_interval_that_could_give_too_many_rows_is_refused_with_the_reason(interval_s: float, told: str) -> None:
    with pytest.raises(IntervalError, match=told):
        run_times(scenario(small()), interval_s)


def test_with_a_shorter_drain_the_same_interval_will_do() -> None:
    assert run_times(scenario(small(run={"drain": "10s"})), 0.036).interval_ns == 36_000_000


def test_the_end_of_a_window_belongs_to_the_next_one_but_that_of_the_run_to_its_last_row() -> None:
    times = np.array([0, 9, 10, 19])
    assert Stretch(0, 20, False, 10).rows(times).tolist() == [0, 0, 1, 1]
    assert Stretch(0, 20, True, 10).rows(np.array([20])).tolist() == [1]
    assert [Stretch(0, 25, last, 10).closed_rows for last in (False, True)] == [2, 3]
    assert [Stretch(0, 25, last, 10).until_ns for last in (False, True)] == [25, 26]


additions = st.lists(st.tuples(st.integers(-3, 30), st.integers(-(10**18), 10**18)), max_size=50)


@SOME
@given(additions, st.integers(0, 50))
def test_a_series_adds_up_without_end_and_leaves_out_what_was_before_0(pairs: list[tuple[int, int]], cut: int) -> None:
    series, expected = Series(), Counter[int]()
    for some in (pairs[:cut], pairs[cut:]):
        series.add(np.array([row for row, _ in some], np.int64), np.array([value for _, value in some], np.int64))
    for row, value in pairs:
        expected[row] += value
    assert [int(value) for value in series.upto(31)] == [expected[row] for row in range(31)]


def test_a_sum_beyond_64_bits_is_exact() -> None:
    series = Series()
    for _ in range(40):
        series.add(np.array([2, 2]), np.array([2**61, 3]))
    assert series.upto(4).tolist() == [0, 0, 40 * (2**61 + 3), 0]


def test_without_weights_rows_are_counted() -> None:
    series = Series()
    series.add(np.array([1, -1, 1, 3]))
    series.add(np.array([0]))
    assert series.upto(5).tolist() == [1, 2, 0, 1, 0]


@SOME
@given(st.lists(st.tuples(st.integers(-3, 30), st.integers(0, 10**18)), max_size=50))
def test_peaks_are_the_greatest_of_each_row(pairs: list[tuple[int, int]]) -> None:
    peaks = Peaks()
    peaks.add(np.array([row for row, _ in pairs], np.int64), np.array([value for _, value in pairs], np.int64))
    found = peaks.upto(31).tolist()
    assert found == [max((value for at, value in pairs if at == row), default=NONE) for row in range(31)]


def test_rows_that_never_appeared_are_0_in_a_series_and_nan_in_seconds_of_peaks() -> None:
    series, peaks = Series(), Peaks()
    series.add(np.array([1, 1]))
    peaks.add(np.array([1]), np.array([4 * NS]))
    assert series.upto(3).tolist() == [0, 2, 0]
    assert np.array_equal(peaks.seconds_upto(3), [np.nan, 4.0, np.nan], equal_nan=True)
