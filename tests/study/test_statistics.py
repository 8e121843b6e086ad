"""Intervals and paired differences, against calculations by hand and tables of Student's t."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.study.statistics import difference, interval

INF, NAN = math.inf, math.nan


def test_the_interval_is_students() -> None:
    # mean 4, standard deviation 2, t of 2 degrees of freedom 4.302653 (tables): 4.302653 * 2 / sqrt(3)
    found = interval([2.0, 4.0, 6.0])
    assert (found.mean, found.n) == (4.0, 3)
    assert found.half_width == pytest.approx(4.302653 * 2 / math.sqrt(3), rel=1e-6)
    assert (found.low, found.high) == (found.mean - found.half_width, found.mean + found.half_width)


def test_an_interval_covers_the_true_mean_in_95_of_100_cases() -> None:
    draws = np.random.default_rng(1).normal(10, 3, (2000, 5))
    covered = sum(told.low <= 10 <= told.high for told in (interval(list(values)) for values in draws))
    assert covered / 2000 == pytest.approx(0.95, abs=3.3 * math.sqrt(0.95 * 0.05 / 2000))


def test_one_value_has_no_interval_and_none_no_mean() -> None:
    assert interval([5.0]).mean == 5.0
    assert math.isnan(interval([5.0]).half_width)
    assert math.isnan(interval([]).mean)
    assert interval([]).n == 0


def test_what_was_not_measured_is_left_out() -> None:
    assert interval([1.0, NAN, 3.0]) == interval([1.0, 3.0])


def test_what_never_came_makes_the_mean_infinite() -> None:
    found = interval([1.0, INF, 2.0])
    assert found.mean == INF
    assert math.isnan(found.half_width)
    assert interval([INF]).mean == INF


def test_a_difference_is_taken_replication_by_replication() -> None:
    # the replications differ by far more than the settings do; the differences are 1, 1 and 2
    found = difference("iterator_age_max_s", [11.0, 101.0, 1002.0], [10.0, 100.0, 1000.0])
    assert found.interval.mean == pytest.approx(4 / 3)
    assert found.interval.half_width == pytest.approx(4.302653 * math.sqrt(1 / 3) / math.sqrt(3), rel=1e-6)
    assert found.word == "cannot tell"
    assert difference("iterator_age_max_s", [11.0, 101.0, 1001.1], [10.0, 100.0, 1000.0]).word == "worse"


@pytest.mark.parametrize(
    ("values", "baseline", "word"),
    [
        ([1.0, 1.1, 0.9], [2.0, 2.1, 1.9], "better"),
        ([2.0, 2.1, 1.9], [1.0, 1.1, 0.9], "worse"),
        ([1.0, 3.0, 2.0], [2.0, 2.0, 2.0], "cannot tell"),
        ([5.0, 6.0], [5.0, 6.0], "same"),
        ([1.0], [2.0], "cannot tell"),
        ([INF, 1.5], [2.0, 1.0], "worse"),
        ([2.0, 1.0], [INF, 1.5], "better"),
        ([INF, 1.0], [2.0, 1.0], "cannot tell"),
        ([INF, 1.0], [2.0, INF], "cannot tell"),
        ([INF], [2.0], "cannot tell"),
        ([INF, INF], [INF, INF], "same"),
        ([NAN, NAN], [1.0, 2.0], "cannot tell"),
        ([], [], "cannot tell"),
    ],
)
def test_differences_are_told_in_words(values: list[float], baseline: list[float], word: str) -> None:
    assert difference("drain_s", values, baseline).word == word


def test_a_difference_of_quantiles_within_the_histograms_error_cannot_be_told() -> None:
    assert difference("latency_p99_s", [10.05, 10.05, 10.05], [10.0, 10.0, 10.0]).word == "cannot tell"
    assert difference("latency_max_s", [10.05, 10.05, 10.05], [10.0, 10.0, 10.0]).word == "worse"
    assert difference("latency_p99_s", [10.1, 10.1, 10.1], [10.0, 10.0, 10.0]).word == "worse"
    assert difference("latency_p99_s", [10.0, 10.0], [10.0, 10.0]).word == "same"
