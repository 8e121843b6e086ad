"""The random scenarios can be simulated, keep the model's sums, and seldom have ties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from . import Result, run, run_without_ties
from .result import ENDS
from .scenarios import random_scenario, scenarios

NOWHERE = Path()  # these scenarios name no files


def check(result: Result) -> None:
    """Section 8: every record ends as exactly one thing, and the parts of the latency add up to it."""
    for name, totals in result.totals.items():
        assert totals["produced"] == sum(totals[end] for end in ENDS)
        assert sum(totals["latency_parts_mean_s"].values()) == pytest.approx(totals["latency_mean_s"], abs=1e-6)
        assert min(totals["latency_parts_mean_s"].values()) >= -1e-9
        assert totals["unprocessed"] >= 0
        in_order(name, result)


def in_order(mapping: str, result: Result) -> None:
    """Section 6: a lane has at most one batch in flight."""
    free: dict[tuple[int, int], float] = {}
    for row in result.invocations:
        if row["mapping"] == mapping:
            lane = (row["shard"], row["lane"])
            assert row["started_at"] >= free.get(lane, float("-inf")) - 1e-9
            free[lane] = row["finished_at"]


@pytest.mark.parametrize("seed", range(30))
def test_seed(seed: int) -> None:
    """A seed gives one scenario, which gives one result that adds up."""
    scenario = random_scenario(seed)
    assert scenario == random_scenario(seed)
    check(run(scenario, NOWHERE))


@given(scenarios())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_strategy(scenario: dict[str, Any]) -> None:
    """What hypothesis makes of them adds up too."""
    check(run(scenario, NOWHERE))


def test_few_ties() -> None:
    """Most scenarios do not depend on an order that the model leaves open."""
    without = [run_without_ties(random_scenario(seed), NOWHERE) for seed in range(40)]
    assert sum(result is not None for result in without) >= 32
