"""Distributions: moments, quantiles, and determinism in pieces (docs/model.md, section 9)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from simulator.model.sampling import draw, sampler, uniforms

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

N = 100_000
VALUES = np.array([1.0, 2.0, 2.0, 10.0])
EMPIRICAL = Empirical(file="v.csv", column="x", values=VALUES)
SIGMA = math.log(5 / 0.3) / 2.3263478740408408  # ln(p99 / median) by the standard normal's 99 % quantile
ALPHA = -0.4 / 0.5  # where the normal of mean 0.4 and sd 0.5 is cut off, in standard deviations
HAZARD = math.exp(-ALPHA * ALPHA / 2) / math.sqrt(2 * math.pi) / float(ndtr(-ALPHA))
CUT_MEAN = 0.4 + 0.5 * HAZARD
CUT_SD = 0.5 * math.sqrt(1 + ALPHA * HAZARD - HAZARD * HAZARD)

# each with its mean and standard deviation
DISTRIBUTIONS: dict[str, tuple[Distribution, float, float]] = {
    "constant": (Constant(value=3.5), 3.5, 0.0),
    "uniform": (Uniform(low=2.0, high=5.0), 3.5, 3 / math.sqrt(12)),
    "exponential": (Exponential(mean=0.3), 0.3, 0.3),
    "normal": (Normal(mean=10.0, sd=0.5), 10.0, 0.5),
    "truncated normal": (Normal(mean=0.4, sd=0.5), CUT_MEAN, CUT_SD),
    "normal without spread": (Normal(mean=2.0, sd=0.0), 2.0, 0.0),
    "lognormal": (
        Lognormal(median=0.3, p99=5.0),
        0.3 * math.exp(SIGMA**2 / 2),
        0.3 * math.exp(SIGMA**2 / 2) * math.sqrt(math.exp(SIGMA**2) - 1),
    ),
    "gamma": (Gamma(mean=2.0, cv=0.6), 2.0, 1.2),
    "wide gamma": (Gamma(mean=2.0, cv=2.0), 2.0, 4.0),
    "empirical": (EMPIRICAL, 3.75, float(VALUES.std())),
}


def rng(seed: int = 17) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_mean_is_that_of_the_distribution(name: str) -> None:
    distribution, mean, sd = DISTRIBUTIONS[name]
    assert abs(draw(distribution, rng(), N).mean() - mean) <= 4 * sd / math.sqrt(N) + 1e-12


@pytest.mark.parametrize("name", ["uniform", "exponential", "normal", "truncated normal", "gamma", "empirical"])
def test_the_standard_deviation_is_that_of_the_distribution(name: str) -> None:
    distribution, _, sd = DISTRIBUTIONS[name]
    assert draw(distribution, rng(), N).std() == pytest.approx(sd, rel=0.03)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_no_value_is_negative(name: str) -> None:
    assert draw(DISTRIBUTIONS[name][0], rng(), N).min() >= 0


def test_a_lognormal_has_the_median_and_the_99th_percentile_it_is_known_by() -> None:
    values = draw(Lognormal(median=0.3, p99=5.0), rng(), N)
    assert abs(np.mean(values < 0.3) - 0.5) < 4 * math.sqrt(0.25 / N)
    assert abs(np.mean(values < 5.0) - 0.99) < 4 * math.sqrt(0.99 * 0.01 / N)


def test_a_normal_far_below_0_is_still_drawn_above_it() -> None:
    values = draw(Normal(mean=-3.0, sd=1.0), rng(), N)
    assert np.isfinite(values).all()
    assert values.mean() == pytest.approx(-3 + math.exp(-4.5) / math.sqrt(2 * math.pi) / float(ndtr(-3.0)), rel=0.02)


def test_empirical_values_are_drawn_as_often_as_they_were_measured() -> None:
    values, counts = np.unique(draw(EMPIRICAL, rng(), N), return_counts=True)
    assert values.tolist() == [1.0, 2.0, 10.0]
    assert np.abs(counts / N - [0.25, 0.5, 0.25]).max() < 4 * math.sqrt(0.25 / N)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@settings(derandomize=True, deadline=None, max_examples=20)
@given(pieces=st.lists(st.integers(0, 300), max_size=6))
def test_values_do_not_depend_on_the_pieces_they_are_drawn_in(name: str, pieces: list[int]) -> None:
    distribution = DISTRIBUTIONS[name][0]
    whole, parts = rng(), rng()
    expected = draw(distribution, whole, sum(pieces))
    assert np.concatenate([np.empty(0), *(draw(distribution, parts, n) for n in pieces)]).tolist() == expected.tolist()


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_sampler_gives_the_values_one_by_one(name: str) -> None:
    distribution = DISTRIBUTIONS[name][0]
    sample = sampler(distribution, rng())
    assert [sample() for _ in range(3000)] == draw(distribution, rng(), 3000).tolist()


def test_uniforms_are_drawn_from_0_to_below_1() -> None:
    uniform = uniforms(rng())
    values = [uniform() for _ in range(20_000)]
    assert 0 <= min(values) <= max(values) < 1
    assert abs(np.mean(values) - 0.5) < 4 / math.sqrt(12 * 20_000)
