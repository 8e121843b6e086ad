"""Numbers as text: what Python's own formatting says of each."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.measures.csv_text import lines, seconds, whole, words

NUMBERS = st.lists(st.integers(0, 2**61), min_size=1, max_size=30)


@given(NUMBERS)
def test_whole_numbers_are_written_as_python_writes_them(values: list[int]) -> None:
    assert lines([whole(np.array(values))]).split() == [str(value) for value in values]


@given(NUMBERS)
def test_times_are_written_in_seconds_to_six_decimals_half_up(values: list[int]) -> None:
    expected = [(Decimal(v) / 10**9).quantize(Decimal("1.000000"), ROUND_HALF_UP) for v in values]
    assert lines([seconds(np.array(values))]).split() == [str(value) for value in expected]


def test_names_keep_every_character_and_fields_are_separated_by_commas() -> None:
    names = words(["è,", "a longer one"], np.array([1, 0, 1]))
    assert lines([names, whole(np.array([0, 10_000, 7]))]) == "a longer one,0\nè,,10000\na longer one,7\n"


def test_no_rows_are_no_text() -> None:
    none = np.empty(0, np.int64)
    assert lines([words(["a"], none), whole(none), seconds(none)]) == ""
