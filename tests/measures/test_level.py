"""Numbers that change in time, such as backlogs and concurrency, against plain counting."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.concurrency import ConcurrencyMeasures, in_use, missed
from simulator.measures.grid import Stretch
from simulator.measures.level import Level
from simulator.model.facts import Attempt, Throttle

SOME = settings(derandomize=True, deadline=None, max_examples=80)
END = 40
changes_at = st.lists(st.tuples(st.integers(-12, END), st.integers(-5, 9)), max_size=30)
cuts = st.lists(st.integers(-11, END - 1), max_size=3, unique=True)


def stretches(inner: list[int], interval: int = 7) -> list[Stretch]:
    """The windows of a run from -12 to END."""
    edges = [-12, *sorted({*inner, 0}), END]
    return [Stretch(begin, end, end == END, interval) for begin, end in itertools.pairwise(edges)]


def measured(changes: list[tuple[int, int]], inner: list[int]) -> Level:
    level = Level()
    for stretch in stretches(inner):
        mine = [(t, c) for t, c in changes if stretch.begin_ns <= t < stretch.until_ns]
        pairs = np.array(mine, np.int64).reshape(-1, 2)
        level.advance(stretch, pairs[:, 0], pairs[:, 1])
    return level


def levels(changes: list[tuple[int, int]]) -> list[int]:
    """The level from each tick on, from -12 to END, both included."""
    return [sum(c for t, c in changes if t <= tick) for tick in range(-12, END + 1)]


@SOME
@given(changes_at, cuts)
def test_a_level_has_the_integral_and_the_peaks_of_counting_in_windows_of_any_size(
    changes: list[tuple[int, int]], inner: list[int]
) -> None:
    changes = [(-12, 200), *changes]  # never below 0
    found, expected = measured(changes, inner), levels(changes)
    since_0 = expected[12:]
    assert found.integral == sum(expected[:-1])
    assert found.mean_since_0(END) == sum(since_0[:-1]) / END
    assert found.peak == max(since_0)
    assert found.now == expected[-1]
    rows = [since_0[row * 7 : row * 7 + 7] for row in range(6)]
    assert found.areas.upto(6).tolist() == [sum(row[: END - 7 * i]) for i, row in enumerate(rows)]
    assert found.peaks.upto(6).tolist() == [max(row) for row in rows]
    assert found.at_ends(6).tolist() == [*(row[-1] for row in rows[:-1]), since_0[-1]]


@SOME
@given(changes_at, st.integers(0, END), st.integers(0, END))
def test_the_peak_between_two_times_includes_both(changes: list[tuple[int, int]], a: int, b: int) -> None:
    changes, (low, high) = [(-12, 200), *changes], sorted((a, b))
    level = Level()
    before, after = stretches([])
    steps = None
    for stretch in (before, after):
        pairs = np.array([(t, c) for t, c in changes if stretch.begin_ns <= t < stretch.until_ns], np.int64)
        steps = level.advance(stretch, *pairs.reshape(-1, 2).T)
    assert steps is not None
    assert steps.peak(low, high) == max(levels(changes)[12 + low : 13 + high])


def test_what_comes_and_goes_at_one_instant_is_never_seen() -> None:
    level = Level()
    level.advance(Stretch(0, 10, True, 5), np.array([3, 3, 3]), np.array([1, 5, -6]))
    assert (level.peak, level.integral, level.peaks.upto(2).tolist()) == (0, 0, [0, 0])


def test_an_integral_beyond_64_bits_is_exact() -> None:
    level, day = Level(), 86_400 * 10**9
    for number in range(3):
        stretch = Stretch(number * day, (number + 1) * day, False, 3600 * 10**9)
        level.advance(stretch, np.array([number * day]), np.array([10**6 if number == 0 else 0]))
    assert level.integral == 3 * day * 10**6 > 2**63
    assert sum(level.areas.values.tolist()) == level.integral


def test_the_integral_of_rows_that_were_followed_elsewhere_is_exact_too() -> None:
    rows = np.full(5, 1 << 61)
    assert Level.of(0, 0, rows, rows, rows).integral == 5 << 61


def attempt(started: int, finished: int) -> Attempt:
    where = 0, 0, 0, np.array([0]), 1, 1, 1
    return Attempt(*where, started, started, started, started, 0, finished, "cold", "ok", "")


@SOME
@given(st.lists(st.tuples(st.integers(0, 35), st.integers(1, 9)), min_size=1, max_size=25), cuts)
def test_concurrency_is_measured_as_by_counting_what_runs(attempts: list[tuple[int, int]], inner: list[int]) -> None:
    """Attempts are told when they start; those that would finish after the run count until its end."""
    measures = ConcurrencyMeasures()
    for stretch in stretches(inner):
        admitted = [attempt(s, s + n) for s, n in attempts if stretch.begin_ns <= s < stretch.until_ns]
        measures.observe(stretch, in_use(admitted))
    running = [sum(s <= tick < s + n for s, n in attempts) for tick in range(END)]
    assert measures.total_s == sum(running) / 1e9
    assert measures.peak == max(running)
    assert measures.level.areas.upto(6).tolist() == [sum(running[row * 7 : row * 7 + 7]) for row in range(6)]


def test_a_unit_is_missed_until_the_attempt_asks_again_after_its_overhead() -> None:
    """Refused at 20 for want of a unit, begun again at 50, it asks at 57; what lacked an environment misses none."""
    where = 0, 0, 0, np.zeros(1, np.int64)
    throttles = [Throttle(*where, 13, 20, 50, "concurrency"), Throttle(*where, 50, 57, 90, "scaling_rate")]
    assert missed(throttles, 7) == [(20, 57)]
