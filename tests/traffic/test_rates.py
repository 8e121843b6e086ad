"""Rate profiles: the integral and its inverse (docs/model.md, section 2)."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from simulator.scenario.spec import ConstantRate, Rate, Sine, Spikes, Step, Steps, Trace
from simulator.traffic.rates import Profile, profile


def steps(*pairs: tuple[float, float]) -> Steps:
    return Steps(steps=tuple(Step(at=at, rate=rate) for at, rate in pairs))


def trace(times: list[float], records: list[float], scale: float = 1.0, stretch: float = 1.0) -> Trace:
    return Trace(trace="t.csv", scale=scale, stretch=stretch, time_s=np.array(times), records=np.array(records))


def wave(sine: Sine) -> Callable[[float], float]:
    return lambda t: max(0.0, sine.mean + sine.amplitude * math.cos(2 * math.pi * (t - sine.peak_at) / sine.period))


CALM = Sine(mean=100.0, amplitude=40.0, period=60.0, peak_at=13.0)
CLIPPED = Sine(mean=100.0, amplitude=170.0, period=60.0, peak_at=13.0)
MOSTLY_ZERO = Sine(mean=1.0, amplitude=50.0, period=60.0, peak_at=7.0)
DAILY = Sine(mean=2000.0, amplitude=1500.0, period=86400.0, peak_at=43200.0)
SPIKES = Spikes(base=3.0, peak=71.0, every=11.0, lasts=2.5)
DIPS = Spikes(base=17.0, peak=0.0, every=7.0, lasts=1.5)
ON_OFF = Spikes(base=0.0, peak=29.0, every=5.0, lasts=1.25)

# each profile with its rate as a plain function, and the times at which the rate jumps
PROFILES: dict[str, tuple[Rate, Callable[[float], float], list[float]]] = {
    "constant": (ConstantRate(rate=37.5), lambda t: 37.5, []),
    "steps": (
        steps((1.0, 10.0), (4.0, 0.0), (6.5, 55.0)),
        lambda t: 0.0 if t < 1 else 10.0 if t < 4 else 0.0 if t < 6.5 else 55.0,
        [1.0, 4.0, 6.5],
    ),
    "trace": (
        trace([0, 10, 15, 35], [40, 0, 90, 7], scale=2.0, stretch=0.5),
        lambda t: 0.0 if not 0 <= t < 27.5 else 16.0 if t < 5 else 0.0 if t < 7.5 else 18.0 if t < 17.5 else 1.4,
        [0.0, 5.0, 7.5, 17.5, 27.5],
    ),
    "calm sine": (CALM, wave(CALM), []),
    "clipped sine": (CLIPPED, wave(CLIPPED), []),
    "mostly zero sine": (MOSTLY_ZERO, wave(MOSTLY_ZERO), []),
    "daily sine": (DAILY, wave(DAILY), []),
    "spikes": (SPIKES, lambda t: 71.0 if t % 11 < 2.5 else 3.0, [11 * n + d for n in range(-3, 9) for d in (0, 2.5)]),
    "dips": (DIPS, lambda t: 0.0 if t % 7 < 1.5 else 17.0, [7 * n + d for n in range(-4, 13) for d in (0, 1.5)]),
    "on off": (ON_OFF, lambda t: 29.0 if t % 5 < 1.25 else 0.0, [5 * n + d for n in range(-5, 18) for d in (0, 1.25)]),
}
BEGIN, END = -23.0, 81.0


def of(rate: Rate) -> Profile:
    made = profile(rate)
    assert made is not None
    return made


def inverse(made: Profile, expected: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(expected, np.float64)
    return made.inverse(values, np.zeros_like(values))


def midpoint_sum(rate: Callable[[float], float], jumps: list[float], begin: float, end: float) -> float:
    """The integral of a rate that is smooth between its jumps."""
    edges = [begin, *sorted(t for t in jumps if begin < t < end), end]
    total = 0.0
    for low, high in itertools.pairwise(edges):
        width = (high - low) / 4000
        total += width * math.fsum(rate(low + (i + 0.5) * width) for i in range(4000))
    return total


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize(("begin", "end"), [(BEGIN, 0.0), (0.0, 9.0), (3.3, 47.9), (BEGIN, END)])
def test_the_integral_is_that_of_the_rate(name: str, begin: float, end: float) -> None:
    rate, function, jumps = PROFILES[name]
    made = of(rate)
    expected = midpoint_sum(function, jumps, begin, end)
    assert made.integral(end) - made.integral(begin) == pytest.approx(expected, rel=2e-6, abs=2e-6)


@pytest.mark.parametrize("name", PROFILES)
def test_the_inverse_gives_the_time_back_to_a_nanosecond(name: str) -> None:
    rate, function, _ = PROFILES[name]
    made = of(rate)
    times = [t for t in np.random.default_rng(5).uniform(BEGIN, END, 3000).tolist() if function(t) > 0.5]
    times.sort()
    found = inverse(made, [made.integral(t) for t in times])
    assert np.abs(found - times).max() < 1e-9


@pytest.mark.parametrize("name", PROFILES)
def test_the_inverse_ascends_and_is_finite_for_what_is_expected_in_the_run(name: str) -> None:
    made = of(PROFILES[name][0])
    first, last = made.integral(BEGIN), made.integral(END)
    times = inverse(made, np.arange(math.ceil(first), math.floor(last)) + 0.25)
    assert np.isfinite(times).all()
    assert (np.diff(times) >= 0).all()
    assert times[0] >= BEGIN - 1e-9
    assert times[-1] <= END + 1e-9


@pytest.mark.parametrize("name", ["steps", "trace"])
def test_what_exceeds_all_that_is_ever_expected_is_never_reached(name: str) -> None:
    made = of(trace([0, 10, 13], [10, 30, 60])) if name == "trace" else of(steps((0.0, 50.0), (2.0, 0.0)))
    assert inverse(made, [100.0]) == pytest.approx([16.0 if name == "trace" else 2.0])
    assert inverse(made, [100.0000001]).tolist() == [np.inf]


def test_a_value_too_large_by_its_error_is_reached_before_the_rate_falls_to_0() -> None:
    made = of(steps((0.0, 10.0), (1.0, 0.0), (5.0, 10.0)))
    reached = made.inverse(np.array([10.0, 10.0 + 1e-9, 10.0 + 3e-9]), np.full(3, 2e-9))
    assert reached.tolist() == [1.0, 1.0, pytest.approx(5.0)]


def test_the_inverse_of_a_clipped_sine_never_falls_into_its_silence() -> None:
    made, rate = of(CLIPPED), wave(CLIPPED)
    times = inverse(made, np.linspace(made.integral(0.0), made.integral(240.0), 20_001)[1:-1])
    around = [max(rate(t - 1e-4), rate(t + 1e-4)) for t in times.tolist()]
    assert min(around) > 0


@pytest.mark.parametrize(
    "rate",
    [
        ConstantRate(rate=0.0),
        steps((0.0, 0.0), (5.0, 0.0)),
        trace([0, 1], [0, 0]),
        trace([0, 1], [5, 5], scale=0.0),
        Sine(mean=0.0, amplitude=0.0, period=5.0),
        Spikes(base=0.0, peak=0.0, every=5.0, lasts=1.0),
        Spikes(base=0.0, peak=9.0, every=5.0, lasts=0.0),
    ],
)
def test_a_rate_that_is_always_0_has_no_profile(rate: Rate) -> None:
    assert profile(rate) is None


def test_the_last_row_of_a_trace_lasts_as_long_as_the_one_before_it() -> None:
    made = of(trace([0, 10, 13], [10, 30, 60]))
    assert made.integral(16.0) - made.integral(13.0) == pytest.approx(60)
    assert made.integral(99.0) == made.integral(16.0)


@pytest.mark.parametrize("name", [name for name in PROFILES if name not in ("steps", "trace")])
def test_a_year_on_the_inverse_still_gives_the_time_back(name: str) -> None:
    """As nearly as floats allow, which are 4 ns apart there, and farther where they count records."""
    rate, function, _ = PROFILES[name]
    made, year = of(rate), 31_536_000.0
    times = [
        t for t in np.linspace(year + 0.05, year + 200.0, 1999).tolist() if min(function(t - 1e-3), function(t)) > 0.5
    ]
    found = inverse(made, [made.integral(t) for t in times])
    assert len(times) > 100
    assert np.abs(found - times).max() < 1e-6


def test_spikes_that_fill_their_period_are_a_constant_rate() -> None:
    made = of(Spikes(base=1.0, peak=40.0, every=5.0, lasts=5.0))
    assert made.integral(12.3) == pytest.approx(40 * 12.3)
    assert inverse(made, [40 * 12.3]) == pytest.approx([12.3])
