"""The rows of the time series."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.concurrency import ConcurrencyMeasures
from simulator.measures.grid import Peaks, Series, nice_interval_s, spread

SOME = settings(derandomize=True, deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("duration", "interval"),
    [(60.0, 0.1), (600.0, 1.0), (1200.0, 2.0), (3600.0, 10.0), (86_400.0, 300.0), (7 * 86_400.0, 1200.0), (6.0, 0.01)],
)
def test_the_interval_is_one_that_people_like(duration: float, interval: float) -> None:
    assert nice_interval_s(duration) == pytest.approx(interval)


@SOME
@given(st.floats(0.1, 3.15e8))
def test_a_run_has_at_most_about_600_rows(duration: float) -> None:
    assert 100 <= duration / nice_interval_s(duration) <= 601


@SOME
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 20)), min_size=1, max_size=30),
    st.sampled_from([0.1, 1.0, 2.5, 7.0]),
)
def test_a_stretch_lies_in_each_row_as_long_as_it_touches_it(
    stretches: list[tuple[float, float]], interval: float
) -> None:
    begin = np.array([b for b, _ in stretches])
    end = begin + [length for _, length in stretches]
    which, rows, seconds = spread(begin, end, interval)
    found = np.zeros((len(stretches), 800))
    np.add.at(found, (which, rows), seconds)
    expected = np.zeros_like(found)
    for i in range(len(stretches)):
        for row in range(800):
            expected[i, row] = max(0.0, min(end[i], (row + 1) * interval) - max(begin[i], row * interval))
    assert found == pytest.approx(expected, abs=1e-9)


additions = st.lists(st.tuples(st.integers(0, 30), st.floats(0, 100)), max_size=50)


@SOME
@given(additions)
def test_halving_a_series_keeps_its_sums(pairs: list[tuple[int, float]]) -> None:
    halved, direct = Series(), Series()
    for row, value in pairs:
        halved.add(np.array([row]), np.array([value]))
        direct.add(np.array([row // 2]), np.array([value]))
    halved.halve()
    assert halved.upto(16) == pytest.approx(direct.upto(16))


@SOME
@given(additions)
def test_halving_peaks_keeps_the_greater(pairs: list[tuple[int, float]]) -> None:
    halved, direct = Peaks(), Peaks()
    for row, value in pairs:
        halved.add(np.array([row]), np.array([value]))
        direct.add(np.array([row // 2]), np.array([value]))
    halved.halve()
    assert np.array_equal(halved.upto(16), direct.upto(16), equal_nan=True)


def test_rows_that_never_appeared_are_0_in_a_series_and_nan_in_peaks() -> None:
    series, peaks = Series(), Peaks()
    series.add(np.array([1, 1]))
    peaks.add(np.array([1]), np.array([4.0]))
    assert series.upto(3).tolist() == [0, 2, 0]
    assert np.array_equal(peaks.upto(3), [np.nan, 4.0, np.nan], equal_nan=True)


@SOME
@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(0.01, 9)), min_size=1, max_size=25),
    st.lists(st.floats(0.5, 29), max_size=3, unique=True),
)
def test_concurrency_is_measured_as_by_counting_what_runs(
    attempts: list[tuple[float, float]], cuts: list[float]
) -> None:
    measures = ConcurrencyMeasures()
    spans = [(start, start + length) for start, length in attempts]
    edges = [0.0, *sorted(cuts), 40.0]
    for low, high in itertools.pairwise(edges):
        started = np.array(sorted(s for s, _ in spans if low <= s < high))
        finished = np.array(sorted(f for _, f in spans if low <= f < high))
        measures.observe(started, finished, low, high, 1.0)
    assert measures.total_s == pytest.approx(sum(length for _, length in attempts))
    assert measures.peak == max(sum(s <= start < f for s, f in spans) for start, _ in spans)
    for row, busy in enumerate(measures.busy_s.upto(40)):
        assert busy == pytest.approx(sum(max(0.0, min(f, row + 1) - max(s, row)) for s, f in spans), abs=1e-9)
