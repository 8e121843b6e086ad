"""Replications until the intervals are narrow enough."""

from __future__ import annotations

import math

import pytest

from simulator.study.figures import Figures
from simulator.study.precision import FIRST, Precision, more, until_precise, widest_interval
from simulator.study.settings import Setting
from tests.study.synthetic import evaluator, run, setting, value

A, B = setting(shards=1), setting(shards=2)


def swinging(of: Setting, replication: int) -> Figures:
    """Ages that swing around 10 s by a part of it, the number of shards in percent."""
    swing = (-1) ** replication * value(of, "shards") / 100
    return run(replication, iterator_age_max_s=10 * (1 + swing))


def test_it_stops_when_every_chosen_interval_is_narrow_enough() -> None:
    evaluate, asked = evaluator(swinging)
    runs, why = until_precise(evaluate, [A, B], Precision(0.05))
    assert {len(each) for each in runs.values()} == {FIRST}
    assert why == "5 replications: every chosen interval is within ±0.05 of its mean"
    assert len(asked) == 2 * FIRST


def test_it_adds_replications_to_all_settings_until_the_worst_is_known() -> None:
    evaluate, asked = evaluator(swinging)
    wanted = Precision(0.01)
    runs, _ = until_precise(evaluate, [A, B], wanted)
    n = len(runs[A])
    assert len(runs[B]) == n > FIRST
    # swings of 2 % have a standard deviation of 2 %: t * 2 % / sqrt(n) <= 1 % from n = 18 on
    widest = widest_interval(runs, wanted.measures)
    assert widest is not None
    assert widest.relative <= 0.01
    assert 18 <= n <= 20
    assert len(asked) == 2 * n  # nothing twice


def test_it_says_so_when_the_most_replications_do_not_do() -> None:
    evaluate, _ = evaluator(swinging)
    runs, why = until_precise(evaluate, [A, B], Precision(0.0001, most_replications=12))
    assert len(runs[A]) == 12
    assert why.startswith(
        "stopped at 12 replications, the most allowed: iterator_age_max_s of reader with shards 2 is known to"
    )


def test_it_says_so_when_the_time_is_spent() -> None:
    evaluate, _ = evaluator(swinging)
    runs, why = until_precise(evaluate, [A], Precision(0.0001, budget_s=0.0))
    assert len(runs[A]) == FIRST
    assert "the time is spent" in why


def test_what_replications_cannot_narrow_does_not_keep_it_going() -> None:
    evaluate, _ = evaluator(lambda _, i: run(i, latency_p99_s=math.nan, iterator_age_max_s=[math.inf, 1.0][i % 2]))
    assert len(until_precise(evaluate, [A], Precision())[0][A]) == FIRST


def test_a_millisecond_is_precise_enough() -> None:
    evaluate, _ = evaluator(lambda _, i: run(i, latency_p99_s=0.0001 * (i % 2), iterator_age_max_s=0.0))
    assert len(until_precise(evaluate, [A], Precision(0.001))[0][A]) == FIRST


@pytest.mark.parametrize(("n", "too_wide", "expected"), [(5, 1.2, 8), (5, 1.01, 6), (5, 100.0, 10), (40, 1.1, 49)])
def test_the_next_number_follows_from_the_root_law_and_is_at_most_double(
    n: int, too_wide: float, expected: int
) -> None:
    assert more(n, too_wide) == expected
