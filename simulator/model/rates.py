"""Rates of production over time: their integral and its inverse (docs/model.md, section 2).

A profile is kept as its integral from an arbitrary origin, so that record times follow from `inverse` alone.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.spec import ConstantRate, Rate, Sine, Spikes, Steps, Trace

Floats = NDArray[np.float64]


class Profile(Protocol):
    """Expected records as a function of the time of the run."""

    def integral(self, time: float) -> float:
        """Records expected from the profile's origin to a time in seconds (negative before the origin)."""

    def inverse(self, expected: Floats) -> Floats:
        """The first times, in seconds, at which the integral reaches the given ascending values."""


@dataclass(frozen=True)
class Steady:
    """One rate for ever."""

    rate: float

    def integral(self, time: float) -> float:
        return self.rate * time

    def inverse(self, expected: Floats) -> Floats:
        return expected / self.rate


@dataclass(frozen=True)
class Pieces:
    """A rate constant between `edges`: rate[i] from edges[i] to edges[i + 1]; 0 before, the last rate lasts."""

    edges: Floats
    rate: Floats
    upto: Floats  # records expected before each edge

    def integral(self, time: float) -> float:
        i = int(np.searchsorted(self.edges, time, "right")) - 1
        return 0.0 if i < 0 else float(self.upto[i] + self.rate[i] * (time - self.edges[i]))

    def inverse(self, expected: Floats) -> Floats:
        piece = np.maximum(np.searchsorted(self.upto, expected) - 1, 0)  # the last that begins before it
        rate = self.rate[piece]
        with np.errstate(divide="ignore", invalid="ignore"):
            beyond = (expected - self.upto[piece]) / rate
        return np.where(rate > 0, self.edges[piece] + beyond, np.inf)


def pieces(edges: Floats, rate: Floats) -> Pieces:
    """A piecewise constant profile; pieces of rate 0 stay, since no expected value falls inside them."""
    upto = np.concatenate(([0.0], np.cumsum(rate[:-1] * np.diff(edges))))
    return Pieces(edges, rate, upto)


@dataclass(frozen=True)
class Periodic:
    """A piecewise constant profile that repeats."""

    period: float
    one: Pieces  # from 0 to period
    a_period: float  # records expected in a period

    def integral(self, time: float) -> float:
        n, rest = divmod(time, self.period)
        return n * self.a_period + self.one.integral(rest)

    def inverse(self, expected: Floats) -> Floats:
        n = np.ceil(expected / self.a_period) - 1
        return n * self.period + self.one.inverse(expected - n * self.a_period)


@dataclass(frozen=True)
class Wave:
    """max(0, mean + amplitude cos(2 pi (t - peak_at) / period)), inverted to 1e-10 s."""

    sine: Sine
    half: float  # seconds before and after a peak in which the rate is above 0

    def _from_peak(self, time: Floats) -> Floats:
        """Records expected from a peak to `time` seconds after it (|time| at most half a period)."""
        omega = 2 * np.pi / self.sine.period
        t = np.clip(time, -self.half, self.half)
        return self.sine.mean * t + self.sine.amplitude / omega * np.sin(omega * t)

    @property
    def a_period(self) -> float:
        return 2 * float(self._from_peak(np.array(self.half)))

    def integral(self, time: float) -> float:
        n = round((time - self.sine.peak_at) / self.sine.period)
        rest = time - self.sine.peak_at - n * self.sine.period
        return n * self.a_period + float(self._from_peak(np.array(rest)))

    def inverse(self, expected: Floats) -> Floats:
        n = np.round(expected / self.a_period)
        target = expected - n * self.a_period
        return self.sine.peak_at + n * self.sine.period + self._solve(target)

    def _solve(self, target: Floats) -> Floats:
        """Newton's method from a table's guess, held inside the table's cell; what has converged is left alone."""
        grid = np.linspace(-self.half, self.half, 2049)
        table = self._from_peak(grid)
        cell = np.clip(np.searchsorted(table, target), 1, len(grid) - 1)
        low, high = grid[cell - 1], grid[cell]
        time = np.interp(target, table, grid)
        open_ = np.arange(len(target))
        for _ in range(60):
            t = time[open_]
            rate = self.sine.mean + self.sine.amplitude * np.cos(2 * np.pi / self.sine.period * t)
            step = (target[open_] - self._from_peak(t)) / np.maximum(rate, 1e-12)
            time[open_] = np.clip(t + step, low[open_], high[open_])
            open_ = open_[np.abs(time[open_] - t) > 1e-10]
            if not len(open_):
                break
        return time


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
    """`half` is half the period, or less when the rate would fall below 0 and is cut off there."""
    if sine.amplitude < 0:
        sine = replace(sine, amplitude=-sine.amplitude, peak_at=sine.peak_at + sine.period / 2)
    if sine.mean + sine.amplitude <= 0:
        return None
    half = sine.period / 2
    if sine.amplitude > abs(sine.mean):
        half = sine.period / (2 * np.pi) * float(np.arccos(-sine.mean / sine.amplitude))
    return Wave(sine, half)
