"""Distributions as functions of their draws (docs/model.md, section 9)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.stats.distributions import rv_frozen

from simulator.scenario.spec import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Uniform,
)
from simulator.traffic.draws import all_bits, key
from simulator.traffic.quantiles import quantile

N = 200_000
Z99 = stats.norm.ppf(0.99)
VALUES = np.array([1.0, 2.0, 2.0, 10.0])
EMPIRICAL = Empirical(file="v.csv", column="x", values=VALUES)


def truncated(mean: float, sd: float) -> tuple[Distribution, rv_frozen]:
    return Normal(mean=mean, sd=sd), stats.truncnorm(-mean / sd, np.inf, loc=mean, scale=sd)


def lognormal(median: float, p99: float) -> tuple[Distribution, rv_frozen]:
    return Lognormal(median=median, p99=p99), stats.lognorm(math.log(p99 / median) / Z99, scale=median)


def gamma(mean: float, cv: float) -> tuple[Distribution, rv_frozen]:
    return Gamma(mean=mean, cv=cv), stats.gamma(cv**-2, scale=mean * cv * cv)


NARROW: dict[str, tuple[Distribution, rv_frozen]] = {
    "uniform": (Uniform(low=2.0, high=5.0), stats.uniform(2.0, 3.0)),
    "exponential": (Exponential(mean=0.3), stats.expon(scale=0.3)),
    "normal": truncated(10.0, 0.5),
    "truncated normal": truncated(0.4, 0.5),
    "half normal": truncated(0.0, 1.0),
    "nearly half normal": truncated(1.0, 50.0),
    "lognormal": lognormal(0.3, 4.0),
    "narrow gamma": gamma(2.0, 0.01),
    "gamma": gamma(2.0, 0.6),
    "exponential gamma": gamma(2.0, 1.0),
}
WIDE: dict[str, tuple[Distribution, rv_frozen]] = {
    "wide lognormal": lognormal(1.0, 1000.0),
    "very wide lognormal": lognormal(1.0, 1e6),
    "wide gamma": gamma(2.0, 2.0),
    "very wide gamma": gamma(2.0, 5.0),
    "widest gamma": gamma(2.0, 1000.0),
}
CONSTANTS: dict[str, Distribution] = {
    "constant": Constant(value=3.5),
    "normal without spread": Normal(mean=3.5, sd=0.0),
    "lognormal without spread": Lognormal(median=3.5, p99=3.5),
    "narrowest gamma": Gamma(mean=3.5, cv=0.001),
}
ALL: dict[str, Distribution] = {
    **{name: distribution for name, (distribution, _) in (NARROW | WIDE).items()},
    **CONSTANTS,
    "empirical": EMPIRICAL,
}
ENDS = [0, 1, 2**11, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**63 + 2**11, 2**64 - 2**31, 2**64 - 1]


def drawn(n: int = N) -> NDArray[np.uint64]:
    return all_bits(key(5, 0, "test"), 0, n)


def across() -> NDArray[np.uint64]:
    """Draws from all over the unit interval, more of them near its ends."""
    near = np.arange(1, 1 << 14, dtype=np.uint64) << np.uint64(33)
    return np.concatenate((drawn(50_000), near, ~near))


def units(of: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The middle of what each draw stands for."""
    middles: NDArray[np.float64] = ((of >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return middles


@pytest.mark.parametrize("name", NARROW)
def test_values_are_scipys_quantiles_within_a_thousandth_of_a_percent(name: str) -> None:
    distribution, expected = NARROW[name]
    found, wanted = quantile(distribution).all(across()), expected.ppf(units(across()))
    assert (np.abs(found - wanted) <= 1e-5 * wanted).all()


@pytest.mark.parametrize("name", WIDE)
def test_values_of_a_distribution_wider_than_its_mean_are_within_a_tenth_of_a_percent(name: str) -> None:
    """But where they are next to nothing beside the mean."""
    distribution, expected = WIDE[name]
    found, wanted = quantile(distribution).all(across()), expected.ppf(units(across()))
    some = wanted > 1e-3 * expected.mean()
    assert (np.abs(found - wanted) <= 1e-3 * wanted)[some].all()
    assert some.any()


@pytest.mark.parametrize("name", NARROW)
def test_mean_and_standard_deviation_are_those_of_the_distribution(name: str) -> None:
    distribution, expected = NARROW[name]
    values, sd = quantile(distribution).all(drawn()), expected.std()
    kurtosis = float(expected.stats("k"))
    assert abs(values.mean() - expected.mean()) < 4 * sd / math.sqrt(N)
    assert abs(values.std() / sd - 1) < 4 * math.sqrt((kurtosis + 2) / 4 / N)


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_distribution_without_spread_is_one_value(name: str) -> None:
    assert quantile(CONSTANTS[name]).all(across()) == pytest.approx(3.5, rel=0.01)


def test_empirical_values_are_drawn_as_often_as_they_were_measured() -> None:
    values, counts = np.unique(quantile(EMPIRICAL).all(drawn()), return_counts=True)
    assert values.tolist() == [1.0, 2.0, 10.0]
    assert np.abs(counts / N - [0.25, 0.5, 0.25]).max() < 4 * math.sqrt(0.25 / N)


def test_the_first_and_the_last_draw_give_the_first_and_the_last_empirical_value() -> None:
    assert quantile(EMPIRICAL).all(np.array([0, 2**64 - 1], np.uint64)).tolist() == [1.0, 10.0]


@pytest.mark.parametrize("name", ALL)
def test_one_value_is_the_same_as_that_of_many(name: str) -> None:
    of = quantile(ALL[name])
    some = [*ENDS, *drawn(200).tolist()]
    assert [of.one(each) for each in some] == of.all(np.array(some, np.uint64)).tolist()


@pytest.mark.parametrize("name", ALL)
def test_values_ascend_with_their_draws_and_are_finite_and_not_negative(name: str) -> None:
    values = quantile(ALL[name]).all(np.sort(np.concatenate((across(), np.array(ENDS, np.uint64)))))
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert (np.diff(values) >= 0).all()


@given(st.sampled_from(sorted(ALL)), st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20), st.integers(0, 20))
def test_values_do_not_depend_on_the_portions_they_are_drawn_in(name: str, some: list[int], cut: int) -> None:
    of, bits = quantile(ALL[name]), np.array(some, np.uint64)
    parts = [of.all(part) for part in (bits[:cut], bits[cut:])]
    assert np.concatenate(parts).tolist() == of.all(bits).tolist()
