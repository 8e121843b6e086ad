"""Whole nanoseconds (docs/model.md, section 19)."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.traffic.nanoseconds import NEVER, NS, all_half_up, half_up, ns, seconds

TEN_YEARS_S = 3650 * 86_400.0
COMPUTED = st.floats(-TEN_YEARS_S * NS, TEN_YEARS_S * NS)


@pytest.mark.parametrize(
    ("given_s", "whole"),
    [
        (0.0, 0), (-0.0, 0), (0.1, 100_000_000), (0.3, 300_000_000), (1.1e-9, 1), (0.5e-9, 1), (0.49e-9, 0),
        (-0.5e-9, 0), (-0.51e-9, -1), (1.0000000005, 1_000_000_001), (TEN_YEARS_S, 315_360_000 * NS),
        (1_234_567.123456789, 1_234_567_123_456_789),
    ],
)  # fmt: skip
def test_a_given_duration_is_rounded_half_up_from_its_digits(given_s: float, whole: int) -> None:
    assert ns(given_s) == whole


@given(st.integers(0, 10**15))
def test_what_is_given_in_whole_nanoseconds_stays_what_it_is(whole: int) -> None:
    assert ns(whole / NS) == whole


def plain(nanoseconds: float) -> int:
    return math.floor(Fraction(nanoseconds) + Fraction(1, 2))


@given(COMPUTED)
@example(0.49999999999999994)
@example(2.0**52 + 1)
@example(-(2.0**52) - 1)
@example(2.0**51 + 0.5)
@example(-2.5)
def test_a_computed_duration_is_rounded_half_up_exactly(nanoseconds: float) -> None:
    assert half_up(nanoseconds) == plain(nanoseconds)
    assert type(half_up(nanoseconds)) is int


@given(st.lists(COMPUTED))
def test_many_are_rounded_as_one(nanoseconds: list[float]) -> None:
    rounded = all_half_up(np.array(nanoseconds))
    assert rounded.dtype == np.int64
    assert rounded.tolist() == [plain(each) for each in nanoseconds]


def test_what_never_happens_is_never() -> None:
    assert all_half_up(np.array([1.4, np.inf, 1e300])).tolist() == [1, NEVER, NEVER]


def test_seconds_are_the_nearest_floats() -> None:
    assert seconds(300_000_001) == 0.300000001
