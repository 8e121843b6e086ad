"""How memory changes a function's duration."""

# ruff: noqa: E501 - a message stands in one line, as a user sees it

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from simulator.scenario.expectations import mean
from simulator.scenario.loading import load
from simulator.scenario.memory import scaled, work
from simulator.scenario.spec import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Function,
    Gamma,
    Lognormal,
    Normal,
    Uniform,
    Work,
)
from simulator.traffic.draws import all_bits
from simulator.traffic.quantiles import quantile

from .conftest import Told

MIB = 2**20
TABLE = {128 * MIB: 2.0, 512 * MIB: 0.5, 1024 * MIB: 0.4}
WORK = Work(per_batch=Constant(value=0.02), per_record=Uniform(low=0.001, high=0.003))
END = "    duration: {per_batch: 20ms}\n"


def function(memory: int) -> Function:
    return Function(
        memory=memory * MIB,
        duration=WORK,
        duration_by_memory=TABLE,
        duration_measured_at=512 * MIB,
        cold_start=WORK.per_record,
    )


def test_without_a_table_memory_does_not_change_the_duration() -> None:
    assert work(Function(memory=1024 * MIB, duration=WORK)) is WORK


@pytest.mark.parametrize(("memory", "factor"), [(512, 1.0), (128, 4.0), (1024, 0.8)])
def test_the_duration_is_multiplied_by_what_the_table_says_of_the_two_sizes(memory: int, factor: float) -> None:
    found = work(function(memory))
    assert isinstance(found.per_record, Uniform)
    assert mean(found.per_batch) == pytest.approx(0.02 * factor)
    assert (found.per_record.low, found.per_record.high) == pytest.approx((0.001 * factor, 0.003 * factor))
    assert mean(found.per_mib) == 0


def test_between_two_sizes_twice_the_memory_halves_the_duration_where_it_does_so_from_end_to_end() -> None:
    assert mean(work(function(256)).per_batch) == pytest.approx(0.02 * 2)  # 128 MiB: 4 times, 512 MiB: once


DISTRIBUTIONS: list[Distribution] = [
    Constant(value=2.0),
    Uniform(low=1.0, high=3.0),
    Exponential(mean=2.0),
    Normal(mean=2.0, sd=0.5),
    Lognormal(median=2.0, p99=5.0),
    Gamma(mean=2.0, cv=0.7),
    Empirical(file="/t.csv", column="s", values=np.array([1.0, 2.0, 5.0])),
]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda each: type(each).__name__)
def test_every_draw_is_multiplied_by_the_factor(distribution: Distribution) -> None:
    plain, tripled = (quantile(each) for each in (distribution, scaled(distribution, 3.0)))
    draws = all_bits(1, 0, 20)
    assert tripled.all(draws).tolist() == pytest.approx((3 * plain.all(draws)).tolist())


def test_every_distribution_is_tried() -> None:
    assert {type(each) for each in DISTRIBUTIONS} == set(get_args(Distribution))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("    duration_by_memory: {128MiB: 1s}\n", "10: functions.enrich.duration_measured_at: is missing; it says with which memory `duration` was measured; it is given with duration_by_memory"),
        ("    duration_measured_at: 128MiB\n", "12: functions.enrich.duration_measured_at: is of no use without duration_by_memory; give both"),
        ("    memory: 2GiB\n    duration_by_memory: {128MiB: 1s, 1GiB: 300ms}\n    duration_measured_at: 128MiB\n", "12: functions.enrich.memory: 2GiB is not within duration_by_memory: 128MiB to 1GiB"),
        ("    duration_by_memory: {128MiB: 1s, 1GiB: 300ms}\n    duration_measured_at: 2GiB\n", "13: functions.enrich.duration_measured_at: 2GiB is not within duration_by_memory: 128MiB to 1GiB"),
        ("    duration_by_memory: {128MiB: 1s, 0.125GiB: 300ms}\n    duration_measured_at: 128MiB\n", "12: functions.enrich.duration_by_memory.0.125GiB: is given twice"),
        ("    duration_by_memory: {128: 1s}\n    duration_measured_at: 128MiB\n", "12: functions.enrich.duration_by_memory.128: '128' has no unit; allowed: a size from 128MiB to 10GiB in whole MiB; did you mean '128MiB'?"),
        ("    duration_by_memory: {128MiB: 0s}\n    duration_measured_at: 128MiB\n", "12: functions.enrich.duration_by_memory.128MiB: 0s is out of range; allowed: a duration from 1ms to 15m"),
        ("    architecture: x86_64\n", "12: functions.enrich.architecture: x86_64 is not known; allowed: x86 or arm; did you mean 'x86'?"),
    ],
)  # fmt: skip
def test_a_fault_in_the_table_is_told_where_it_is(told: Told, new: str, expected: str) -> None:
    assert told({END: END + new}) == [expected]


def test_a_table_in_a_file_is_read_in_bytes_and_seconds(scenario_file: Callable[[str], Path], valid: str) -> None:
    new = "    duration_by_memory: {128MiB: 2s, 512MiB: 500ms, 1GiB: 0.4s}\n    duration_measured_at: 512MiB\n"
    found = load(scenario_file(valid.replace(END, END + new))).functions["enrich"]
    assert (found.duration_by_memory, found.duration_measured_at) == (TABLE, 512 * MIB)
