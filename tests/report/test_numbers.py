"""Numbers read like a person's."""

from __future__ import annotations

from math import inf, nan

import pytest

from simulator.report.numbers import count, estimate, interval, many, number, percent, rate, seconds, size, unit_of, usd
from simulator.study.statistics import Interval


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.00123456, "0.00123"), (0.5, "0.5"), (12.345, "12.3"), (123.456, "123"), (1234.5, "1,234.5"),
        (7396, "7,396"), (1e6, "1,000,000"), (-12.345, "-12.3"), (99.96, "100"), (nan, "-"), (inf, "∞"),
    ],
)  # fmt: skip
def test_a_number_has_three_digits_at_least_and_all_those_before_the_point(value: float, text: str) -> None:
    assert number(value) == text


def test_a_count_that_need_not_be_exact_has_two_or_three_digits_and_a_word() -> None:
    told = [many(value) for value in (0, 950, 12_345, 999_600, 3_210_000, 8.6e9, 8.64e12, 3.2e17)]
    assert told == ["0", "950", "12,300", "1,000,000", "3.2 million", "8.6 billion", "8.6 trillion", "3.2e+17"]


@pytest.mark.parametrize(
    ("value_s", "text"),
    [
        (0, "0 ms"), (2e-8, "0.02 µs"), (5e-4, "0.5 ms"),
        (0.0451, "45.1 ms"), (0.9994, "999 ms"), (0.9996, "1 s"), (1.234, "1.23 s"), (41.24, "41.2 s"),
        (99.96, "1 min 40 s"), (250, "4 min 10 s"), (3600, "1 h"),
        (15000, "4 h 10 min"), (86399.9, "24 h"), (183600, "2 d 3 h"), (nan, "-"), (inf, "not in the run"),
    ],
)  # fmt: skip
def test_a_time_is_told_in_the_units_that_suit_it(value_s: float, text: str) -> None:
    assert seconds(value_s) == text


@pytest.mark.parametrize(
    ("value_bytes", "text"),
    [(0, "0 B"), (512, "512 B"), (1024, "1 KiB"), (12.3 * 2**20, "12.3 MiB"), (5 * 2**50, "5,120 TiB"), (nan, "-")],
)
def test_bytes_are_told_in_the_unit_that_suits_them(value_bytes: float, text: str) -> None:
    assert size(value_bytes) == text


def test_parts_money_counts_and_rates() -> None:
    assert [percent(part) for part in (0, 0.0004, 0.045, 0.45, 1.05, nan, inf)] == [
        "0%",
        "<0.1%",
        "4.5%",
        "45%",
        "105%",
        "-",
        "∞",
    ]
    assert [usd(each) for each in (0, 0.00421, 61.318, 12345.6, nan)] == [
        "USD 0.00", "USD 0.0042", "USD 61.32", "USD 12,346", "-",
    ]  # fmt: skip
    assert count(12345.4) == "12,345"
    assert rate(1234.5, "records") == "1,234.5 records/s"


@pytest.mark.parametrize(
    ("mean", "low", "high", "unit", "text"),
    [
        (41.2, 37.8, 44.6, "s", "41 s (38 to 45)"),  # 3.4 s either way: no tenths
        (41.234, 40.9, 41.6, "s", "41.2 s (40.9 to 41.6)"),
        (412, 377, 447, "s", "6.9 min (6.3 to 7.5)"),  # one unit for all three
        (15000, 14400, 15600, "s", "4.2 h (4.0 to 4.3)"),
        (0.93341, 0.93339, 0.93343, "s", "933 ms"),  # three digits, and they do not differ
        (1234.5, 1180, 1289, "", "1,230 (1,180 to 1,290)"),
        (0, 0, 0, "", "0"),
        (12.3 * 2**20, 12.1 * 2**20, 12.5 * 2**20, "B", "12.3 MiB (12.1 to 12.5)"),
        (5.0, nan, nan, "s", "5.00 s"),
        (inf, nan, nan, "s", "not in the run"),
        (nan, nan, nan, "s", "-"),
    ],
)
def test_an_interval_has_no_digit_that_it_does_not_support(
    mean: float, low: float, high: float, unit: str, text: str
) -> None:
    assert interval(mean, low, high, unit) == text


def test_an_estimate_of_one_run_is_its_value_and_of_several_a_mean_and_an_interval_not_below_zero() -> None:
    assert estimate(Interval(250.0, nan, 1), "s") == "4 min 10 s"
    assert estimate(Interval(2.0, 3.0, 5), "s") == "2 s (0 to 5)"
    assert estimate(Interval(nan, nan, 0), "s") == "-"


def test_a_measures_unit_is_the_end_of_its_name() -> None:
    names = ("latency_p99_s", "accepted_bytes", "usd_per_month", "records_lost")
    assert [unit_of(name) for name in names] == ["s", "B", "USD", ""]
