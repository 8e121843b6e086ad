"""When pushed records are available (docs/model.md, section 5)."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.push import Subscription, disabled_periods, open_periods
from simulator.scenario.spec import EventSourceMapping, Period, Push

MIB = 2**20


def mapping(
    disabled: Sequence[tuple[float, float]] = (), starts_after: float = 0.0, propagation: float = 0.07
) -> EventSourceMapping:
    return EventSourceMapping(
        name="m",
        stream="s",
        function="f",
        consumer="push",
        starts_after=starts_after,
        push=Push(propagation=propagation),
        disabled=tuple(Period(from_=a, to=b) for a, b in disabled),
    )


def plain(
    of: EventSourceMapping, retention: float, accepted: Sequence[float], sizes: Sequence[int]
) -> tuple[list[float], int]:
    """e_k = max(a_k, e_(k-1), S) + b_k / (2 MiB/s), record by record; how many were passed over."""
    periods = iter(open_periods(of))
    since, until = next(periods)
    sent, k, passed = -math.inf, 0, 0
    available = [math.inf] * len(accepted)
    while k < len(accepted):
        begins = max(accepted[k], sent, since)
        leaves = begins + sizes[k] / (2 * MIB)
        if begins < until and begins - accepted[k] > retention:
            passed += 1
            k += 1
        elif leaves + of.push.propagation >= until:  # not available before the period ends: sent again after it
            since, until = next(periods)
            sent = -math.inf
        else:
            available[k] = leaves + of.push.propagation
            sent = leaves
            k += 1
    return available, passed


def test_a_record_is_available_after_its_sending_and_the_propagation() -> None:
    available = Subscription(mapping(), math.inf).push(np.array([1.0, 5.0]), 2 * MIB)
    assert available == pytest.approx([2.07, 6.07])


def test_records_are_sent_one_after_the_other() -> None:
    available = Subscription(mapping(), math.inf).push(np.array([1.0, 1.0, 1.2]), np.array([MIB, 2 * MIB, MIB]))
    assert available == pytest.approx([1.57, 2.57, 3.07])


def test_a_subscription_that_opens_with_a_backlog_sends_it_from_then_on() -> None:
    available = Subscription(mapping(starts_after=10.0), math.inf).push(np.array([-3.0, 4.0]), MIB)
    assert available == pytest.approx([10.57, 11.07])


def test_what_is_not_available_when_a_disabled_period_begins_is_sent_again_after_it() -> None:
    available = Subscription(mapping([(2.0, 8.0)]), math.inf).push(np.array([1.0, 1.6, 3.0]), MIB)
    assert available == pytest.approx([1.57, 8.57, 9.07])


def test_gone_records_are_passed_over_when_their_sending_would_begin() -> None:
    subscription = Subscription(mapping(starts_after=100.0), 50.0)
    available = subscription.push(np.array([10.0, 20.0, 60.0]), MIB)
    assert available.tolist()[:2] == [math.inf, math.inf]
    assert available[2] == pytest.approx(100.57)


def test_overlapping_and_touching_disabled_periods_are_one() -> None:
    assert disabled_periods(mapping([(5.0, 7.0), (1.0, 3.0), (6.0, 9.0), (9.0, 10.0)])) == [(1.0, 3.0), (5.0, 10.0)]


@pytest.mark.parametrize(
    ("starts_after", "expected"),
    [
        (0.0, [(0.0, 2.0), (4.0, 8.0), (9.0, math.inf)]),
        (3.0, [(4.0, 8.0), (9.0, math.inf)]),
        (5.0, [(5.0, 8.0), (9.0, math.inf)]),
        (20.0, [(20.0, math.inf)]),
    ],
)
def test_a_subscription_is_open_from_its_start_but_for_the_disabled_periods(
    starts_after: float, expected: list[tuple[float, float]]
) -> None:
    assert list(open_periods(mapping([(2.0, 4.0), (8.0, 9.0)], starts_after))) == expected


periods = st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 30)).map(lambda p: (p[0], p[0] + p[1])), max_size=3)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.floats(0, 4), st.integers(1, 9 * MIB)), min_size=1, max_size=40),
    periods,
    st.floats(0, 30),
    st.sampled_from([math.inf, 40.0, 7.0, 1.5]),
    st.integers(0, 40),
)
def test_records_are_available_when_the_plain_loop_says(
    records: list[tuple[float, int]], disabled: list[tuple[float, float]], starts: float, retention: float, cut: int
) -> None:
    accepted = np.cumsum([gap for gap, _ in records]) - 10.0
    sizes = np.array([size for _, size in records])
    of = mapping(disabled, starts, 0.113)
    expected, _ = plain(of, retention, accepted.tolist(), sizes.tolist())
    subscription = Subscription(of, retention)
    found = [subscription.push(accepted[rows], sizes[rows]) for rows in (np.s_[:cut], np.s_[cut:])]
    assert np.concatenate(found) == pytest.approx(np.array(expected), abs=1e-9)
