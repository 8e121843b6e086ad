"""Intervals over replications."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.measures.run import simulate
from simulator.study.figures import figures, tidy
from simulator.study.statistics import interval
from tests.model.rows import scenario, small

NAN = float("nan")


def test_an_interval_is_students_by_hand() -> None:
    # 2, 4, 4, 6: mean 4, variance 8 / 3; Student's t for 95 % and 3 degrees of freedom is 3.182446 in the tables.
    told = interval([2.0, 4.0, 4.0, 6.0])
    assert (told.mean, told.n) == (4.0, 4)
    assert told.half_width == pytest.approx(3.182446 * math.sqrt(8 / 3) / 2, rel=1e-6)
    assert (told.low, told.high) == (told.mean - told.half_width, told.mean + told.half_width)


def test_an_interval_covers_the_true_mean_in_95_of_100_cases() -> None:
    draws = np.random.default_rng(1).normal(10, 3, (2000, 5))
    covered = sum(told.low <= 10 <= told.high for told in (interval(list(values)) for values in draws))
    assert covered / 2000 == pytest.approx(0.95, abs=3.3 * math.sqrt(0.95 * 0.05 / 2000))


def test_values_that_are_not_known_are_left_out() -> None:
    told = interval([NAN, 2.0, 4.0, NAN])
    assert (told.mean, told.n) == (3.0, 2)
    assert told.half_width == pytest.approx(12.7062, rel=1e-5)  # t for 1 degree of freedom, times sqrt(2) / sqrt(2)


def test_one_value_has_no_interval_and_none_has_no_mean() -> None:
    assert interval([5.0]).mean == 5.0
    assert math.isnan(interval([5.0]).half_width)
    assert math.isnan(interval([NAN]).mean)
    assert interval([]).n == 0


def test_a_table_has_a_row_for_each_replication_mapping_and_measure() -> None:
    runs = [figures(simulate(scenario(small()), replication=number)) for number in range(2)]
    table = tidy(runs)
    assert not table.duplicated(["replication", "mapping", "measure"]).any()
    assert set(table["replication"]) == {0, 1}
    attempts = table[table["measure"] == "attempts"]["value"]
    assert (attempts == 11).all()  # the polls from 0.37 s to 10.37 s all find records, of 0.07 s to 9.93 s
