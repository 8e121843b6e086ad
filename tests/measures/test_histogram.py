"""Histograms: percentiles, merging, halving of rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.measures.histogram import BUCKETS, PERCENTILES, Histogram, RowHistograms, bucket_edges_s, buckets

SOME = settings(derandomize=True, deadline=None, max_examples=50)
Floats = NDArray[np.float64]


def rng() -> np.random.Generator:
    return np.random.default_rng(8)


SAMPLES: dict[str, Floats] = {
    "exponential": rng().exponential(0.3, 60_000),
    "lognormal": rng().lognormal(-3, 2.2, 60_000),
    "uniform": rng().uniform(0.5, 1.5, 60_000),
    "two humps": np.concatenate((rng().normal(0.1, 0.002, 50_000), rng().normal(90, 3, 10_000))),
    "one value": np.full(1000, 0.7),
    "a day": rng().uniform(0, 86_400, 60_000),
}


def histogram(values: Floats) -> Histogram:
    made = Histogram()
    made.add(values)
    return made


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("percent", PERCENTILES[1:-1])
def test_percentiles_are_within_0_8_percent_of_those_of_the_values(name: str, percent: float) -> None:
    values = SAMPLES[name]
    found = histogram(values).percentile_s(percent)
    allowed = 0.008
    around = np.percentile(values, [max(0.0, percent - 0.002), min(100.0, percent + 0.002)])  # ranks next to it
    assert around[0] * (1 - allowed) <= found <= around[1] * (1 + allowed)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_extremes_the_mean_and_the_count_are_exact(name: str) -> None:
    values, made = SAMPLES[name], histogram(SAMPLES[name])
    assert (made.n, made.percentile_s(0.0), made.percentile_s(100.0)) == (len(values), values.min(), values.max())
    assert made.mean_s == pytest.approx(values.mean(), rel=1e-12)


def test_nothing_has_no_percentiles_and_no_mean() -> None:
    made = histogram(np.empty(0))
    assert made.n == 0
    assert np.isnan([made.mean_s, made.percentile_s(50.0)]).all()


@SOME
@given(st.lists(st.floats(1e-5, 1e8), min_size=1, max_size=200))
def test_each_value_lies_in_its_bucket_and_no_bucket_is_wider_than_0_8_percent(values: list[float]) -> None:
    edges, found = bucket_edges_s(), buckets(np.array(values))
    assert (edges[found] <= values).all()
    assert (values < edges[found + 1]).all()
    assert (edges[1:] / edges[:-1] <= 1 + 0.008).all()


def test_the_smallest_and_the_largest_times_have_buckets() -> None:
    assert buckets(np.array([0.0, 1e-12, 1e12])).tolist() == [0, 0, BUCKETS - 1]


@SOME
@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=300), st.integers(0, 300))
def test_values_added_in_two_pieces_give_the_same_histogram(values: list[float], cut: int) -> None:
    whole, pieces = histogram(np.array(values)), histogram(np.array(values[:cut]))
    pieces.add(np.array(values[cut:]))
    assert pieces.counts.tolist() == whole.counts.tolist()
    assert (pieces.least_s, pieces.greatest_s) == (whole.least_s, whole.greatest_s)
    assert pieces.sum_s == pytest.approx(whole.sum_s)


rows_and_values = st.lists(st.tuples(st.integers(0, 40), st.floats(1e-3, 1e3)), min_size=1, max_size=120)


def by_row(pairs: list[tuple[int, float]]) -> RowHistograms:
    made = RowHistograms()
    made.add(np.array([r for r, _ in pairs]), 1, np.array([v for _, v in pairs]))
    return made


@SOME
@given(rows_and_values)
def test_rows_of_histograms_have_the_percentiles_of_their_values(pairs: list[tuple[int, float]]) -> None:
    table = by_row(pairs).percentiles_s(41, (0.0, 50.0, 100.0))
    for row in range(41):
        values = [v for r, v in pairs if r == row]
        if values:
            assert table[row, 0] == pytest.approx(min(values), rel=0.008)
            assert table[row, 2] == pytest.approx(max(values), rel=0.008)
            assert min(values) * 0.992 <= table[row, 1] <= max(values) * 1.008
        else:
            assert np.isnan(table[row]).all()


@SOME
@given(rows_and_values)
def test_halving_the_rows_is_the_same_as_half_the_row_numbers(pairs: list[tuple[int, float]]) -> None:
    halved, direct = by_row(pairs), by_row([(r // 2, v) for r, v in pairs])
    halved.halve()
    percents = (0.0, 10.0, 50.0, 99.0, 100.0)
    assert np.array_equal(halved.percentiles_s(21, percents), direct.percentiles_s(21, percents), equal_nan=True)


@SOME
@given(rows_and_values)
def test_the_counts_of_all_rows_together_are_those_of_one_histogram(pairs: list[tuple[int, float]]) -> None:
    values = np.array([v for _, v in pairs])
    together = RowHistograms().add(np.array([r for r, _ in pairs]), 1, values)
    assert together.tolist() == histogram(values).counts.tolist()


def test_values_of_several_rows_may_be_given_row_by_row() -> None:
    made = RowHistograms()
    made.add(np.array([3, 5]), np.array([2, 1]), np.array([1.0, 4.0, 9.0]))
    assert made.percentiles_s(6, (0.0, 100.0))[[3, 5]] == pytest.approx(np.array([[1, 4], [9, 9]]), rel=0.008)


def test_values_above_another_are_counted_in_the_rows_asked_for() -> None:
    made = by_row([(0, 5.0), (1, 1.0), (1, 3.0), (2, 3.0), (3, 9.0)])
    assert [made.above(0, 4, 2.0), made.above(1, 3, 2.0), made.above(1, 3, 4.0)] == [4, 2, 0]


@SOME
@given(rows_and_values, rows_and_values)
def test_values_may_come_a_window_at_a_time(first: list[tuple[int, float]], then: list[tuple[int, float]]) -> None:
    once, twice = by_row(first + then), by_row(first)
    twice.add(np.array([r for r, _ in then]), 1, np.array([v for _, v in then]))
    percents = (0.0, 10.0, 50.0, 99.0, 100.0)
    assert np.array_equal(once.percentiles_s(41, percents), twice.percentiles_s(41, percents), equal_nan=True)
    for value in (1e-4, 1.0, 1e4):
        assert twice.above(0, 41, value) == once.above(0, 41, value)
