"""When records are produced (docs/model.md, sections 2 and 19)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from simulator.scenario import spec
from simulator.scenario.spec import ConstantRate, Rate, Sine, Spikes, Step, Steps, Trace
from simulator.traffic.arrivals import Arrivals, EvenUnits, PoissonUnits, arrivals
from simulator.traffic.nanoseconds import NS, ns
from simulator.traffic.rates import profile

EVEN = spec.Producer(name="web", stream="s", rate=ConstantRate(rate=50.0), stop=600.0, arrivals="constant")
POISSON = replace(EVEN, arrivals="poisson")
Pieces = list[tuple[Fraction, Fraction]]  # from when on the rate is how much
SOME = settings(max_examples=40)


def taken(producer: spec.Producer, key: int = 1) -> NDArray[np.int64]:
    """All production times of a producer."""
    return arrivals(producer, key).until(ns(1e6))[0]


# constant arrivals against exact fractions


def exact_ns(pieces: Pieces, start: Fraction, stop: Fraction) -> Iterator[Fraction]:
    """The first times, in ns, at which the integral from `start` is k + 1/2; of pieces that cover start to stop."""
    reached, wanted = Fraction(0), Fraction(1, 2)
    for (begin, rate), (end, _) in zip(pieces, [*pieces[1:], (stop, Fraction(0))], strict=True):
        low, high = max(begin, start), min(end, stop)
        while rate and low < high and wanted <= reached + rate * (high - low):
            time = low + (wanted - reached) / rate
            if time < stop:
                yield time * NS
            wanted += 1
        reached += rate * max(Fraction(0), high - low)


def check(rate: Rate, pieces: Pieces, start: str, stop: str) -> None:
    found = taken(replace(EVEN, rate=rate, start=float(start), stop=float(stop))).tolist()
    expected = list(exact_ns(pieces, Fraction(start), Fraction(stop)))
    assert len(found) == len(expected)
    for time_ns, exact in zip(found, expected, strict=True):
        assert abs(time_ns - exact) <= 1


def decimals(low: int, high: int) -> st.SearchStrategy[str]:
    """Numbers of a file, with one decimal."""
    return st.integers(10 * low, 10 * high).map(lambda tenths: f"{tenths / 10}")


@SOME
@given(decimals(1, 30), decimals(-20, 0), decimals(1, 20))
def test_a_constant_rate_produces_when_its_integral_is_k_and_a_half(rate: str, start: str, stop: str) -> None:
    check(ConstantRate(rate=float(rate)), [(Fraction(-100), Fraction(rate))], start, stop)


@SOME
@given(st.lists(st.tuples(decimals(1, 10), decimals(0, 30)), min_size=1, max_size=6), decimals(-5, 5))
@example([("12.5", "10.2"), ("1.0", "0.0")], "0.0")  # 10.2 * 12.5 is less than 127.5 in floats
def test_steps_produce_when_their_integral_is_k_and_a_half(steps: list[tuple[str, str]], start: str) -> None:
    at, made, pieces = Fraction(0), [], [(Fraction(-100), Fraction(0))]
    for lasts, rate in steps:
        made.append(Step(at=float(at), rate=float(rate)))
        pieces.append((at, Fraction(rate)))
        at += Fraction(lasts)
    check(Steps(steps=tuple(made)), pieces, start, "30")


@SOME
@given(decimals(0, 3), decimals(1, 30), decimals(1, 9), st.floats(0, 1), decimals(-20, 0))
@example("0.0", "19.5", "16.8", 8.6 / 16.8, "0.0")
def test_spikes_produce_when_their_integral_is_k_and_a_half(
    base: str, peak: str, every: str, part: float, start: str
) -> None:
    lasts = f"{round(float(every) * part, 1)}"
    spikes = Spikes(base=float(base), peak=float(peak), every=float(every), lasts=float(lasts))
    pieces = []
    for n in range(-21, 41):
        begin = n * Fraction(every)
        pieces += [(begin, Fraction(peak)), (begin + Fraction(lasts), Fraction(base))]
    check(spikes, pieces, start, "40")


@SOME
@given(st.lists(st.tuples(decimals(1, 9), decimals(0, 40)), min_size=2, max_size=6), decimals(-5, 5))
def test_a_trace_produces_when_its_integral_is_k_and_a_half(rows: list[tuple[str, str]], start: str) -> None:
    times = [Fraction(0)]
    for lasts, _ in rows[:-1]:
        times.append(times[-1] + Fraction(lasts))
    edges = [*times, 2 * times[-1] - times[-2]]
    records = [float(n) for _, n in rows]
    trace = Trace(trace="t.csv", scale=1.0, stretch=1.0, time_s=np.array(times, float), records=np.array(records))
    rates = [Fraction(n) / (edges[i + 1] - edges[i]) for i, (_, n) in enumerate(rows)]
    pieces = [(Fraction(-100), Fraction(0)), *zip(edges, [*rates, Fraction(0)], strict=True)]
    check(trace, pieces, start, "80")


def wave_integral(sine: Sine) -> Callable[[float, float], float]:
    """The integral of a sine cut off at 0, between two times, by its zeros."""
    omega = 2 * math.pi / sine.period
    half = sine.period / 2
    if sine.amplitude > abs(sine.mean):
        half = math.acos(-sine.mean / sine.amplitude) / omega

    def upto(t: float) -> float:
        n = math.floor((t - sine.peak_at) / sine.period + 0.5)
        within = max(-half, min(half, t - sine.peak_at - n * sine.period))
        of_one = 2 * (sine.mean * half + sine.amplitude / omega * math.sin(omega * half))
        return n * of_one + sine.mean * within + sine.amplitude / omega * math.sin(omega * within)

    return lambda begin, end: upto(end) - upto(begin)


@pytest.mark.parametrize(
    "sine",
    [
        Sine(mean=30.0, amplitude=10.0, period=60.0, peak_at=13.0),
        Sine(mean=10.0, amplitude=17.0, period=60.0, peak_at=13.0),
        Sine(mean=-1.0, amplitude=50.0, period=31.0, peak_at=7.0),
        Sine(mean=20.0, amplitude=20.0, period=17.3),
    ],
)
def test_a_sine_produces_when_its_integral_is_k_and_a_half(sine: Sine) -> None:
    found = taken(replace(EVEN, rate=sine, start=-40.0, stop=90.0)) / NS
    integral = wave_integral(sine)
    assert len(found) == int(integral(-40.0, 90.0) + 0.5)
    for k, time in enumerate(found.tolist()):
        rate = sine.mean + sine.amplitude * math.cos(2 * math.pi * (time - sine.peak_at) / sine.period)
        assert abs(integral(-40.0, time) - (k + 0.5)) <= 1.1e-9 * max(rate, 0.1) + 1e-10


class Given:
    """Units that are given."""

    def __init__(self, units: list[float]) -> None:
        self.units = np.array(units)

    def upto(self, limit: float) -> NDArray[np.float64]:
        return self.units[self.units <= limit]

    def give_back(self, units: NDArray[np.float64]) -> None:
        self.units = units


def produced(rate: Rate, start_s: float, stop_s: float, units: Given) -> list[int]:
    of = profile(rate)
    assert of is not None
    times: list[int] = Arrivals(of, start_s, stop_s, units).until(ns(stop_s))[0].tolist()  # type: ignore[arg-type]
    return times


@pytest.mark.parametrize("rate", [7.3, 2.0, 1e6])
def test_constant_arrivals_weeks_later_are_still_right_to_a_nanosecond(rate: float) -> None:
    weeks_s = 4 * 7 * 86_400
    before = int(weeks_s * rate)
    found = produced(ConstantRate(rate=rate), -float(weeks_s), 1000.0, Given([before + i + 0.5 for i in range(500)]))
    exact = [(Fraction(2 * (before + i) + 1, 2) / Fraction(str(rate)) - weeks_s) * NS for i in range(500)]
    assert max(abs(time - want) for time, want in zip(found, exact, strict=True)) <= 1


# what lies outside


def test_a_rate_of_0_produces_nothing() -> None:
    assert taken(replace(EVEN, rate=ConstantRate(rate=0.0))).tolist() == []
    assert arrivals(replace(EVEN, rate=ConstantRate(rate=0.0)), 1).expected(NS) == 0


def test_a_record_due_at_the_stop_is_not_produced() -> None:
    assert taken(replace(EVEN, rate=ConstantRate(rate=1.0), stop=2.5)).tolist() == [NS // 2, 3 * NS // 2]


def test_expected_counts_from_start_to_stop_only() -> None:
    of = arrivals(replace(POISSON, start=10.0, stop=20.0), 1)
    assert [of.expected(t * NS) for t in (0, 10, 15, 20, 99)] == pytest.approx([0, 0, 250, 500, 500])


def test_what_lies_beyond_all_that_a_trace_has_is_never_produced() -> None:
    """A Poisson process can come as near to it as the rounding of a sum of millions."""
    trace = Trace(trace="t.csv", time_s=np.array([0.0, 10.0]), records=np.array([1e6, 1e6]))
    units = Given([2e6 - 1, 2e6 + 5e-4])
    assert produced(trace, 0.0, 100.0, units) == [19_999_990_000]
    assert units.units.tolist() == [2e6 + 5e-4]


# Poisson arrivals


def test_counts_have_the_mean_and_the_variance_of_their_rate() -> None:
    counts = np.array([len(taken(replace(POISSON, stop=20.0), key)) for key in range(400)])
    assert abs(counts.mean() - 1000) < 4 * math.sqrt(1000 / 400)
    assert counts.var(ddof=1) == pytest.approx(1000, rel=4 * math.sqrt(2 / 399))


def test_counts_of_neighbouring_times_are_independent() -> None:
    counts = np.bincount((taken(replace(POISSON, stop=2000.0)) // NS).astype(int), minlength=2000)
    assert counts.var() == pytest.approx(50, rel=4 * math.sqrt(2 / 2000))
    assert abs(np.corrcoef(counts[1:], counts[:-1])[0, 1]) < 4 / math.sqrt(2000)


def test_gaps_are_exponential() -> None:
    gaps = np.diff(taken(POISSON)) / NS
    assert len(gaps) > 25_000
    assert stats.kstest(gaps, stats.expon(scale=1 / 50).cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    "rate",
    [
        Sine(mean=40.0, amplitude=70.0, period=90.0),
        Spikes(base=5.0, peak=200.0, every=60.0, lasts=10.0),
        Steps(steps=(Step(at=0.0, rate=10.0), Step(at=100.0, rate=0.0), Step(at=300.0, rate=90.0))),
    ],
)
def test_the_integral_of_the_rate_between_arrivals_is_exponential(rate: Rate) -> None:
    of = profile(rate)
    assert of is not None
    reached = [of.integral(t) for t in (taken(replace(POISSON, rate=rate)) / NS).tolist()]
    gaps = np.diff([of.integral(0.0), *reached])
    assert stats.kstest(gaps, stats.expon.cdf).pvalue > 1e-3


def test_arrivals_at_a_high_rate_are_not_held_up_by_their_portions() -> None:
    found = taken(replace(POISSON, rate=ConstantRate(rate=1e6), stop=0.5))
    assert abs(len(found) - 500_000) < 4 * math.sqrt(500_000)
    assert (np.diff(found) >= 0).all()


def test_keys_give_different_arrivals() -> None:
    assert not set(taken(POISSON, 1).tolist()) & set(taken(POISSON, 2).tolist())


# whatever stretches are asked for

RATES: dict[str, Rate] = {
    "constant": ConstantRate(rate=50.0),
    "sine": Sine(mean=40.0, amplitude=70.0, period=90.0),
    "spikes": Spikes(base=0.0, peak=19.5, every=16.8, lasts=8.6),
    "steps": Steps(steps=(Step(at=0.0, rate=10.2), Step(at=12.5, rate=0.0), Step(at=400.0, rate=3.0))),
    "trace": Trace(trace="t.csv", time_s=np.array([0.0, 100.0, 101.0]), records=np.array([500.0, 0.0, 700.0])),
}


@pytest.mark.parametrize("of", [EVEN, POISSON])
@pytest.mark.parametrize("name", RATES)
@settings(max_examples=15)
@given(st.lists(st.integers(-120 * NS, 700 * NS) | st.sampled_from([0, NS // 100, 12_500_000_000]), max_size=8))
def test_arrivals_do_not_depend_on_the_stretches_they_are_taken_in(
    of: spec.Producer, name: str, cuts: list[int]
) -> None:
    producer = replace(of, rate=RATES[name], start=-100.0)
    whole, in_parts = taken(producer), arrivals(producer, 1)
    parts = [in_parts.until(end)[0] for end in [*sorted(cuts), 700 * NS]]
    assert np.concatenate(parts).tolist() == whole.tolist()
    for begin, end, part in zip([-200 * NS, *sorted(cuts)], [*sorted(cuts), 700 * NS], parts, strict=True):
        assert all(begin <= time < end for time in part.tolist())


@pytest.mark.parametrize("units", [EvenUnits, lambda: PoissonUnits(7)])
def test_a_stretch_may_end_at_each_very_record(units: Callable[[], EvenUnits | PoissonUnits]) -> None:
    rate = profile(ConstantRate(rate=30.0))
    assert rate is not None
    whole = Arrivals(rate, 0.0, 20.0, units()).until(ns(20.0))[0]
    one_by_one = Arrivals(rate, 0.0, 20.0, units())
    for time in whole.tolist():
        assert one_by_one.until(time)[0].tolist() == []
        assert one_by_one.until(time + 1)[0].tolist() == [time]
