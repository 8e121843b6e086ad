"""The load at which it breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from simulator.scenario.spec import Scenario
from simulator.scenario.units import parse_rate
from simulator.study.evaluate import Evaluator
from simulator.study.executors import ExecutorError
from simulator.study.figures import Figures
from simulator.study.load_sweep import LoadSweep, factors, swept
from simulator.study.saturation import MOST
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


def overloaded_from(rate: float) -> Callable[[float, int], Figures]:
    return lambda at, i: run(i, verdict="stable" if at < rate else "overloaded")


@pytest.mark.parametrize("rate", [3.0, 40.0, 99.0, 101.0, 370.0, 5000.0])
def test_saturation_is_the_least_load_at_which_a_mapping_no_longer_keeps_up(tmp_path: Path, rate: float) -> None:
    found, asked = sweep_of(loaded(tmp_path), LOADS, overloaded_from(rate))
    assert found.saturation is not None
    assert found.saturation.holds < rate / 100 <= found.saturation.breaks <= 1.0201 * found.saturation.holds
    assert found.saturation.mapping == "reader"
    assert found.saturation.why == "is overloaded"
    assert found.knee is None
    assert [each.factor for each in found.points] == pytest.approx(sorted({rate / 100 for rate in asked}))


def test_neither_saturation_nor_knee_depend_on_the_loads_asked_for(tmp_path: Path) -> None:
    def of(rate: float, i: int) -> Figures:
        return run(i, verdict="stable" if rate < 333 else "losing", iterator_age_p99_s=1.0 if rate < 222 else 4.0)

    found = [sweep_of(loaded(tmp_path), loads, of)[0] for loads in (LOADS, [0.1, 0.2], [7.0, 9.0], [1.0])]
    assert len({each.saturation for each in found}) == 1
    assert len({each.knee for each in found}) == 1


def test_the_knee_is_where_it_is_three_times_as_late_as_at_a_quarter_of_saturation(tmp_path: Path) -> None:
    """100 records/s at a load of 1; the age grows with the rate, so that it is three times that of 100/s at 300/s."""

    def of(rate: float, i: int) -> Figures:
        return run(i, verdict="stable" if rate < 400 else "overloaded", iterator_age_p99_s=rate / 50)

    found, _ = sweep_of(loaded(tmp_path), LOADS, of)
    assert found.saturation is not None
    assert found.knee is not None
    bend = 0.75 * found.saturation.holds
    assert found.knee.holds <= bend <= found.knee.breaks <= 1.0201 * found.knee.holds
    assert "iterator age p99" in found.knee.why


def test_waiting_to_be_written_is_late_too(tmp_path: Path) -> None:
    """The iterator age counts from the acceptance; the latency counts from the production."""

    def of(rate: float, i: int) -> Figures:
        return run(i, verdict="stable" if rate < 200 else "losing", latency_p99_s=1.0 if rate < 120 else 60.0)

    found, _ = sweep_of(loaded(tmp_path), LOADS, of)
    assert found.knee is not None
    assert found.knee.holds < 1.2 <= found.knee.breaks
    assert "latency p99" in found.knee.why


def test_most_replications_decide(tmp_path: Path) -> None:
    def of(rate: float, i: int) -> Figures:
        overloaded = rate >= 300 or (rate >= 120 and i == 0)  # one of three: not most
        return run(i, verdict="overloaded" if overloaded else "stable")

    found, _ = sweep_of(loaded(tmp_path), LOADS, of)
    assert found.saturation is not None
    assert found.saturation.holds < 3.0 <= found.saturation.breaks


def test_what_catches_up_is_late_and_not_saturated(tmp_path: Path) -> None:
    """As a scenario with an outage is, at some load."""

    def of(rate: float, i: int) -> Figures:
        return run(i, verdict="stable" if rate < 150 else "backlogged" if rate < 250 else "overloaded")

    found, _ = sweep_of(loaded(tmp_path), LOADS, of)
    assert found.saturation is not None
    assert found.saturation.holds < 2.5 <= found.saturation.breaks
    assert found.knee is not None
    assert found.knee.holds < 1.5 <= found.knee.breaks
    assert "backlogged" in found.knee.why


def test_what_keeps_up_with_all_that_is_tried_is_not_saturated(tmp_path: Path) -> None:
    found, asked = sweep_of(loaded(tmp_path), LOADS, lambda rate, i: run(i))
    assert found.saturation is None
    assert found.knee is None
    assert max(asked) == 100 * MOST


def test_what_never_keeps_up_is_saturated_at_any_load(tmp_path: Path) -> None:
    found, asked = sweep_of(loaded(tmp_path), LOADS, lambda rate, i: run(i, verdict="blocked"))
    assert found.saturation is not None
    assert found.saturation.holds == 0
    assert found.saturation.why == "is blocked"
    assert found.knee is None
    assert min(asked) == pytest.approx(100 / MOST)


def test_the_knee_of_a_pushed_lane_lies_below_its_capacity(tmp_path: Path) -> None:
    """A lane with one record in 100 ms takes 10 a second: M/D/1. Its mean wait at use rho is D rho / (2 (1 - rho)), and
    the tail grows alike: three times the latency of a quarter of the load comes well before all of it."""
    fields = content(
        rate="10/s", batch="100ms", duration="300s", drain="600s",
        producer={"arrivals": "poisson", "record_size": "1B"},
        mapping={"consumer": "push", "batch_size": 1, "push": {"propagation": "0s"}},
    )  # fmt: skip
    source = Source.of(written(tmp_path, fields))
    found = swept(source.scenario(), Evaluator(source), [0.3, 0.6, 1.2], 2)
    assert found.saturation is not None
    assert found.saturation.holds == pytest.approx(1.0, rel=0.1)
    assert found.knee is not None
    assert 0.5 < found.knee.holds < found.knee.breaks < found.saturation.holds


def test_batches_that_fill_are_saturated_at_the_capacity(tmp_path: Path) -> None:
    """Constant arrivals, 100 records in 0.5 s: nothing queues below 200 records/s, and everything above."""
    fields = content(
        rate="100/s", batch="500ms", duration="600s", drain="10s",
        mapping={"consumer": "push", "batch_size": 100, "push": {"propagation": "0s"}},
    )  # fmt: skip
    source = Source.of(written(tmp_path, fields))
    found = swept(source.scenario(), Evaluator(source), [0.5, 1.0, 3.0], 1)
    assert found.saturation is not None
    assert found.saturation.holds == pytest.approx(2.0, rel=0.05)


def test_a_load_whose_runs_fail_does_not_hold(tmp_path: Path) -> None:
    def evaluate(settings: Sequence[Setting], n: int) -> dict[Setting, list[Figures]]:
        rates = {each: parse_rate(dict(each.overrides)["producers.0.rate"].strip('"')) for each in settings}
        return {each: [run(i) for i in range(n)] if rates[each] < 300 else [] for each in settings}

    found = swept(loaded(tmp_path), evaluate, LOADS, 2)
    assert found.saturation is not None
    assert found.saturation.holds < 3.0 <= found.saturation.breaks
    assert "no run" in found.saturation.why
    assert max(each.factor for each in found.points) < 3.0


def test_a_sweep_without_any_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExecutorError, match="no run has finished"):
        swept(loaded(tmp_path), lambda settings, n: {each: [] for each in settings}, LOADS, 2)
