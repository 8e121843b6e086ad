"""Rates of production over time: the time at which the expected number of records reaches a value (section 2).

Only sums, products and quotients are evaluated at a record; what needs a sine is tabulated before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.spec import ConstantRate, Rate, Sine, Spikes, Steps, Trace

Floats = NDArray[np.float64]
CELLS: Final = 256  # of a wave
CONVERGED_S: Final = 1e-10
MOST_STEPS: Final = 60


class Profile(Protocol):
    """Expected records as a function of the time of the run, from an arbitrary origin."""

    def integral(self, time_s: float) -> float:
        """Records expected from the profile's origin to a time (negative before the origin)."""

    def inverse(self, expected: Floats, error: Floats) -> Floats:
        """The first times, in seconds, at which the integral reaches the given ascending values; infinite: never.

        A value may be too large by `error`: it belongs to the time before the rate falls to 0, if it may.
        """


@dataclass(frozen=True)
class Steady:
    """One rate for ever."""

    rate: float

    def integral(self, time_s: float) -> float:
        return self.rate * time_s

    def inverse(self, expected: Floats, error: Floats) -> Floats:
        return expected / self.rate


@dataclass(frozen=True)
class Pieces:
    """A rate constant between `edges_s`: rate[i] from edge i to edge i + 1; 0 before, the last rate lasts."""

    edges_s: Floats
    rate: Floats
    upto: Floats  # records expected before each edge

    def integral(self, time_s: float) -> float:
        i = int(np.searchsorted(self.edges_s, time_s, "right")) - 1
        return 0.0 if i < 0 else float(self.upto[i] + self.rate[i] * (time_s - self.edges_s[i]))

    def inverse(self, expected: Floats, error: Floats) -> Floats:
        begins_s, ends_s, rate, upto = self.producing
        reached = expected - error
        piece = np.maximum(np.searchsorted(upto, reached) - 1, 0)  # the last that begins before it
        time_s = np.minimum(begins_s[piece] + (expected - upto[piece]) / rate[piece], ends_s[piece])
        return np.where(reached <= self.total, time_s, np.inf)

    @cached_property
    def producing(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The pieces whose rate is not 0: begin, end, rate, and the records expected before."""
        some = np.flatnonzero(self.rate)
        ends_s = np.append(self.edges_s[1:], np.inf)
        return self.edges_s[some], ends_s[some], self.rate[some], self.upto[some]

    @cached_property
    def total(self) -> float:
        """Records expected in all; infinite if the last rate is not 0."""
        return np.inf if self.rate[-1] else float(self.upto[-1])


def pieces(edges_s: Floats, rate: Floats) -> Pieces:
    """A piecewise constant profile, some rate of which is not 0."""
    upto = np.concatenate(([0.0], np.cumsum(rate[:-1] * np.diff(edges_s))))
    return Pieces(edges_s, rate, upto)


@dataclass(frozen=True)
class Periodic:
    """A piecewise constant profile that repeats."""

    period_s: float
    one: Pieces  # from 0 to a period
    a_period: float  # records expected in a period

    def integral(self, time_s: float) -> float:
        n, rest_s = divmod(time_s, self.period_s)
        return n * self.a_period + self.one.integral(rest_s)

    def inverse(self, expected: Floats, error: Floats) -> Floats:
        n = np.ceil((expected - error) / self.a_period) - 1
        in_one = np.minimum(expected - n * self.a_period, self.a_period)
        return n * self.period_s + self.one.inverse(in_one, error)


@dataclass(frozen=True)
class Wave:
    """max(0, mean + amplitude cos(2 pi (t - peak_at) / period)).

    Around each peak the integral is tabulated in cells, each as a polynomial of the time since the cell begins.
    """

    period_s: float
    peak_at_s: float
    cell_s: float
    begins_s: Floats  # of each cell, from a peak
    upto: Floats  # records expected from the peak to each cell's begin, and to the end of the last
    terms: Floats  # by power (1, 2, …) and cell: the polynomial that the integral is within the cell
    a_period: float

    def integral(self, time_s: float) -> float:
        n = round((time_s - self.peak_at_s) / self.period_s)
        rest_s = time_s - self.peak_at_s - n * self.period_s
        cell = int(np.clip(np.searchsorted(self.begins_s, rest_s, "right") - 1, 0, CELLS - 1))
        within_s = np.clip(rest_s - self.begins_s[cell], 0.0, self.cell_s)
        return n * self.a_period + float(self.upto[cell] + _polynomial(self.terms[:, cell], within_s))

    def inverse(self, expected: Floats, error: Floats) -> Floats:
        n = np.rint(expected / self.a_period)
        target = expected - n * self.a_period
        cell = np.clip(np.searchsorted(self.upto, target) - 1, 0, CELLS - 1)
        within_s = self._solve(self.terms[:, cell], target - self.upto[cell])
        return self.peak_at_s + n * self.period_s + (self.begins_s[cell] + within_s)

    def _solve(self, terms: Floats, target: Floats) -> Floats:
        """Newton's method from the middle of the cell, held inside of it; what has converged is left alone."""
        time_s = np.full(len(target), 0.5 * self.cell_s)
        open_ = np.arange(len(target))
        for _ in range(MOST_STEPS):
            t, some = time_s[open_], terms[:, open_]
            step = (target[open_] - _polynomial(some, t)) / np.maximum(_slope(some, t), 1e-12)
            time_s[open_] = np.clip(t + step, 0.0, self.cell_s)
            open_ = open_[np.abs(time_s[open_] - t) > CONVERGED_S]
            if not len(open_):
                break
        return time_s


def _polynomial(terms: Floats, t: Floats | float) -> Floats:
    value = terms[-1]
    for term in terms[-2::-1]:
        value = value * t + term
    return np.asarray(value * t)


def _slope(terms: Floats, t: Floats) -> Floats:
    value: Floats = len(terms) * terms[-1]
    for power in range(len(terms) - 1, 0, -1):
        value = value * t + power * terms[power - 1]
    return value


def profile(rate: Rate) -> Profile | None:
    """The profile of a scenario's rate; None when it never produces anything."""
    match rate:
        case ConstantRate(rate=value):
            return Steady(value) if value > 0 else None
        case Trace():
            return _trace(rate)
        case Steps(steps=steps):
            edges, rates = np.array([s.at for s in steps]), np.array([s.rate for s in steps])
            return pieces(edges, rates) if rates.any() else None
        case Sine():
            return _wave(rate)
        case Spikes():
            return _spikes(rate)


def _trace(trace: Trace) -> Profile | None:
    """From each row's time to the next that many records, evenly; the last row lasts as long as the one before."""
    times = trace.time_s * trace.stretch
    edges = np.append(times, 2 * times[-1] - times[-2])
    rate = np.append(trace.records * trace.scale / np.diff(edges), 0.0)
    return pieces(edges, rate) if rate.any() else None


def _spikes(spikes: Spikes) -> Profile | None:
    a_period = spikes.peak * spikes.lasts + spikes.base * (spikes.every - spikes.lasts)
    if a_period == 0:
        return None
    one = pieces(np.array([0.0, spikes.lasts]), np.array([spikes.peak, spikes.base]))
    return Periodic(spikes.every, one, a_period)


def _wave(sine: Sine) -> Profile | None:
    """It lasts half a period before and after a peak, or less when the rate would fall below 0 and is cut off there."""
    if sine.mean + sine.amplitude <= 0:
        return None
    half_s = sine.period / 2
    if sine.amplitude > abs(sine.mean):
        half_s = sine.period / (2 * np.pi) * float(np.arccos(-sine.mean / sine.amplitude))
    omega = 2 * np.pi / sine.period
    edges = np.linspace(-half_s, half_s, CELLS + 1)
    upto = sine.mean * edges + sine.amplitude / omega * np.sin(omega * edges)
    cos, sin = sine.amplitude * np.cos(omega * edges[:-1]), sine.amplitude * np.sin(omega * edges[:-1])
    derivatives = (sine.mean + cos, -omega * sin, -(omega**2) * cos, omega**3 * sin, omega**4 * cos, -(omega**5) * sin)
    factorials = (1.0, 2.0, 6.0, 24.0, 120.0, 720.0)
    terms = np.array([d / f for d, f in zip(derivatives, factorials, strict=True)])
    cell_s = 2 * half_s / CELLS
    return Wave(sine.period, sine.peak_at, cell_s, edges[:-1], upto, terms, float(upto[-1] - upto[0]))
