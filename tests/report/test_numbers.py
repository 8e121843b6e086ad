"""Numbers as people write them."""

import pytest

from simulator.report.numbers import count, seconds


@pytest.mark.parametrize(
    ("value_s", "text"),
    [
        (0.0451, "45.1 ms"), (0.9994, "999 ms"), (0.9996, "1 s"), (1.234, "1.23 s"), (41.23, "41.2 s"),
        (99.96, "1 min 40 s"), (250.0, "4 min 10 s"), (3600.0, "1 h"), (15000.0, "4 h 10 min"),
        (183600.0, "2 d 3 h"), (float("nan"), "-"),
    ],
)  # fmt: skip
def test_a_time_has_about_three_digits(value_s: float, text: str) -> None:
    assert seconds(value_s) == text


def test_a_count_has_its_thousands_apart() -> None:
    assert [count(0), count(999.6), count(12345678)] == ["0", "1,000", "12,345,678"]
