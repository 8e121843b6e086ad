"""Poison records (docs/model.md, section 7)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.spec import Poison
from simulator.traffic.nanoseconds import NS
from simulator.traffic.poison import Poisoned

SOME = settings(max_examples=60)


def poisoned(*poison: Poison, seed: int = 1, replication: int = 0, function: str = "f") -> Poisoned:
    return Poisoned(list(poison), seed, replication, function, "s")


def struck(of: Poisoned, first: int, n: int, producer: str = "p") -> list[int]:
    return (first + np.flatnonzero(np.isfinite(of.at_random(producer, first, n)))).tolist()


@pytest.mark.parametrize("probability", [0.0, 0.02, 0.5, 1.0])
def test_poison_strikes_each_record_with_its_probability(probability: float) -> None:
    n = len(struck(poisoned(Poison(probability=probability)), 0, 100_000))
    assert abs(n - 100_000 * probability) <= 4 * math.sqrt(100_000 * probability * (1 - probability))


@SOME
@given(st.lists(st.integers(0, 40), max_size=30))
def test_which_records_are_poison_does_not_depend_on_the_portions_they_come_in(portions: list[int]) -> None:
    of = poisoned(Poison(probability=0.1))
    ends = np.cumsum([0, *portions]).tolist()
    found = [n for first, size in zip(ends, portions, strict=False) for n in struck(of, first, size)]
    assert found == struck(of, 0, ends[-1])


def test_producers_functions_seeds_replications_and_entries_are_struck_apart() -> None:
    once = Poison(probability=0.5)
    found = [
        struck(poisoned(once), 0, 2000),
        struck(poisoned(once), 0, 2000, "other"),
        struck(poisoned(once, function="g"), 0, 2000),
        struck(poisoned(once, seed=2), 0, 2000),
        struck(poisoned(once, replication=1), 0, 2000),
    ]
    for i, one in enumerate(found):
        for other in found[:i]:
            assert abs(len({*one} & {*other}) - 500) < 4 * math.sqrt(2000 * 0.25 * 0.75)
    assert abs(len(struck(poisoned(once, once), 0, 2000)) - 1500) < 4 * math.sqrt(2000 * 0.25 * 0.75)


def test_of_several_entries_the_one_that_comes_first_in_the_attempt_counts() -> None:
    often, seldom = Poison(probability=1.0, fails_after=0.7), Poison(probability=0.5, fails_after=0.2)
    for entries in ((often, seldom), (seldom, often)):
        after = poisoned(*entries).at_random("p", 0, 1000)
        assert set(after.tolist()) == {0.2, 0.7}
    of = poisoned(Poison(at=(1.0,), fails_after=0.7), Poison(at=(0.9, 0.95), fails_after=0.3))
    marks = np.array([0.5, np.inf])
    of.at_times(np.array([NS, 2 * NS]), marks)
    assert marks.tolist() == [0.3, np.inf]


def marked(at: list[float], accepted: list[list[int]]) -> list[list[float]]:
    """What is marked of records accepted in several windows."""
    of, found = poisoned(Poison(at=tuple(at), fails_after=0.5)), []
    for times in accepted:
        after = np.full(len(times), np.inf)
        of.at_times(np.array(times, np.int64), after)
        found.append(after.tolist())
    return found


def test_of_records_accepted_at_one_instant_the_first_row_is_struck() -> None:
    assert marked([1.0], [[3 * NS, NS, NS, 2 * NS]]) == [[math.inf, 0.5, math.inf, math.inf]]


def test_a_record_accepted_at_the_very_time_is_struck_and_one_of_a_nanosecond_before_is_not() -> None:
    assert marked([1.0], [[NS - 1, NS + 1]]) == [[math.inf, 0.5]]
    assert marked([1.0], [[NS - 1, NS]]) == [[math.inf, 0.5]]


@SOME
@given(
    st.lists(st.floats(0, 10).map(lambda t: round(t, 2)), max_size=5),
    st.lists(st.lists(st.integers(0, 99), max_size=6), max_size=5),
)
def test_the_first_record_accepted_at_or_after_each_time_is_struck_whatever_the_windows(
    at: list[float], windows: list[list[int]]
) -> None:
    """Window i has times from i to before i + 1 s, in hundredths, in any order: shards follow each other."""
    accepted = [[(100 * i + t) * NS // 100 for t in times] for i, times in enumerate(windows)]
    flat = [(time, i, row) for i, times in enumerate(accepted) for row, time in enumerate(times)]
    first = [min((each for each in flat if each[0] >= round(t * NS)), default=None) for t in at]
    expected = [[math.inf] * len(times) for times in accepted]
    for each in first:
        if each:
            expected[each[1]][each[2]] = 0.5
    assert marked(at, accepted) == expected
