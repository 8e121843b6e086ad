"""How much more traffic an answer takes."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.objectives import Objectives
from simulator.study.bisection import edge
from simulator.study.headroom import headroom
from simulator.study.racing import Trial, trial
from tests.study.synthetic import run, setting


@given(st.floats(1.0, 100.0), st.floats(1.001, 50.0), st.sampled_from([0.01, 0.05, 0.3]))
def test_the_edge_lies_between_what_holds_and_what_does_not(low: float, times: float, precision: float) -> None:
    high, at = low * times, low * times**0.3
    last, first = edge(lambda x: x < at, low, high, precision)
    assert last < at <= first
    assert first <= last * (1 + precision)


def loaded(capacity: float, tried: list[float]) -> Callable[[float], Trial]:
    """A world that is slow from `capacity` times its traffic on."""

    def load(factor: float) -> Trial:
        tried.append(factor)
        runs = [run(i, latency_p99_s=0.5 if factor < capacity else 2.0) for i in range(2)]
        return trial(setting(load=factor), runs, Objectives(latency_p99=1.0))

    return load


@pytest.mark.parametrize("capacity", [1.02, 1.4, 1.5, 2.6, 9.9])
def test_the_headroom_is_the_capacity_to_five_percent(capacity: float) -> None:
    tried: list[float] = []
    found = headroom(loaded(capacity, tried), loaded(capacity, []))
    assert found.holds < capacity <= found.breaks <= found.holds * 1.05
    assert found.first_to_break is not None
    assert found.first_to_break.objective == "latency_p99"
    assert len(tried) <= 10
    assert list(found.trials) == sorted(tried)


def test_ten_times_the_traffic_is_headroom_enough() -> None:
    found = headroom(loaded(11.0, []), loaded(11.0, []))
    assert (found.holds, found.breaks, found.first_to_break) == (10.0, math.inf, None)


@pytest.mark.parametrize("capacity", [1.3, 2.0, 4.0, 20.0])
def test_what_few_runs_find_and_all_do_not_confirm_is_looked_for_again(capacity: float) -> None:
    """Few runs took it for three times as much."""
    confirmed: list[float] = []
    found = headroom(loaded(3 * capacity, []), loaded(capacity, confirmed), 1.2)
    assert 1.2 <= found.holds < capacity
    assert found.holds == 1.2 or found.holds in confirmed
    assert found.breaks == math.inf or found.breaks in confirmed
