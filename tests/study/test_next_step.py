"""The command that goes on from a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator.scenario.objectives import Objectives
from simulator.study.figures import Figures
from simulator.study.next_step import next_step
from simulator.study.objectives import assess
from simulator.study.tallies import Tally
from tests.study import synthetic

COUNTS: dict[str, Any] = {"attempts": 1000.0, "errors": 0.0, "throttles": 0.0, "records_unprocessed": 0.0}


def step(objectives: Objectives | None = None, n: int = 1, verdict: str = "stable", **measures: float) -> list[str]:
    runs = [synthetic.run(i, verdict=verdict, **{**COUNTS, **measures}) for i in range(n)]
    return next_step(runs, assess(objectives or Objectives(), runs))


def test_what_is_missed_is_tried_to_be_mended() -> None:
    assert step(Objectives(latency_p99=0.5)) == ["advise"]
    assert step(verdict="overloaded") == ["advise"]


def test_of_several_mappings_the_worst_is_to_be_mended() -> None:
    one = synthetic.run(0, **COUNTS)
    two = synthetic.run(0, "other", verdict="blocked", **COUNTS)

    def both(field: str) -> dict[str, object]:
        return {**getattr(one, field), **getattr(two, field)}

    run = replace(one, **{name: both(name) for name in ("verdicts", "binding", "values", "tallies")})  # type: ignore[arg-type]
    assert next_step([run], assess(Objectives(), [run])) == ["advise", "--mapping", "other"]


def test_where_all_is_met_less_may_do() -> None:
    assert step(Objectives(latency_p99=5.0)) == ["size"]
    assert "objectives.iterator_age_p99=5s" in step()
    assert "objectives.recovery_time=30m" in step(verdict="backlogged")


def test_where_nothing_works_no_command_helps() -> None:
    assert step(verdict="blocked", attempts=7, errors=7) == []
    assert step(attempts=0) == []
    assert step(verdict="blocked", attempts=0, throttles=7, records_unprocessed=7) == ["advise"]


def test_what_is_undecided_takes_more_runs_or_time_for_the_records_that_are_left() -> None:
    assert step(Objectives(latency_max=1.2), 2, latency_max_s=1.2) == ["size"]
    few = [few_batches(i) for i in range(2)]
    assert next_step(few, assess(Objectives(iterator_age_p99=5.0), few)) == ["run", "-n", "20"]  # 2 runs have 40
    left = step(Objectives(latency_p99=2.0), latency_p99_most_s=float("inf"), records_unprocessed=100.0)
    assert left[:3] == ["run", "--set", "drain=10m"]


def few_batches(i: int) -> Figures:
    """A run with 20 batches, where 381 are needed."""
    run = synthetic.run(i, **COUNTS)
    tally = Tally.of(synthetic.measured(synthetic.ORDINARY, "iterator_age", most=20))
    ages = dict.fromkeys(run.tallies["reader"].ages, tally)
    return replace(run, tallies={"reader": replace(run.tallies["reader"], ages=ages)})


@pytest.mark.parametrize("n", [1, 3])
def test_a_command_is_words_that_a_shell_need_not_quote(n: int) -> None:
    assert all(word and " " not in word for word in step(Objectives(latency_p99=0.5), n))
