"""Quantities: exact in, exact out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("70ms", 0.07),
        ("0.5s", 0.5),
        ("1.5 h", 5400.0),
        ("-30m", -1800.0),
        ("2d", 172800.0),
        ("0", 0.0),
        ("0.0", 0.0),
        ("1e3ms", 1.0),
        ("+1s", 1.0),
        (".5s", 0.5),
        ("291.7ms", 0.2917),
    ],
)
def test_a_duration_is_the_nearest_float(text: str, seconds: float) -> None:
    assert units.parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"), [("1B", 1), ("1KB", 1000), ("1KiB", 1024), ("1.5MiB", 1572864), ("2GB", 2e9), ("1GiB", 2**30)]
)
def test_a_size_is_in_bytes(text: str, size: float) -> None:
    assert units.parse_size(text) == size


@pytest.mark.parametrize(("text", "rate"), [("2000/s", 2000.0), ("90/m", 1.5), ("36/h", 0.01)])
def test_a_rate_is_per_second(text: str, rate: float) -> None:
    assert units.parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "s", "1", "1 ", "1_000s", "0x10s", "1ms2", "1 m s", "nan s", "inf", "\u0661s", "1S\n"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(units.UnitError):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0s"),
        (0.5, "500ms"),
        (6.13, "6.13s"),
        (90.0, "90s"),
        (600.0, "10m"),
        (86400.0, "1d"),
        (5400.0, "90m"),
        (-27.3, "-27.3s"),
        (0.07, "70ms"),
    ],
)
def test_a_duration_is_written_briefly(seconds: float, text: str) -> None:
    assert units.format_duration(seconds) == text


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_every_duration_is_written_so_that_it_is_read_back(seconds: float) -> None:
    assert units.parse_duration(units.format_duration(seconds)) == seconds


@given(st.floats(min_value=0, max_value=1e9))
def test_every_rate_and_size_is_written_so_that_it_is_read_back(value: float) -> None:
    assert units.parse_rate(units.format_rate(value)) == value
    assert units.parse_size(units.format_size(value)) == value


def test_an_exponent_without_end_is_infinite_at_once() -> None:
    assert not math.isfinite(units.parse_duration("1e999999999999999999999h"))
