"""What a file is to hold, and what is said of what it holds instead."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.reading.scalars import Flag, Number, OneOf, Shape, Text, UnfitError, Whole, Word
from simulator.reading.shapes import Group, ListOf, OrNull

NAN, INF = float("nan"), float("inf")
LETTER = Group({"to": Text(1), "pages": Whole(1, 9)}, known={"sealed": Flag()})


@pytest.mark.parametrize(
    ("shape", "fitting", "others"),
    [
        (Whole(), [0, 1, 2**63 - 1], [-1, 2**63, 1.0, True, "1", None, [], {}]),
        (Whole(1, 9), [1, 9], [0, 10]),
        (Number(), [0, -1.5, 1e100, 5], [NAN, INF, -INF, 1e101, 10**400, True, "1", None]),
        (Number(unknown=True), [1.0, NAN], [INF]),
        (Number(endless=True), [1.0, INF, -INF], [NAN, 1e101]),
        (Text(), ["", "x"], [None, 1, []]),
        (Text(1), ["x"], [""]),
        (Word("stable", ""), ["stable", ""], ["x", None, ["stable"]]),
        (Flag(), [True, False], [0, 1, "true", None]),
        (OneOf(Word("none"), Whole()), ["none", 3], ["some", -1, None]),
        (OrNull(Whole()), [None, 1], [-1]),
        (ListOf(Whole(), 1, 2), [[1], [1, 2]], [[], [1, 2, 3], ["x"], {}, None]),
        (LETTER, [{"to": "a", "pages": 1}, {"to": "a", "pages": 1, "sealed": True, "colour": []}], [{}, [], None]),
        (Group(others=Whole()), [{}, {"a": 1}], [{"a": -1}]),
    ],
)
def test_a_shape_takes_what_fits_and_nothing_else(shape: Shape, fitting: list[Any], others: list[Any]) -> None:
    for value in fitting:
        shape.check(value)
    for value in others:
        with pytest.raises(UnfitError):
            shape.check(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"letters": []}, "letters: has 0 entries; allowed: 1 or more"),
        ({"letters": [{"to": "a"}]}, "letters[0]: has no pages"),
        ({"letters": [{"to": "a", "pages": 0}]}, "letters[0].pages: 0 is given; allowed: a whole number from 1 to 9"),
        ({"letters": [{"to": "", "pages": 1}]}, "letters[0].to: '' is given; allowed: a text of 1 or more characters"),
        ({"letters": {"a\nb": 1}}, "letters: a group is given; allowed: a list"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_with_what_would_be_right(value: Any, said: str) -> None:
    with pytest.raises(UnfitError) as caught:
        Group({"letters": ListOf(LETTER, 1)}).check(value)
    assert str(caught.value) == said


def test_what_is_said_is_one_short_line_that_does_nothing_to_a_terminal() -> None:
    with pytest.raises(UnfitError) as caught:
        Group(others=Whole()).check({"\x1b[2J" + "k" * 1000: "\x1b[2J\n" + "v" * 1000})
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250
