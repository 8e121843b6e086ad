"""Sums that an int64 does not hold."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.exact import MASK, Integrals, Sums, by_row, narrow, products, total, whole

values = st.integers(-(1 << 61), 1 << 61)


@settings(derandomize=True, deadline=None)
@given(st.lists(values, max_size=50))
def test_a_total_is_that_of_python(values: list[int]) -> None:
    assert total(np.array(values, np.int64)) == sum(values)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(-(1 << 32), 1 << 32), st.integers(-(1 << 60), 1 << 60)), min_size=1))
def test_products_are_those_of_python(factors: list[tuple[int, int]]) -> None:
    numbers, values = np.array(factors, np.int64).T
    assert whole(*products(numbers, values)).tolist() == [number * value for number, value in factors]


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(-(1 << 92), 1 << 92)))
def test_sums_are_made_int64_only_where_it_holds_them(values: list[int]) -> None:
    high, low = np.array([divmod(value, MASK + 1) for value in values], np.int64).reshape(-1, 2).T
    found = narrow(high, low)
    assert found.tolist() == values
    assert found.dtype == np.int64 or any(abs(value) >= 1 << 61 for value in values)


def test_sums_stand_in_the_row_of_their_time_and_what_is_before_zero_in_a_row_of_its_own() -> None:
    sums = Sums(2, interval_ns=10)
    most = np.full(6, 1 << 62)
    sums.add(1, np.array([-25, 29, 20]), most, np.array([0, 1, 3]))
    assert sums.by_row().tolist() == [[0, 1 << 62], [0, 0], [0, 0], [0, 5 << 62]]


def test_an_integral_is_spread_over_the_rows_between_changes() -> None:
    integrals = Integrals(2, interval_ns=10)
    integrals.change(np.array([1, 1, 0]), np.array([-5, 22, 10]), np.array([3, -3, 2]))
    integrals.change(0, np.array([12]), -2)
    assert integrals.by_row().tolist() == [[0, 15], [0, 30], [4, 30], [0, 6]]
    assert integrals.over(slice(1, 3)).tolist() == [4, 60]


def test_many_records_for_a_year_are_counted_to_the_nanosecond() -> None:
    integrals, year = Integrals(1, interval_ns=1 << 60), 31_536_000 * 10**9
    integrals.change(0, np.array([1]), 1 << 30)
    integrals.change(0, np.array([year]), -(1 << 30))
    assert integrals.by_row().sum() == (year - 1) << 30


def test_stretches_are_cut_up_where_rows_end_and_empty_ones_have_no_piece() -> None:
    which, end = by_row(np.array([3, 5, 20]), np.array([25, 5, 30]), 10)
    assert list(zip(which.tolist(), end.tolist(), strict=True)) == [(0, 10), (0, 20), (0, 25), (2, 30)]
