"""Exponential backoff with a ceiling and jitter (docs/model.md, section 6)."""

from __future__ import annotations

import pytest

from simulator.model.backoff import Waits
from simulator.scenario.spec import Backoff
from simulator.traffic.draws import bits, unit
from simulator.traffic.nanoseconds import NS


@pytest.mark.parametrize(
    ("initial", "factor", "maximum", "waits"),
    [
        (0.5, 2.0, 60.0, [0.5, 1, 2, 4, 8, 16, 32, 60, 60]),
        (0.5, 1.0, 60.0, [0.5, 0.5, 0.5]),
        (90.0, 2.0, 60.0, [60, 60, 60]),
        (0.0, 2.0, 60.0, [0, 0, 0]),
    ],
)
def test_the_nth_wait_grows_up_to_the_maximum(
    initial: float, factor: float, maximum: float, waits: list[float]
) -> None:
    of = Waits(Backoff(initial=initial, factor=factor, maximum=maximum, jitter=0.0), 1)
    assert [of.ns(n + 1) for n in range(len(waits))] == [wait * NS for wait in waits]


def test_jitter_is_drawn_for_each_wait_of_the_lane_from_around_1() -> None:
    of = Waits(Backoff(initial=1.0, factor=1.0, maximum=60.0, jitter=0.5), 42)
    parts = [of.ns(1) / NS for _ in range(200)]
    assert parts == pytest.approx([1 + 0.5 * (2 * unit(bits(42, n)) - 1) for n in range(200)], abs=1e-9)
    assert 0.5 <= min(parts) < 0.55
    assert 1.45 < max(parts) <= 1.5
