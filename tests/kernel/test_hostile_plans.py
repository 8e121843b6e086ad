"""A plan that is none ends in an error, never in a crash or a hang."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from simulator.kernel.machine import Machine, OutOfMemoryError
from simulator.kernel.plan import plan
from simulator.scenario.loading import load

MOST_BYTES = 1 << 28


@pytest.fixture(scope="module")
def good() -> bytes:
    return plan(load(Path("tests/cases/throttles/scenario.yaml")), 1, 0)


def test_a_truncated_plan_is_refused(good: bytes) -> None:
    for length in [*range(0, 400, 8), *range(400, len(good) - 8, 999 * 8), len(good) - 8]:
        with pytest.raises(ValueError, match="no plan"):
            Machine(good[:length], MOST_BYTES)


def test_random_bytes_are_refused() -> None:
    draws = random.Random(1)
    for length in (0, 8, 64, 1 << 12, 1 << 16):
        with pytest.raises(ValueError, match="no plan"):
            Machine(draws.randbytes(length), MOST_BYTES)


def test_a_plan_with_a_word_that_cannot_be_is_refused_or_begins(good: bytes) -> None:
    draws = random.Random(2)
    words = len(good) // 8
    refused = 0
    for _ in range(300):
        at = draws.choice([draws.randrange(40), draws.randrange(words - 500, words)]) * 8
        damaged = good[:at] + draws.randbytes(8) + good[at + 8 :]
        try:
            Machine(damaged, MOST_BYTES)
        except (ValueError, OutOfMemoryError):
            refused += 1
    assert refused > 50


def test_a_run_that_may_take_no_memory_is_refused(good: bytes) -> None:
    with pytest.raises(OutOfMemoryError):
        Machine(good, 1 << 16)
