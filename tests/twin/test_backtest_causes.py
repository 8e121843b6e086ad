"""What is said of a miss: the first cause that other metrics of that time tell, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from simulator.twin.backtest.causes import Both, cause
from simulator.twin.backtest.judging import Band, Miss, misses
from simulator.twin.backtest.minutes import (
    CONCURRENCY,
    DURATION,
    ERRORS,
    INVOCATIONS,
    ITERATOR_AGE,
    THROTTLES,
    WRITES_REFUSED,
    Measure,
)

STEPS, FIRST, TO = 30, 10, 15
USUAL = {
    ITERATOR_AGE: 500.0, INVOCATIONS: 120.0, DURATION: 50.0, ERRORS: 0.0, THROTTLES: 0.0, CONCURRENCY: 2.0,
    WRITES_REFUSED: 0.0,
}  # fmt: skip


def both(seen: Mapping[Measure, float], simulated: Mapping[Measure, float]) -> Both:
    """Usual values, others in the stretch; refused writes are the stream's."""
    of = {measure: "meter" if measure == WRITES_REFUSED else "sum" for measure in USUAL}
    values, runs = {}, {}
    for measure, usual in USUAL.items():
        column = np.full(STEPS, usual)
        column[FIRST:TO] = seen.get(measure, usual)
        values[measure, of[measure]] = column
        rows = np.full((39, STEPS), usual) * np.linspace(0.98, 1.02, 39)[:, None]
        rows[:, FIRST:TO] = simulated.get(measure, usual) * np.linspace(0.98, 1.02, 39)[:, None]
        runs[measure, of[measure]] = rows
    return Both(values, runs, {"sum": ("meter",)}, 60)


@pytest.mark.parametrize(
    ("seen", "simulated", "words"),
    [
        ({THROTTLES: 8}, {}, "40 throttles there that the scenario has no cause for"),
        ({ERRORS: 3, THROTTLES: 1}, {}, "5 throttles there that the scenario has no cause for"),
        ({ERRORS: 3}, {ERRORS: 1}, "more errors there: 15 observed, 5 simulated"),
        (
            {ERRORS: 90, DURATION: 90},
            {ERRORS: 100},
            "invocations took longer: 90 ms observed, 50 ms simulated",
        ),
        ({}, {ERRORS: 2}, "the scenario has 10 errors there, none was observed"),
        (
            {},
            {WRITES_REFUSED: 2},
            "the scenario has 10 refused writes there, none was observed: more records were accepted than the "
            "scenario's shards take",
        ),
        (
            {INVOCATIONS: 240},
            {},
            "the same records in smaller batches there: 1,200 invocations observed, 600 simulated",
        ),
        (
            {INVOCATIONS: 60, DURATION: 90},
            {},
            "the same records in larger batches there: 300 invocations observed, 600 simulated, and invocations took "
            "longer: 90 ms observed, 50 ms simulated",
        ),
        ({DURATION: 90}, {}, "invocations took longer: 90 ms observed, 50 ms simulated"),
        ({}, {}, "invocations and their durations are as simulated: records waited before, or were of other keys"),
    ],
)
def test_a_late_iterator_has_the_first_cause_that_is_there(
    seen: Mapping[Measure, float], simulated: Mapping[Measure, float], words: str
) -> None:
    miss = Miss(ITERATOR_AGE, "sum", FIRST, TO, 9000.0, 500.0, chance=False)
    assert cause(both({ITERATOR_AGE: 9000, **seen}, simulated), miss) == words


def test_an_iterator_that_is_less_late_than_simulated_waited_less() -> None:
    miss = Miss(ITERATOR_AGE, "sum", FIRST, TO, 80.0, 123.0, chance=False)
    words = "invocations and their durations are as simulated: records waited less before, or were of other keys"
    assert cause(both({ITERATOR_AGE: 80}, {}), miss) == words


@pytest.mark.parametrize(("seen", "word"), [(90.0, "longer"), (20.0, "less time")])
def test_a_duration_that_nothing_else_explains_is_the_functions_own(seen: float, word: str) -> None:
    miss = Miss(DURATION, "sum", FIRST, TO, seen, 50.0, chance=False)
    expected = f"as many invocations of as many records: the function itself took {word}"
    assert cause(both({DURATION: seen}, {}), miss) == expected


def test_a_late_iterator_looks_back_by_as_much_as_it_is_late() -> None:
    all_of_it = both({THROTTLES: 8}, {})
    late = Miss(ITERATOR_AGE, "sum", TO + 2, TO + 4, 240_000.0, 500.0, chance=False)
    assert cause(all_of_it, late) == "16 throttles there that the scenario has no cause for"
    not_late = Miss(ITERATOR_AGE, "sum", TO + 2, TO + 4, 900.0, 500.0, chance=False)
    assert "throttles" not in cause(all_of_it, not_late)


def test_a_metric_is_no_cause_of_itself() -> None:
    miss = Miss(THROTTLES, "sum", FIRST, TO, 8.0, 0.0, chance=False)
    assert cause(both({THROTTLES: 8}, {}), miss) == "no other metric that was observed differs there"


def test_single_minutes_are_chance_unless_they_are_far_outside_and_a_minute_inside_ends_no_miss() -> None:
    runs = np.full((39, STEPS), 100.0) * np.linspace(0.9, 1.1, 39)[:, None]
    seen = np.full(STEPS, 100.0)
    seen[3], seen[8], seen[[20, 21, 23]] = 112.0, 200.0, 112.0
    found = [(each.first, each.to, each.chance) for each in misses((DURATION, "sum"), seen, Band.of(runs), 0)]
    assert sorted(found) == [(3, 4, True), (8, 9, False), (20, 24, False)]
