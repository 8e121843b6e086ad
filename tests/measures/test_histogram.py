"""Histograms: percentiles, merging, and percentiles of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.measures.histogram import (
    BUCKETS,
    LARGEST_NS,
    PERCENTILES,
    SMALLEST_NS,
    WIDTH,
    Histogram,
    bucket_edges_ns,
    buckets,
    percentiles_ns,
)
from simulator.measures.row_percentiles import CELLS, RowPercentiles
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS

SOME = settings(derandomize=True, deadline=None, max_examples=50)


def rng() -> np.random.Generator:
    return np.random.default_rng(8)


def whole(seconds: NDArray[np.float64]) -> Integers:
    """As nanoseconds."""
    return np.rint(seconds * NS).astype(np.int64)


SAMPLES: dict[str, Integers] = {
    "exponential": whole(rng().exponential(0.3, 60_000)),
    "lognormal": whole(rng().lognormal(-3, 2.2, 60_000)),
    "uniform": whole(rng().uniform(0.5, 1.5, 60_000)),
    "two humps": whole(np.concatenate((rng().normal(0.1, 0.002, 50_000), rng().normal(90, 3, 10_000)))),
    "one value": whole(np.full(1000, 0.7)),
    "a day": whole(rng().uniform(0, 86_400, 60_000)),
}


def histogram(values: Integers) -> Histogram:
    made = Histogram()
    made.add(values)
    return made


def test_a_bucket_is_0_4_percent_wide() -> None:
    assert round(100 * WIDTH, 1) == 0.4
    edges = bucket_edges_ns()
    assert (edges[1:] / edges[:-1]).max() == 1 + WIDTH
    assert (edges[0], edges[-2]) == (SMALLEST_NS, LARGEST_NS)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("percent", PERCENTILES[1:-1])
def test_percentiles_are_within_0_4_percent_of_those_of_the_values(name: str, percent: float) -> None:
    values = SAMPLES[name] / NS
    found = histogram(SAMPLES[name]).percentile_s(percent)
    around = np.percentile(values, [max(0.0, percent - 0.002), min(100.0, percent + 0.002)])  # ranks next to it
    assert around[0] * (1 - WIDTH) <= found <= around[1] * (1 + WIDTH)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_extremes_the_mean_and_the_count_are_exact(name: str) -> None:
    values, made = SAMPLES[name], histogram(SAMPLES[name])
    assert (made.n, made.least_ns, made.greatest_ns) == (len(values), values.min(), values.max())
    assert (made.percentile_s(0.0), made.percentile_s(100.0)) == (values.min() / NS, values.max() / NS)
    assert made.sum_ns == sum(values.tolist())
    assert made.mean_s == pytest.approx((values / NS).mean(), rel=1e-12)


def test_a_sum_beyond_64_bits_is_exact() -> None:
    year = 365 * 86_400 * NS
    assert histogram(np.full(1000, year)).sum_ns == 1000 * year > 2**63


def test_nothing_has_no_percentiles_and_no_mean() -> None:
    made = histogram(np.empty(0, np.int64))
    assert made.n == 0
    assert np.isnan([made.mean_s, made.percentile_s(50.0), made.least_s, made.greatest_s]).all()


@SOME
@given(st.lists(st.integers(1024, 10**17), min_size=1, max_size=200))
def test_each_value_lies_in_its_bucket(values: list[int]) -> None:
    edges, found = bucket_edges_ns(), buckets(np.array(values))
    assert (edges[found] <= values).all()
    assert (np.array(values, np.float64) < edges[found + 1]).all()


def test_the_smallest_and_the_largest_times_have_buckets() -> None:
    assert buckets(np.array([0, 1, 2**62])).tolist() == [0, 0, BUCKETS - 1]


@SOME
@given(st.lists(st.integers(0, 10**13), min_size=2, max_size=300), st.integers(0, 300))
def test_values_added_in_two_pieces_give_the_same_histogram(values: list[int], cut: int) -> None:
    numbers = np.array(values)
    whole, pieces = histogram(numbers), histogram(numbers[:cut])
    pieces.add(numbers[cut:])
    assert {name: np.array(value).tolist() for name, value in vars(pieces).items()} == {
        name: np.array(value).tolist() for name, value in vars(whole).items()
    }


rows_and_values = st.lists(st.tuples(st.integers(-2, 40), st.integers(10**6, 10**12)), min_size=1, max_size=120)
PERCENTS = (0.0, 10.0, 50.0, 99.0, 100.0)


def columns(pairs: list[tuple[int, int]]) -> tuple[Integers, Integers, Integers]:
    """Rows, repeats and values in order of row."""
    array = np.array(sorted(pairs, key=lambda pair: pair[0]), np.int64).reshape(-1, 2)
    return array[:, 0], np.ones(len(array), np.int64), array[:, 1]


def by_row(pairs: list[tuple[int, int]], *closed: int) -> Floats:
    """Percentiles of 41 rows; rows are closed at those given."""
    made, begin = RowPercentiles(PERCENTS), -10
    for before in (*closed, 41):
        made.add(*columns([pair for pair in pairs if begin <= pair[0] < before]))
        made.close(before)
        begin = before
    return made.seconds_upto(41)


@SOME
@given(rows_and_values)
def test_rows_have_the_percentiles_of_their_values(pairs: list[tuple[int, int]]) -> None:
    table = by_row(pairs)
    for row in range(41):
        values = np.array([v for r, v in pairs if r == row])
        if len(values):
            expected = percentiles_ns(np.bincount(buckets(values), minlength=BUCKETS), np.array(PERCENTS)) / NS
            assert table[row].tolist() == expected.tolist()
        else:
            assert np.isnan(table[row]).all()


@SOME
@given(rows_and_values, st.integers(0, 20), st.integers(21, 40))
def test_rows_may_be_closed_when_they_are_over(pairs: list[tuple[int, int]], first: int, second: int) -> None:
    assert np.array_equal(by_row(pairs, first, second), by_row(pairs), equal_nan=True)


@SOME
@given(rows_and_values, rows_and_values)
def test_values_of_a_row_may_come_a_window_at_a_time(first: list[tuple[int, int]], then: list[tuple[int, int]]) -> None:
    once, twice = RowPercentiles(PERCENTS), RowPercentiles(PERCENTS)
    once.add(*columns([*first, *then]))
    twice.add(*columns(first))
    twice.add(*columns(then))
    for made in (once, twice):
        made.close(41)
    assert np.array_equal(once.seconds_upto(41), twice.seconds_upto(41), equal_nan=True)


@SOME
@given(rows_and_values)
def test_the_counts_of_all_rows_together_are_those_of_one_histogram(pairs: list[tuple[int, int]]) -> None:
    together = RowPercentiles(PERCENTS).add(*columns(pairs))
    assert together.tolist() == histogram(np.array([v for _, v in pairs])).counts.tolist()


def test_many_rows_of_widely_spread_values_are_counted_some_at_a_time() -> None:
    rows, values = np.repeat(np.arange(500), 2), np.tile([2000, 10**17], 500)
    assert 500 * (buckets(values[:2]) @ [-1, 1]) > 2 * CELLS
    made = RowPercentiles((0.0, 100.0))
    assert made.add(rows, np.ones(1000, np.int64), values).sum() == 1000
    made.close(500)
    assert made.seconds_upto(500) == pytest.approx(np.tile([2e-6, 1e8], (500, 1)), rel=WIDTH)


def test_values_of_several_rows_may_be_given_row_by_row() -> None:
    made = RowPercentiles((0.0, 100.0))
    made.add(np.array([3, 3, 5]), np.array([2, 0, 1]), np.array([1, 4, 9]) * NS)
    made.close(6)
    assert made.seconds_upto(6)[[3, 5]] == pytest.approx(np.array([[1, 4], [9, 9]]), rel=WIDTH)
