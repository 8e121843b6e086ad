"""What all who poll share of a shard: 5 calls/s and a window of bytes (docs/model.md, section 4)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.read_limits import ReadLimits
from simulator.traffic.nanoseconds import NS

MIB = 2**20


def test_five_calls_at_once_are_admitted_and_the_sixth_is_not() -> None:
    limits = ReadLimits()
    assert [limits.admit(0) for _ in range(6)] == [""] * 5 + ["no_call"]


def test_a_token_comes_back_every_fifth_of_a_second() -> None:
    limits = ReadLimits()
    for _ in range(5):
        limits.admit(0)
    assert limits.admit(NS // 5 - 1) == "no_call"
    assert limits.admit(NS // 5) == ""
    assert limits.admit(NS // 5) == "no_call"


def test_tokens_do_not_grow_beyond_five() -> None:
    limits = ReadLimits()
    assert [limits.admit(3600 * NS) for _ in range(6)].count("") == 5


def test_five_calls_a_second_are_admitted_for_ever() -> None:
    limits = ReadLimits()
    assert {limits.admit(k * NS // 5) for k in range(50_000)} == {""}


def test_small_answers_in_one_second_do_not_shut_each_other_out() -> None:
    limits = ReadLimits()
    for k in range(4):
        assert limits.admit(k) == ""
        limits.read(k, MIB // 2 - 1)
    assert limits.admit(4) == ""


def test_2_mib_shut_the_shard_until_the_second_is_over() -> None:
    limits = ReadLimits()
    limits.read(7, 2 * MIB)
    assert limits.admit(6 + NS) == "no_bytes"
    assert limits.admit(7 + NS) == ""


def test_an_answer_of_10_mib_shuts_the_shard_for_5_s() -> None:
    limits = ReadLimits()
    limits.read(0, 10 * MIB)
    assert limits.admit(5 * NS - 1) == "no_bytes"
    assert limits.admit(5 * NS) == ""


def test_what_is_read_while_a_window_is_open_lengthens_it() -> None:
    limits = ReadLimits()
    limits.read(0, 3 * MIB)
    limits.read(NS, 3 * MIB)  # a retry is never refused
    assert limits.admit(3 * NS - 1) == "no_bytes"
    assert limits.admit(3 * NS) == ""


def test_a_window_opens_when_bytes_are_read_not_when_a_call_is_made() -> None:
    limits = ReadLimits()
    limits.admit(0)
    limits.read(0, 0)
    limits.read(NS // 2, 2 * MIB)
    assert limits.admit(NS + NS // 2 - 1) == "no_bytes"
    assert limits.admit(NS + NS // 2) == ""


def test_a_call_that_is_refused_for_bytes_takes_no_token() -> None:
    limits = ReadLimits()
    limits.read(0, 2 * MIB)
    assert [limits.admit(1) for _ in range(20)] == ["no_bytes"] * 20
    assert [limits.admit(NS) for _ in range(6)].count("") == 5


def test_what_lacks_both_lacks_a_call_first() -> None:
    limits = ReadLimits()
    for _ in range(5):
        limits.admit(0)
    limits.read(0, 2 * MIB)
    assert limits.admit(1) == "no_call"


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, NS), st.integers(0, 6 * MIB), st.booleans()), max_size=60))
def test_calls_are_admitted_as_by_plain_exact_arithmetic(steps: list[tuple[int, int, bool]]) -> None:
    limits, now = ReadLimits(), 0
    tokens, seen = Fraction(5), 0
    opened, read = None, 0
    for gap, bytes_, retry in steps:
        now += gap
        tokens, seen = min(Fraction(5), tokens + Fraction(5 * (now - seen), NS)), now
        if opened is not None and now >= opened + max(NS, (read * NS + MIB) // (2 * MIB)):
            opened, read = None, 0
        if retry:
            admitted = limits.take_call(now)
            assert admitted == (tokens >= 1)
            tokens -= admitted
        else:
            shut = opened is not None and read >= 2 * MIB
            wanted = "no_call" if tokens < 1 else "no_bytes" if shut else ""
            assert limits.admit(now) == wanted
            tokens -= wanted == ""
            if wanted:
                continue
        limits.read(now, bytes_)
        if bytes_:
            opened, read = (now, 0) if opened is None else (opened, read)
            read += bytes_


@pytest.mark.parametrize("n", [1, 4, 17])
def test_in_no_second_are_more_than_ten_calls_admitted(n: int) -> None:
    limits, step = ReadLimits(), NS // (7 * n)
    admitted = [k * step for k in range(60 * n) if limits.admit(k * step) == ""]
    for begin in admitted:
        assert sum(begin <= at < begin + NS for at in admitted) <= 10
