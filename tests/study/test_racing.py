"""Judging with as few replications as it takes, and how often that is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from simulator.measures.histogram import Histogram
from simulator.scenario.objectives import Objectives
from simulator.study.figures import Figures
from simulator.study.objectives import Assessment
from simulator.study.racing import FIRST_ROUND, confidence, race, rounds, trial
from simulator.study.settings import Setting
from simulator.study.statistics import Interval, normal, wilson
from simulator.study.tallies import AGES, Tallies, Tally
from tests.study.synthetic import evaluator, run, setting

AGE = Objectives(iterator_age_max=5.0)
ONE = setting(shards=1)


def ages(of: Callable[[int], float]) -> Callable[[Setting, int], Figures]:
    return lambda _, i: run(i, iterator_age_max_s=of(i))


def test_a_clear_case_takes_a_first_round_and_a_close_one_all() -> None:
    assert rounds(20) == [5, 10, 20]
    assert rounds(33) == [5, 10, 20, 33]
    assert rounds(3) == [3]
    evaluate, asked = evaluator(ages(lambda i: 1.0 + 0.1 * (i % 2)))
    assert race(evaluate, [ONE], AGE, 20)[0].state == "met"
    assert len(asked) == FIRST_ROUND
    evaluate, asked = evaluator(ages(lambda i: 4.9 if i % 2 else 5.1))
    assert race(evaluate, [ONE], AGE, 20)[0].state == "undecided"
    assert len(asked) == 20


@pytest.mark.parametrize("most", [5, 20, 80])
def test_at_the_bound_no_more_than_one_study_of_twenty_is_decided(most: int) -> None:
    """However often it is looked at; without that care it would be one in eight with three looks."""
    rng, studies = np.random.default_rng(7), 600
    decided = 0
    for _ in range(studies):
        values = rng.normal(5.0, 1.0, most)
        evaluate, _ = evaluator(ages(lambda i, values=values: float(values[i])))  # type: ignore[misc]
        decided += race(evaluate, [ONE], AGE, most)[0].state != "undecided"
    assert wilson(decided, studies)[0] <= 0.05
    assert confidence(most) == pytest.approx(1 - 0.05 / len(rounds(most)))


@pytest.mark.parametrize(
    ("batches", "batch", "spread"), [(2000, 1, 0.1), (1000, 10, 0.05), (200, 20, 0.0), (60, 50, 0.0)]
)
def test_at_the_bound_of_a_percentile_no_more_than_one_study_of_twenty_is_decided(
    batches: int, batch: int, spread: float
) -> None:
    """Whether runs are long or too short for it, and where they differ."""
    rng, studies = np.random.default_rng(9), 150
    p99_s = float(np.exp(normal(0.98) * math.hypot(0.5, spread)))
    decided = 0
    for _ in range(studies):
        runs = [lognormal(rng, i, batches, batch, spread) for i in range(10)]
        evaluate, _ = evaluator(lambda _, i, runs=runs: runs[i])  # type: ignore[misc]
        decided += race(evaluate, [ONE], Objectives(latency_p99=p99_s), 10)[0].state != "undecided"
    assert wilson(decided, studies)[0] <= 0.05


def lognormal(rng: np.random.Generator, i: int, batches: int, batch: int, spread: float) -> Figures:
    """A run with latencies that are the same in each batch, and around a level of the run's own."""
    level = np.exp(rng.normal(0, spread))
    latency, none = Histogram(), Tally.of(Histogram())
    latency.add(np.repeat((1e9 * level * np.exp(rng.normal(0, 0.5, batches))).astype(np.int64), batch))
    age = Histogram()
    age.add(np.full(batches, 10**9))
    tallies = Tallies(Tally.of(latency), none, 0, dict.fromkeys(AGES, Tally.of(age)))
    return replace(run(i), tallies={"reader": tallies})


def test_a_setting_far_from_the_bound_is_decided_at_once_nearly_always() -> None:
    rng = np.random.default_rng(8)
    for mean, state in ((1.0, "met"), (9.0, "missed")):
        values = rng.normal(mean, 1.0, 20)
        evaluate, asked = evaluator(ages(lambda i, values=values: float(values[i])))  # type: ignore[misc]
        assert race(evaluate, [ONE], AGE, 20)[0].state == state
        assert len(asked) == FIRST_ROUND


@pytest.mark.parametrize(
    ("kept", "low", "high"),
    [(0, 0.0, 0.16113), (20, 0.83887, 1.0), (10, 0.29930, 0.70070), (19, 0.76387, 0.99112)],
)
def test_the_chance_to_keep_a_bound_has_wilson_s_interval(kept: int, low: float, high: float) -> None:
    """Values by Wilson's formula with z = 1.95996, worked by hand."""
    assert wilson(kept, 20) == pytest.approx((low, high), abs=2e-4)
    seen = Assessment("latency_max", "m", 1.0, Interval(1.0, 0.0, 20), 20 - kept, kept, "met")
    assert seen.chance == wilson(kept, 20)


def test_without_a_run_nothing_is_known_of_a_chance() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_runs_whose_left_records_may_yet_exceed_the_bound_do_not_count_as_met() -> None:
    runs = [run(i, latency_p99_s=1.0, latency_p99_most_s=math.inf if i else 1.0) for i in range(4)]
    first = trial(ONE, runs, Objectives(latency_p99=2.0)).assessments[0]
    assert (first.above, first.met, first.state) == (0, 1, "undecided")
