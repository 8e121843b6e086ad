"""The read limits of a shard that polling mappings share (docs/model.md, section 4; invariant I4)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.read_limits import ReadLimits

MIB = 2**20


def test_five_calls_a_second_are_admitted_for_ever() -> None:
    limits = ReadLimits()
    assert all(limits.admit(0.1 + 0.2 * k) for k in range(200_000))


def test_five_calls_at_once_are_admitted_and_the_sixth_is_not() -> None:
    limits = ReadLimits()
    assert [limits.admit(7.0) for _ in range(7)] == [True] * 5 + [False] * 2


def test_a_token_comes_back_every_fifth_of_a_second() -> None:
    limits = ReadLimits()
    for _ in range(5):
        limits.admit(7.0)
    assert [limits.admit(at) for at in (7.1, 7.19, 7.2, 7.3, 7.4, 7.41)] == [False, False, True, False, True, False]


def test_tokens_do_not_grow_beyond_five() -> None:
    limits = ReadLimits()
    limits.admit(0.0)
    assert sum(limits.admit(1000.0) for _ in range(9)) == 5


def test_an_answer_of_10_mib_shuts_the_shard_for_5_s() -> None:
    limits = ReadLimits()
    assert limits.admit(3.0)
    limits.owe(3.0, 10 * MIB)
    assert not limits.admit(7.99)
    assert limits.admit(8.0)


def test_debts_add_up_and_are_paid_one_after_the_other() -> None:
    limits = ReadLimits()
    limits.owe(0.0, 2 * MIB)
    limits.owe(0.5, 4 * MIB)
    assert not limits.admit(2.99)
    assert limits.admit(3.0)


def test_a_call_refused_for_debt_takes_no_token() -> None:
    limits = ReadLimits()
    limits.owe(0.0, MIB)
    assert [limits.admit(0.4) for _ in range(9)] == [False] * 9
    assert sum(limits.admit(0.5) for _ in range(9)) == 5


def test_a_retry_takes_a_token_in_spite_of_debt() -> None:
    limits = ReadLimits()
    limits.owe(0.0, MIB)
    assert [limits.take_token(0.1) for _ in range(6)] == [True] * 5 + [False]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 3 * MIB)), min_size=1, max_size=60))
def test_calls_are_admitted_as_by_a_plain_bucket_and_a_plain_debt(calls: list[tuple[float, int]]) -> None:
    limits = ReadLimits()
    now, tokens, debt = 0.0, 5.0, 0.0
    for gap, size in calls:
        now += gap
        tokens, debt = min(5.0, tokens + 5 * gap), max(0.0, debt - 2 * MIB * gap)
        if min(abs(tokens - 1), debt / MIB) < 1e-7 and not (debt == 0 and abs(tokens - 1) > 1e-7):
            return  # too close to call
        expected = debt == 0 and tokens >= 1
        assert limits.admit(now) == expected
        if expected:
            tokens -= 1
            debt += size
            limits.owe(now, size)


@pytest.mark.parametrize("seconds", [1, 4, 17])
def test_in_no_window_are_more_calls_admitted_than_the_bucket_allows(seconds: int) -> None:
    """I4."""
    limits = ReadLimits()
    admitted = [0.01 * k for k in range(3000) if limits.admit(0.01 * k)]
    for first in admitted:
        assert sum(first <= at < first + seconds for at in admitted) <= 5 + 5 * seconds
