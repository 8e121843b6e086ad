"""Producers: when records are produced, and how large they are (docs/model.md, section 2)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.model.producer import Producer, whole_bytes

from simulator.scenario import spec
from simulator.scenario.spec import (
    Constant,
    ConstantRate,
    CountedKeys,
    Distribution,
    Lognormal,
    Rate,
    Sine,
    Spikes,
    Step,
    Steps,
    Uniform,
    Zipf,
)

MIB = 2**20
STEADY = spec.Producer(name="web", stream="s", rate=ConstantRate(rate=50.0), stop=600.0)
EVEN = replace(STEADY, arrivals="constant")
SWINGING = replace(
    STEADY,
    rate=Sine(mean=40.0, amplitude=70.0, period=90.0),
    record_size=Lognormal(median=700.0, p99=9000.0),
    partition_keys=CountedKeys(count=50, popularity=Zipf(zipf=1.1)),
    start=-100.0,
)


def made(producer: spec.Producer, replication: int = 0) -> Producer:
    return Producer(producer, MIB, 1, replication)


def times(producer: spec.Producer, replication: int = 0) -> list[float]:
    found: list[float] = made(producer, replication).until(1e6).produced_s.tolist()
    return found


def test_constant_arrivals_come_when_the_integral_is_k_and_a_half() -> None:
    assert times(replace(EVEN, rate=ConstantRate(rate=4.0), start=1.0, stop=2.5)) == pytest.approx(
        [1.125, 1.375, 1.625, 1.875, 2.125, 2.375], abs=1e-9
    )


def test_constant_arrivals_count_the_integral_from_the_start_of_the_producer() -> None:
    spikes = Spikes(base=2.0, peak=10.0, every=4.0, lasts=1.0)
    found = times(replace(EVEN, rate=spikes, start=-2.0, stop=0.5))
    assert found == pytest.approx([-1.75, -1.25, -0.75, -0.25, 0.05, 0.15, 0.25, 0.35, 0.45], abs=1e-9)


def test_a_record_due_at_the_stop_is_not_produced() -> None:
    assert times(replace(EVEN, rate=ConstantRate(rate=1.0), stop=2.5)) == pytest.approx([0.5, 1.5])


@pytest.mark.parametrize(
    "rate",
    [
        Steps(steps=(Step(at=0.0, rate=2.5), Step(at=1.0, rate=0.0), Step(at=5.0, rate=10.0))),
        Spikes(base=0.0, peak=2.5, every=5.0, lasts=1.0),
    ],
)
def test_a_record_due_when_the_rate_falls_to_0_is_produced_then(rate: Rate) -> None:
    assert times(replace(EVEN, rate=rate, stop=4.0)) == pytest.approx([0.2, 0.6, 1.0], abs=1e-9)


def test_poisson_counts_have_the_mean_and_the_variance_of_their_rate() -> None:
    counts = np.array([len(times(replace(STEADY, stop=20.0), r)) for r in range(400)])
    assert abs(counts.mean() - 1000) < 4 * np.sqrt(1000 / 400)
    assert counts.var(ddof=1) == pytest.approx(1000, rel=4 * np.sqrt(2 / 399))


def test_poisson_gaps_are_exponential() -> None:
    gaps = np.diff(times(STEADY)) * 50.0
    assert len(gaps) > 25_000
    for q in (0.1, 0.5, 0.9, 0.99):
        below = np.mean(gaps < -np.log(1 - q))
        assert abs(below - q) < 4 * np.sqrt(q * (1 - q) / len(gaps))


def test_poisson_counts_follow_the_rate() -> None:
    producer = replace(STEADY, rate=Spikes(base=5.0, peak=200.0, every=60.0, lasts=10.0))
    found = np.array(times(producer))
    in_spikes = int((found % 60 < 10).sum())
    assert abs(in_spikes - 20_000) < 4 * np.sqrt(20_000)
    assert abs(len(found) - in_spikes - 2_500) < 4 * np.sqrt(2_500)


@pytest.mark.parametrize("producer", [STEADY, EVEN, SWINGING, replace(SWINGING, arrivals="constant")])
@settings(derandomize=True, deadline=None, max_examples=15)
@given(cuts=st.lists(st.floats(-120, 700), max_size=6))
def test_records_do_not_depend_on_the_stretches_they_are_taken_in(producer: spec.Producer, cuts: list[float]) -> None:
    whole, piecewise = made(producer).until(600.0), made(producer)
    parts = [piecewise.until(end) for end in [*sorted(cuts), 700.0]]
    assert np.concatenate([p.produced_s for p in parts]) == pytest.approx(whole.produced_s, abs=1e-9)
    assert np.concatenate([p.draws for p in parts]).tolist() == whole.draws.tolist()
    sizes = np.concatenate([np.broadcast_to(np.asarray(p.bytes), len(p)) for p in parts])
    assert sizes.tolist() == np.broadcast_to(np.asarray(whole.bytes), len(whole)).tolist()


def test_expected_counts_from_start_to_stop_only() -> None:
    producer = made(replace(STEADY, start=10.0, stop=20.0))
    assert [producer.expected(t) for t in (0.0, 10.0, 15.0, 20.0, 99.0)] == pytest.approx([0, 0, 250, 500, 500])


@pytest.mark.parametrize(("size", "whole"), [(0.2, 1), (1.4, 1), (1.6, 2), (2.5, 2), (1024.0, 1024)])
def test_constant_sizes_are_whole_bytes_and_at_least_1(size: float, whole: int) -> None:
    assert whole_bytes(Constant(value=size), MIB, np.random.default_rng(1), 3) == whole


@pytest.mark.parametrize("size", [Uniform(low=0.0, high=3.0), Lognormal(median=200_000.0, p99=5e6)])
def test_drawn_sizes_are_whole_bytes_between_1_and_the_largest(size: Distribution) -> None:
    drawn = np.asarray(whole_bytes(size, MIB, np.random.default_rng(1), 20_000))
    assert drawn.dtype == np.int64
    assert 1 <= drawn.min() <= drawn.max() <= MIB
