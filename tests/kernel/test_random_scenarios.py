"""Both engines state the same of random scenarios, with and without draws (docs/kernel.md)."""

from __future__ import annotations

import pytest

from simulator.model.backoff import Waits
from tests.kernel.agreement import GENERATE, engines_agree, results_agree


def test_both_engines_state_the_same_of_random_scenarios() -> None:
    assert engines_agree(60, 0) == 60


def test_both_engines_measure_the_same_of_random_scenarios() -> None:
    assert results_agree(40, 0) == 40


def test_a_difference_between_the_engines_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One nanosecond more of every backoff, say."""
    waits = Waits.ns
    monkeypatch.setattr(Waits, "ns", lambda self, n: waits(self, n) + 1)
    with pytest.raises(AssertionError, match="both_engines_state_the_same"):
        engines_agree(30, 0, GENERATE)
