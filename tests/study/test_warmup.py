"""MSER-5, by hand and against the definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.study.warmup import mser5, squared_errors


def batched(*means: float) -> NDArray[np.float64]:
    """A series whose means of five are these."""
    series: NDArray[np.float64] = np.repeat(np.array(means, np.float64), 5) + np.tile(
        [-2.0, -1.0, 0.0, 1.0, 2.0], len(means)
    )
    return series


def test_the_point_with_the_least_error_of_the_mean_is_the_cut() -> None:
    """Means of five 9, 1, 1, 2, 1, 2, by hand:

    d = 0: mean 16/6, squares 92 - 256/6 = 49.333, / 36 = 1.3704
    d = 1: mean  7/5, squares 11 -  49/5 =  1.2,   / 25 = 0.0480
    d = 2: mean  6/4, squares 10 -  36/4 =  1,     / 16 = 0.0625
    d = 3: mean  5/3, squares  9 -  25/3 =  0.667, /  9 = 0.0741
    """
    means = np.array([9.0, 1.0, 1.0, 2.0, 1.0, 2.0])
    assert squared_errors(means)[:4] == pytest.approx([1.37037, 0.048, 0.0625, 0.0740741], rel=1e-5)
    found = mser5(batched(*means))
    assert (found.values, found.of, found.settled) == (5, 30, True)


def test_a_level_series_is_not_cut() -> None:
    assert mser5(np.full(100, 3.7)).values == 0


def test_a_series_that_still_rises_has_not_settled() -> None:
    found = mser5(np.arange(100.0))
    assert found.values <= 50
    assert not found.settled


def test_a_short_series_says_nothing() -> None:
    assert mser5(np.array([9.0] + [1.0] * 18)) == mser5(np.zeros(19))
    assert not mser5(np.zeros(19)).settled


def test_what_was_not_measured_takes_the_value_before_it() -> None:
    series = batched(9.0, 1.0, 1.0, 2.0, 1.0, 2.0)
    series[7] = series[6]
    holes = series.copy()
    holes[7] = np.nan
    assert mser5(holes) == mser5(series)


def test_an_exponential_start_is_cut_where_it_has_faded() -> None:
    """A transient of 50 exp(-t / 20) under noise of 1: it is below the noise after 20 ln 50 = 78 values."""
    rng = np.random.default_rng(1)
    t = np.arange(2000.0)
    found = mser5(10 + 50 * np.exp(-t / 20) + rng.normal(0, 1, len(t)))
    assert 40 <= found.values <= 120
    assert found.settled


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_errors_are_those_of_the_definition(values: list[float]) -> None:
    points = np.array(values)
    expected = [points[d:].var() / (len(points) - d) for d in range(len(points))]
    assert squared_errors(points) == pytest.approx(
        expected, rel=1e-6, abs=1e-3 + 1e-9 * float(np.abs(points).max()) ** 2
    )
