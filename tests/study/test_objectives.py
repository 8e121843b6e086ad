"""Objectives: met, missed or undecided."""

from __future__ import annotations

import math

import pytest

from simulator.scenario.objectives import Objectives
from simulator.study.objectives import assess, stated, worst
from tests.study.synthetic import run

# With two values x and y the 95 % interval is their mean +- 12.706 |x - y| / 2: Student's t with one degree of freedom.


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ((4.0, 4.1), "met"),  # 4.05 +- 0.64
        ((4.0, 4.3), "undecided"),  # 4.15 +- 1.91
        ((6.0, 6.1), "missed"),
        ((6.0, 6.3), "undecided"),
        ((5.0, 5.0), "met"),  # at the bound
    ],
)
def test_an_objective_is_undecided_when_the_bound_lies_in_the_interval(
    ages: tuple[float, float], expected: str
) -> None:
    runs = [run(i, iterator_age_max_s=age) for i, age in enumerate(ages)]
    assert [each.state for each in stated(assess(Objectives(iterator_age_max=5.0), runs))] == [expected]


def test_a_quantile_of_a_histogram_is_undecided_within_its_error() -> None:
    """Equal in each replication, and yet a percentile is known to 1/128 only."""
    assert assess(Objectives(latency_p99=1.0), [run(i, latency_p99_s=0.999) for i in range(2)])[0].state == "undecided"
    assert assess(Objectives(latency_max=1.0), [run(i, latency_max_s=0.999) for i in range(2)])[0].state == "met"


def test_one_replication_has_no_interval_and_is_taken_as_it_is() -> None:
    seen = assess(Objectives(latency_max=1.0), [run(latency_max_s=0.99)])[0]
    assert seen.state == "met"
    assert seen.seen.n == 1
    assert math.isnan(seen.seen.half_width)
    assert assess(Objectives(latency_max=1.0), [run(latency_max_s=1.01)])[0].state == "missed"


def test_replications_above_the_bound_are_counted() -> None:
    runs = [run(i, records_lost=lost) for i, lost in enumerate((0.0, 0.0, 7.0))]
    assert assess(Objectives(records_lost=0), runs)[0].above == 1


def test_what_does_not_recover_misses_the_recovery_time() -> None:
    objectives = Objectives(recovery_time=600.0)
    runs = [run(0, recovery_s=100.0), run(1, recovery_s=math.inf)]
    assert assess(objectives, runs)[0].state == "missed"


def test_without_an_episode_there_is_nothing_to_recover_from() -> None:
    assert assess(Objectives(recovery_time=600.0), [run(0), run(1)])[0].state == "met"


def test_a_latency_that_nobody_measured_is_undecided() -> None:
    assert assess(Objectives(latency_p99=1.0), [run(0, latency_p99_s=math.nan)])[0].state == "undecided"


def test_the_cost_is_of_the_whole_scenario_and_the_rest_of_each_mapping() -> None:
    found = stated(assess(Objectives(latency_p99=2.0, cost_per_month=9.0), [run(0, usd=10.0), run(1, usd=10.0)]))
    assert [(each.objective, each.mapping, each.state) for each in found] == [
        ("latency_p99", "reader", "met"),
        ("cost_per_month", "", "missed"),
    ]
    assert found[1].excess == pytest.approx(10 / 9)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (("stable", "backlogged"), "met"),
        (("stable", "overloaded"), "undecided"),
        (("overloaded", "overloaded"), "missed"),
        (("losing", "blocked"), "missed"),
    ],
)
def test_to_keep_up_is_an_objective_of_its_own_unless_the_scenario_says_otherwise(
    verdicts: tuple[str, str], expected: str
) -> None:
    runs = [run(i, verdict=verdict) for i, verdict in enumerate(verdicts)]
    (found,) = assess(Objectives(), runs)
    assert (found.objective, found.state) == ("keeps up", expected)
    assert assess(Objectives(keeps_up=False), runs) == []


def test_a_latency_that_records_left_may_yet_raise_is_undecided_and_one_that_they_have_raised_is_missed() -> None:
    objectives = Objectives(latency_p99=5.0)
    assert assess(objectives, [run(latency_p99_s=4.0, latency_p99_most_s=math.inf)])[0].state == "undecided"
    assert assess(objectives, [run(latency_p99_s=6.0, latency_p99_most_s=math.inf)])[0].state == "missed"
    assert assess(objectives, [run(latency_p99_s=4.0, latency_p99_most_s=4.5)])[0].state == "met"


def test_all_are_met_when_the_worst_is() -> None:
    assert worst([]) == "met"
    assert worst(["met", "undecided"]) == "undecided"
    assert worst(["met", "missed", "undecided"]) == "missed"


def test_a_single_run_that_lost_a_record_is_proof_where_none_may_be_lost() -> None:
    runs = [run(i, records_lost=lost) for i, lost in enumerate([0.0, 0.0, 0.0, 0.0, 7.0])]
    [found, *_] = assess(Objectives(records_lost=0), runs)
    assert found.state == "missed"
