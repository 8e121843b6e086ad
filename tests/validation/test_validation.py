"""The faster part of the validation suite, and the suite's own checks: it fails when it should."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.validation import chapter_measured, theory_queues
from tests.validation.chapter_queues import SERVICES, single
from tests.validation.judging import FAIL, PASS, TOO_WIDE, Verdict, judge, most_outside
from tests.validation.page import BEGIN, END, failures, inserted, page
from tests.validation.running import run, run_all
from tests.validation.studies import Chapter, Expected, Study
from tests.validation.suite import quick
from tests.validation.theory_queues import NotConvergedError, Service


def verdicts(*studies: Study) -> list[Verdict]:
    with ThreadPoolExecutor(1) as pool:
        return judge(run_all(studies, pool))


@pytest.mark.parametrize("study", quick(), ids=lambda study: study.expected[0].case)
def test_the_simulator_gives_what_is_expected(study: Study) -> None:
    assert failures(verdicts(study)) == []


# the suite's own checks

MD1 = single("M/D/1", SERVICES["M/D/1"], 0.5, 0.1)
FIGURES = [run(replace(MD1, replications=8), r) for r in range(8)]


def judged(expected: Expected, figures: list[dict[str, float]]) -> Verdict:
    return judge([(replace(MD1, expected=(expected,), replications=len(figures)), figures)])[0]


def test_the_theory_of_another_queue_fails() -> None:
    right = MD1.expected[0]
    mm1 = theory_queues.mg1_wait(5.0, 0.1, 0.02) + 0.1
    assert judged(right, FIGURES).verdict == PASS
    assert judged(replace(right, value=mm1), FIGURES).verdict == FAIL


def test_an_interval_too_wide_to_tell_fails() -> None:
    figures = [{"mean": value} for value in (0.05, 0.25, 0.1, 0.3)]
    assert judged(MD1.expected[0], figures).verdict == TOO_WIDE


def test_a_range_holds_what_lies_in_it_and_a_resolution_widens_it() -> None:
    exact = [{"x": 3.0}]
    assert judged(Expected("", "x", 2.0, "", high=3.0), exact).verdict == PASS
    assert judged(Expected("", "x", 2.0, "", high=2.9), exact).verdict == FAIL
    assert judged(Expected("", "x", 2.0, "", high=2.9, resolution=0.11), exact).verdict == PASS
    assert judged(Expected("", "x", 2.0, "", high=math.inf), exact).verdict == PASS


def test_a_figure_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a number in every replication"):
        judged(MD1.expected[0], [{"mean": math.nan}] * 3)


def test_too_many_values_outside_their_intervals_fail_even_if_each_is_near() -> None:
    near = [judged(replace(MD1.expected[0], value=value), FIGURES) for value in [1.001 * v["mean"] for v in FIGURES]]
    outside = [replace(v, mean=v.expected.value * 1.01, half_width=v.expected.value / 1000) for v in near]
    assert "lie outside" in failures(outside)[-1]
    assert most_outside(100) == 13  # scipy.stats.binom.cdf(13, 100, 0.05) = 0.9995


def test_the_page_shows_every_row() -> None:
    of = verdicts(replace(MD1, replications=2))
    text = page([(Chapter("One", "Text.", (MD1,)), of)], ["## More\n"])
    assert text.count("\n| M/D/1, rho 0.5 |") == 1
    assert "## One" in text
    assert "## More" in text


def test_a_part_of_a_page_is_made_anew_between_its_marks() -> None:
    text = f"before\n{BEGIN}old\n{END}after\n"
    assert inserted(text, "new\n") == f"before\n{BEGIN}new\n{END}after\n"
    with pytest.raises(ValueError, match="must stand in it"):
        inserted("before\n", "new\n")


def test_a_missing_file_of_measurements_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapter_measured, "FILE", tmp_path / "measured.csv")
    with pytest.raises(FileNotFoundError):
        chapter_measured.measured()
    (tmp_path / "measured.csv").write_text("consumer,p10_s\npush,1\n")
    with pytest.raises(KeyError):
        chapter_measured.measured()


# the theory against itself: what is solved numerically, where there is a formula


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0])
def test_batches_of_one_are_a_single_server_queue(cv: float) -> None:
    service = Service(0.1, cv)
    formula = theory_queues.mg1_wait(8.0, 0.1, service.second_moment)
    assert theory_queues.bulk_wait(8.0, 1, service) == pytest.approx(formula, rel=1e-9)


def test_full_batches_of_one_are_a_queue_with_vacations() -> None:
    formula = theory_queues.exhaustive_wait(0.05, Service(7.0, 0.0), 17.0)
    assert theory_queues.full_batch_wait(0.05, 1, 7, 17, 1.0) == pytest.approx(formula, rel=1e-6)


def test_a_gate_that_opens_after_each_service_is_a_queue_in_slots() -> None:
    """What is left at the gate, Q' = max(0, Q + A - 1) with A of a Poisson distribution, is rho^2 / (2 (1 - rho))."""
    rho = 0.8
    formula = 0.5 + rho**2 / (2 * (1 - rho)) + rho / 2
    assert theory_queues.gated_wait(rho, Service(1.0, 0.0), 1.0) == pytest.approx(formula, rel=1e-9)


def test_the_wait_at_a_gate_at_low_use_is_half_an_interval_and_those_before_one() -> None:
    assert theory_queues.gated_wait(1.0, Service(0.01, 0.0), 1.0) == pytest.approx(0.5 * 1.01)


def test_erlang_b_of_a_table() -> None:
    assert theory_queues.erlang_b(5.0, 10) == pytest.approx(0.018385, abs=1e-6)  # published tables: 0.0184


def test_erlang_c_of_one_server_is_a_single_server_queue() -> None:
    formula = theory_queues.mg1_wait(0.8, 1.0, 2.0)
    assert theory_queues.erlang_c_wait(0.8, 1.0, 1) == pytest.approx(formula)


def test_a_solution_that_does_not_converge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotConvergedError, match="leaves out"):
        theory_queues.full_batch_wait(0.4, 1, 2, 3, 1.0)
    monkeypatch.setattr(theory_queues, "LARGEST", 200)
    with pytest.raises(NotConvergedError, match="a chain of"):
        theory_queues.bulk_wait(38.0, 4, Service(0.1, 1.0))


@pytest.mark.parametrize("rate", [10.0, 12.0])
def test_there_is_no_steady_state_at_full_load(rate: float) -> None:
    solutions: list[Callable[[], float]] = [
        lambda: theory_queues.mg1_wait(rate, 0.1, 0.02),
        lambda: theory_queues.bulk_wait(4 * rate, 4, Service(0.1, 1.0)),
        lambda: theory_queues.gated_wait(rate, Service(0.1, 1.0), 1.0),
        lambda: theory_queues.erlang_c_wait(rate, 0.1, 1),
    ]
    for solve in solutions:
        with pytest.raises(ValueError, match="no steady state"):
            solve()
