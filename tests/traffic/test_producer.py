"""Producers: what is drawn for their records (docs/model.md, sections 2, 3 and 9)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario import spec
from simulator.scenario.spec import (
    Constant,
    ConstantRate,
    CountedKeys,
    Distribution,
    Exponential,
    Lognormal,
    Sine,
    Uniform,
    UniqueKeys,
    Zipf,
)
from simulator.traffic import arrivals
from simulator.traffic.nanoseconds import NS
from simulator.traffic.producer import Producer, whole_bytes
from simulator.traffic.quantiles import quantile

MIB = 2**20
STEADY = spec.Producer(name="web", stream="s", rate=ConstantRate(rate=50.0), stop=600.0)
SWINGING = replace(
    STEADY,
    rate=Sine(mean=40.0, amplitude=70.0, period=90.0),
    record_size=Lognormal(median=700.0, p99=9000.0),
    partition_keys=CountedKeys(count=50, popularity=Zipf(zipf=1.1)),
    start=-100.0,
)
UNIQUE = replace(SWINGING, partition_keys=UniqueKeys(), record_size=Uniform(low=1.0, high=5000.0))


def made(producer: spec.Producer, seed: int = 1, replication: int = 0) -> Producer:
    return Producer(producer, MIB, seed, replication)


@pytest.mark.parametrize("producer", [STEADY, replace(STEADY, arrivals="constant"), SWINGING, UNIQUE])
@settings(max_examples=10)
@given(cuts=st.lists(st.integers(-120 * NS, 700 * NS), max_size=6))
def test_records_do_not_depend_on_the_stretches_they_are_taken_in(producer: spec.Producer, cuts: list[int]) -> None:
    whole, piecewise = made(producer).until(700 * NS), made(producer)
    parts = [piecewise.until(end) for end in [*sorted(cuts), 700 * NS]]
    for column in ("produced_ns", "bytes", "draws"):
        assert np.concatenate([getattr(p, column) for p in parts]).tolist() == getattr(whole, column).tolist()
    assert [p.first for p in parts] == np.cumsum([0, *(len(p) for p in parts[:-1])]).tolist()


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("produced_ns", {"record_size": Constant(value=9.0), "partition_keys": UniqueKeys()}),
        ("bytes", {"partition_keys": UniqueKeys(), "rate": ConstantRate(rate=70.0)}),
        ("draws", {"record_size": Constant(value=9.0), "rate": ConstantRate(rate=70.0)}),
    ],
)
def test_times_sizes_and_keys_are_drawn_apart(column: str, change: dict[str, object]) -> None:
    """Record by record: what is drawn for one has nothing to do with the others."""
    before = getattr(made(SWINGING).until(600 * NS), column)
    after = getattr(made(replace(SWINGING, **change)).until(600 * NS), column)  # type: ignore[arg-type]
    n = min(len(before), len(after))
    assert n > 20_000
    assert before[:n].tolist() == after[:n].tolist()


@pytest.mark.parametrize(("name", "seed", "replication"), [("other", 1, 0), ("web", 2, 0), ("web", 1, 1)])
def test_another_name_seed_or_replication_draws_other_times_sizes_and_keys(
    name: str, seed: int, replication: int
) -> None:
    of = replace(SWINGING, rate=ConstantRate(rate=50.0))
    mine, theirs = made(of).until(600 * NS), made(replace(of, name=name), seed, replication).until(600 * NS)
    n = min(len(mine), len(theirs)) - 1
    for a, b in ((np.diff(mine.produced_ns), np.diff(theirs.produced_ns)), (mine.bytes, theirs.bytes)):
        assert abs(np.corrcoef(a[:n], b[:n])[0, 1]) < 4.5 / math.sqrt(n)
    assert (mine.draws[:n] == theirs.draws[:n]).mean() < 0.2  # the hottest of 50 keys has a fifth of the records


@pytest.mark.parametrize(("size", "whole"), [(0.2, 1), (1.4, 1), (1.6, 2), (2.5, 3), (1024.0, 1024)])
def test_constant_sizes_are_whole_bytes_and_at_least_1(size: float, whole: int) -> None:
    assert whole_bytes(quantile(Constant(value=size)), MIB, 7, 0, 3).tolist() == [whole] * 3


@pytest.mark.parametrize("size", [Uniform(low=0.0, high=3.0), Lognormal(median=200_000.0, p99=5e6)])
def test_drawn_sizes_are_whole_bytes_between_1_and_the_largest(size: Distribution) -> None:
    drawn = whole_bytes(quantile(size), MIB, 7, 0, 20_000)
    assert drawn.dtype == np.int64
    assert 1 <= drawn.min() <= drawn.max() <= MIB


def test_many_sizes_are_those_that_few_at_a_time_are(monkeypatch: pytest.MonkeyPatch) -> None:
    size = quantile(Uniform(low=0.0, high=1e6))
    whole = whole_bytes(size, MIB, 7, 5, 100).tolist()
    assert whole[60:] == whole_bytes(size, MIB, 7, 65, 40).tolist()
    monkeypatch.setattr(arrivals, "AT_ONCE", 32)
    assert whole_bytes(size, MIB, 7, 5, 100).tolist() == whole


def test_sizes_are_cut_off_at_the_largest_and_not_drawn_again() -> None:
    drawn = whole_bytes(quantile(Exponential(mean=1000.0)), 1000, 7, 0, 20_000)
    assert abs((drawn == 1000).mean() - math.exp(-0.9995)) < 4 * math.sqrt(0.25 / 20_000)
