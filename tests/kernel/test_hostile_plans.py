"""A plan that is none ends in an error, never in a crash or a hang."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from simulator.kernel.machine import Machine, OutOfMemoryError
from simulator.kernel.plan import plan
from simulator.measures.run import measuring
from simulator.measures.run_times import run_times
from simulator.scenario.loading import load

MOST_BYTES = 1 << 28
MOST_CALLS = 50


CASES = ("throttles", "filters", "other_readers", "scaling", "on_demand")
PLANS = [(case, how) for case in CASES for how in ("stated", "measured")]


@pytest.fixture(scope="module", params=PLANS, ids=" ".join)
def good(request: pytest.FixtureRequest) -> bytes:
    case, how = request.param
    scenario = load(Path(f"tests/cases/{case}/scenario.yaml"))
    wanted = measuring(scenario, run_times(scenario)) if how == "measured" else None
    return plan(scenario, 1, 0, wanted)


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


def test_a_damaged_plan_that_begins_goes_on_to_an_end_or_an_error(good: bytes) -> None:
    """It may be nonsense, but what it does is bounded: by its memory, and by a second of simulated time a call."""
    draws = random.Random(3)
    words = len(good) // 8
    for _ in range(100):
        at = draws.randrange(words - 500, words) * 8
        damaged = good[:at] + draws.choice([bytes(8), b"\xff" * 8, draws.randbytes(8)]) + good[at + 8 :]
        try:
            machine = Machine(damaged, MOST_BYTES)
            for call in range(MOST_CALLS):
                if machine.go_on((call + 1) * 10**9) == Machine.OVER:
                    break
        except (ValueError, OutOfMemoryError):
            pass


def test_a_run_that_may_take_no_memory_is_refused(good: bytes) -> None:
    with pytest.raises(OutOfMemoryError):
        Machine(good, 1 << 16)
