"""The load at which it breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from simulator.scenario.spec import Scenario
from simulator.scenario.units import parse_rate
from simulator.study.evaluate import Evaluator
from simulator.study.figures import Figures
from simulator.study.load_sweep import LoadSweep, factors, swept
from simulator.study.settings import Setting
from simulator.study.source import Source
from tests.study.scenarios import content, loaded, written
from tests.study.synthetic import run


def test_the_loads_lie_at_equal_ratios_and_the_ends_are_among_them() -> None:
    assert factors(0.5, 8.0, 5) == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert factors(2.0, 2.0, 5) == [2.0]


def test_today_s_load_is_one_of_them() -> None:
    assert factors(0.5, 3.0, 5) == [0.5, 0.783, 1.0, 1.92, 3.0]  # 1.22 becomes 1


def sweep_of(
    scenario: Scenario, loads: Sequence[float], of_rate: Callable[[float, int], Figures]
) -> tuple[LoadSweep, list[float]]:
    """A sweep over runs that are a function of the rate; and the rates that were asked for."""
    asked: list[float] = []

    def evaluate(settings: Sequence[Setting], n: int) -> dict[Setting, list[Figures]]:
        rates = {each: parse_rate(dict(each.overrides)["producers.0.rate"].strip('"')) for each in settings}
        asked.extend(rates.values())
        return {each: [of_rate(rates[each], i) for i in range(n)] for each in settings}

    return swept(scenario, evaluate, loads, 3), asked


LOADS = [0.5, 1.0, 2.0, 4.0]


def test_the_knee_is_where_the_age_is_three_times_that_of_the_lowest_load(tmp_path: Path) -> None:
    """100 records/s at a load of 1; the age grows with the rate and is 3 s, three times that at 50/s, at 150/s."""
    found, asked = sweep_of(loaded(tmp_path), LOADS, lambda rate, i: run(i, iterator_age_p99_s=rate / 50))
    assert found.knee is not None
    assert found.knee.holds <= 1.5 <= found.knee.breaks <= found.knee.holds * 1.021
    assert found.knee.mapping == "reader"
    assert "iterator age p99" in found.knee.why
    assert [each.factor for each in found.points] == pytest.approx(sorted({rate / 100 for rate in asked}))


def test_waiting_to_be_written_is_late_too(tmp_path: Path) -> None:
    """The iterator age counts from the acceptance; the latency counts from the production."""
    found, _ = sweep_of(loaded(tmp_path), LOADS, lambda rate, i: run(i, latency_p99_s=1.0 if rate < 120 else 60.0))
    assert found.knee is not None
    assert found.knee.holds < 1.2 <= found.knee.breaks
    assert "latency p99" in found.knee.why


def test_a_worse_verdict_in_most_replications_is_past_the_knee(tmp_path: Path) -> None:
    def of(rate: float, i: int) -> Figures:
        backlogged = rate >= 300 or (rate >= 120 and i == 0)  # one of three: not most
        return run(i, verdict="backlogged" if backlogged else "stable")

    found, _ = sweep_of(loaded(tmp_path), LOADS, of)
    assert found.knee is not None
    assert found.knee.holds < 3.0 <= found.knee.breaks
    assert "backlogged" in found.knee.why


def test_what_is_backlogged_at_any_load_breaks_where_it_is_overloaded(tmp_path: Path) -> None:
    """As a scenario with an outage is."""
    found, _ = sweep_of(
        loaded(tmp_path), LOADS, lambda rate, i: run(i, verdict="backlogged" if rate < 250 else "overloaded")
    )
    assert found.knee is not None
    assert found.knee.holds < 2.5 <= found.knee.breaks


def test_without_a_load_that_breaks_there_is_no_knee(tmp_path: Path) -> None:
    found, asked = sweep_of(loaded(tmp_path), LOADS, lambda rate, i: run(i))
    assert found.knee is None
    assert asked == [50.0, 100.0, 200.0, 400.0]


def test_the_knee_of_a_pushed_lane_lies_below_its_capacity(tmp_path: Path) -> None:
    """A lane with one record in 100 ms takes 10 a second: M/D/1. Its mean wait at use rho is D rho / (2 (1 - rho)), and
    the tail grows alike: three times the latency of a third of the load comes well before all of it, and before that
    nothing breaks."""
    fields = content(
        rate="10/s", batch="100ms", duration="300s", drain="600s",
        producer={"arrivals": "poisson", "record_size": "1B"},
        mapping={"consumer": "push", "batch_size": 1, "push": {"propagation": "0s"}},
    )  # fmt: skip
    source = Source.of(written(tmp_path, fields))
    found = swept(source.scenario(), Evaluator(source), [0.3, 0.6, 1.2], 2)
    assert found.knee is not None
    assert 0.6 < found.knee.holds < found.knee.breaks < 1.0
    at = {each.factor: each.seen("m", "latency_p99_s").mean for each in found.points}
    assert at[found.knee.breaks] > 3 * at[0.3] or "backlogged" in found.knee.why


def test_the_knee_of_batches_that_fill_is_the_capacity(tmp_path: Path) -> None:
    """Constant arrivals, 100 records in 0.5 s: nothing queues below 200 records/s, and everything above."""
    fields = content(
        rate="100/s", batch="500ms", duration="600s", drain="10s",
        mapping={"consumer": "push", "batch_size": 100, "push": {"propagation": "0s"}},
    )  # fmt: skip
    source = Source.of(written(tmp_path, fields))
    found = swept(source.scenario(), Evaluator(source), [0.5, 1.0, 3.0], 1)
    assert found.knee is not None
    assert found.knee.holds == pytest.approx(2.0, rel=0.04)


def test_a_load_whose_runs_fail_does_not_hold(tmp_path: Path) -> None:
    def evaluate(settings: Sequence[Setting], n: int) -> dict[Setting, list[Figures]]:
        rates = {each: parse_rate(dict(each.overrides)["producers.0.rate"].strip('"')) for each in settings}
        return {each: [run(i) for i in range(n)] if rates[each] < 300 else [] for each in settings}

    found = swept(loaded(tmp_path), evaluate, LOADS, 2)
    assert found.knee is not None
    assert found.knee.holds < 3.0 <= found.knee.breaks
    assert "no run" in found.knee.why
    assert max(each.factor for each in found.points) < 3.0
