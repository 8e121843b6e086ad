"""Episodes as several runs have them."""

from __future__ import annotations

import math

from simulator.measures.episodes import Episode
from simulator.study.episodes import common
from simulator.study.figures import Figures

NEVER = math.nan


def episode(start_s: float, end_s: float, peak_s: float = 10.0, event: str = "", cause: str = "function") -> Episode:
    recovery_s = end_s - start_s
    return Episode(
        "m", event, NEVER, NEVER, start_s, end_s, cause, peak_s, recovery_s, 100, 10, 0, 0, NEVER,
    )  # fmt: skip


def runs(*episodes: list[Episode]) -> list[Figures]:
    return [Figures(i, {}, {}, {}, episodes={"m": some}) for i, some in enumerate(episodes)]


def test_episodes_that_overlap_in_time_are_one_and_are_told_with_the_share_of_the_runs_that_have_it() -> None:
    first, second = common(runs([episode(10, 20), episode(50, 60)], [episode(18, 30, 30.0)], [episode(12, 22)]), "m")
    assert (first.runs, first.of, first.share) == (3, 3, "in 3 of 3 runs")
    assert (first.start_s, first.end_s) == (12, 22)
    assert (first.peak_lag_s, round(first.peak_lag_mean_s, 3)) == (30, 16.667)
    assert (second.runs, second.share) == (1, "in 1 of 3 runs")


def test_the_episodes_of_an_event_are_one_also_where_they_do_not_overlap() -> None:
    (found,) = common(runs([episode(10, 20, event="outage 1"), episode(25, 30, event="outage 1")], []), "m")
    assert (found.event, found.runs, found.of) == ("outage 1", 1, 2)
    assert found.records_delayed == 200  # of both


def test_what_was_not_over_in_some_runs_is_counted_and_its_end_is_not_known_where_that_are_most() -> None:
    (some,) = common(runs([episode(10, 20)], [episode(11, NEVER)], [episode(12, 21)]), "m")
    assert (some.not_over, some.end_s, some.recovery_time_s) == (1, 21, 9.5)
    (most,) = common(runs([episode(10, NEVER)], [episode(11, NEVER)], [episode(12, 21)]), "m")
    assert most.not_over == 2
    assert math.isnan(most.end_s)
    assert most.recovery_time_s == 9


def test_the_cause_is_that_of_most_runs() -> None:
    causes = ("function", "concurrency", "concurrency")
    (found,) = common(runs(*([episode(1, 9, cause=cause)] for cause in causes)), "m")
    assert (found.cause, found.cause_runs) == ("concurrency", 2)


def test_of_a_single_run_each_is_by_itself() -> None:
    found = common(runs([episode(10, 20, event="outage 1"), episode(15, 30, event="outage 1")]), "m")
    assert [(each.start_s, each.share) for each in found] == [(10, ""), (15, "")]
