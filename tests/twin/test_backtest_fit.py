"""Fitting fields that nobody knows: what is recovered, with which interval, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from simulator.scenario.loading import load
from simulator.traffic.log import Floats
from simulator.twin.backtest.fitting import RUNS, CannotTellError, Setting, fitted
from simulator.twin.backtest.minutes import DURATION, ITERATOR_AGE, Key
from simulator.twin.backtest.running import Runs
from simulator.twin.backtest.unknowns import Unknown, UnknownFieldError, unknowns

from .conftest import Command
from .files import write
from .truths import SCENARIO, backtest, inside, observe

MINUTES = 60
AGE: Key = (ITERATOR_AGE, "sum")
TIME: Key = (DURATION, "sum")
LINE = np.linspace(1, 2, MINUTES)


def unknown(name: str) -> Unknown:
    return Unknown(name, 0.0, 1.0, False, False, "0", "Something.")


def minutes(draw: np.random.Generator, a: float, b: float) -> dict[Key, Floats]:
    """Two metrics: one of both fields, one of the second alone; noise hangs together from minute to minute."""
    noise = draw.normal(0, 3, (2, MINUTES + 4))
    slow = np.array([np.convolve(each, np.ones(5) / 5, "valid") for each in noise])
    return {AGE: 100 * (a + b * LINE) + slow[0], TIME: 50 * b * np.ones(MINUTES) + slow[1]}


def model(fields: int) -> tuple[list[Unknown], object]:
    def simulate(values: Sequence[Setting]) -> list[Runs]:
        found = []
        for each in values:
            a, b = (float(each[0]), float(each[1]) if fields == 2 else 0.3)
            runs = [minutes(np.random.default_rng(900 + number), a, b) for number in range(RUNS)]
            found.append(Runs({key: np.array([run[key] for run in runs]) for key in (AGE, TIME)}, ()))
        return found

    return [unknown(name) for name in ("a", "b")[:fields]], simulate


@pytest.mark.parametrize("fields", [1, 2])
def test_the_interval_has_the_truth_in_nine_of_ten_cases_and_is_narrow(fields: int) -> None:
    names, simulate = model(fields)
    within, widths = 0, []
    for seed in range(20):
        truth = (0.62, 0.3)
        found = fitted(names, minutes(np.random.default_rng(seed), *truth), simulate)  # type: ignore[arg-type]
        within += all(float(each.low) <= value <= float(each.high) for each, value in zip(found, truth, strict=False))
        widths += [float(each.high) - float(each.low) for each in found]
    assert within >= 18 - 2 * (fields - 1)
    assert np.median(widths) < 0.1


def test_a_field_that_nothing_depends_on_is_refused_and_so_is_one_that_noise_hides() -> None:
    def still(values: Sequence[Setting]) -> list[Runs]:
        runs = np.array([minutes(np.random.default_rng(number), 0.5, 0.5)[AGE] for number in range(RUNS)])
        return [Runs({AGE: runs}, ()) for _ in values]

    def faint(values: Sequence[Setting]) -> list[Runs]:
        return [Runs({AGE: still([each])[0].values[AGE] + 0.1 * float(each[0])}, ()) for each in values]

    seen = {AGE: minutes(np.random.default_rng(77), 0.5, 0.5)[AGE]}
    with pytest.raises(CannotTellError, match=r"^a: the data cannot tell it: no metric .* changes .* from 0 to 1"):
        fitted([unknown("a")], seen, still)
    with pytest.raises(CannotTellError, match=r"^a: .* the metrics change less than from one run to the next"):
        fitted([unknown("a")], seen, faint)


@pytest.mark.usefixtures("no_plots")
def test_polls_that_were_missed_are_fitted_and_the_judged_runs_have_them(shardsim: Command) -> None:
    observe(shardsim, "polling.missed=0.3")
    _, told = backtest(shardsim, "-n", 9, "--fit", "polling.missed")
    [field] = told["fitted"]
    assert (field["field"], field["before"]) == ("polling.missed", "0")
    assert float(field["low"]) - 0.03 <= 0.3 <= float(field["high"]) + 0.03
    assert load("out/scenario.yaml").event_source_mappings[0].polling.missed == float(field["value"])
    assert inside(told)["Invocations"] >= 0.7


@pytest.mark.usefixtures("no_plots")
def test_what_the_data_cannot_tell_is_one_line_and_exit_3_and_nothing_is_written(shardsim: Command) -> None:
    observe(shardsim)
    write(Path(), "twin.yaml", SCENARIO)
    options = ("--observed", "seen", "-j", 1, "--fit", "retry_backoff.initial")
    result = shardsim("backtest", "twin.yaml", *options)
    assert (result.exit_code, result.stdout) == (3, "")
    last = result.stderr.splitlines()[-1]
    assert last.startswith("error: retry_backoff.initial: the data cannot tell it: no metric that was observed changes")
    assert not Path("reports").exists()


def test_a_name_that_cannot_be_fitted_is_told_with_those_that_can(shardsim: Command) -> None:
    write(Path(), "twin.yaml", SCENARIO)
    Path("seen").mkdir()
    for name in ("batch_size", "poling.missed", "polling", "functions.sum.timeout"):
        result = shardsim("backtest", "twin.yaml", "--observed", "seen", "--fit", name)
        assert result.exit_code == 2
        assert f"--fit: '{name}' cannot be fitted; idle_timeout, " in result.stderr
        assert "polling.missed, " in result.stderr


def test_each_assumed_number_has_a_range_and_its_ends_are_values_of_a_scenario() -> None:
    scenario = load(write(Path(), "twin.yaml", SCENARIO))
    ranges = {
        "polling.missed": ("0", "0.9"),
        "polling.jitter": ("0", "0.5"),
        "invoke_overhead": ("0s", "1s"),
        "retry_backoff.initial": ("50ms", "5s"),
        "throttle_backoff.factor": ("1", "20"),
        "event_source_mappings.0.polling.latency": ("1ms", "100ms"),
    }
    for name, ends in ranges.items():
        [field] = unknowns(scenario, [name])
        assert (field.value(0), field.value(1)) == ends
        for end in ends:
            load("twin.yaml", [(name, end)])


def test_more_fields_than_can_be_told_apart_are_refused() -> None:
    scenario = load(write(Path(), "twin.yaml", SCENARIO))
    with pytest.raises(UnknownFieldError, match="4 fields are named; 3 at most"):
        unknowns(scenario, ["polling.missed", "polling.jitter", "invoke_overhead", "idle_timeout"])
    with pytest.raises(UnknownFieldError, match="named twice"):
        unknowns(scenario, ["polling.missed", "polling.missed"])
