"""What several runs say together."""

from __future__ import annotations

from dataclasses import replace

from simulator.study import consensus
from simulator.study.figures import Figures
from tests.study.synthetic import run


def runs(*of: tuple[str, str]) -> list[Figures]:
    """Runs of so many verdicts and causes; the reasons name the replication."""
    return [
        replace(
            run(i, verdict=verdict, binding=cause), reasons={"reader": f"why {i}"},
            binding_reasons={"reader": f"how {i}"},
        )
        for i, (verdict, cause) in enumerate(of)
    ]  # fmt: skip


SOME = runs(("stable", "lanes"), ("overloaded", ""), ("stable", ""), ("overloaded", "lanes"), ("backlogged", "lanes"))


def test_the_verdict_is_the_worst_of_all_runs_with_the_share_in_which_it_held() -> None:
    found = consensus.verdict(SOME, "reader")
    assert (found.word, found.share) == ("overloaded", "in 2 of 5 runs")
    assert found.runs == {"stable": 2, "backlogged": 1, "overloaded": 2}
    assert found.reason == "why 1"


def test_what_binds_in_most_runs_binds_with_the_reason_of_such_a_run() -> None:
    found = consensus.binding(SOME, "reader")
    assert (found.word, found.share, found.reason) == ("lanes", "in 3 of 5 runs", "how 0")


def test_of_causes_that_bind_as_often_the_first_in_the_alphabet_is_told() -> None:
    assert consensus.binding(runs(("stable", "timeouts"), ("stable", "outage")), "reader").word == "outage"


def test_of_a_single_run_no_share_is_told() -> None:
    assert consensus.verdict(runs(("stable", "")), "reader").share == ""
