"""Queueing theory, written without the simulator: formulas, and small numerical solutions where there is none.

Times are seconds, rates per second. A solution that does not converge raises NotConvergedError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.linalg import toeplitz
from scipy.special import gammaincc

Floats = NDArray[np.float64]
LARGEST: Final = 4096  # states


class NotConvergedError(ArithmeticError):
    """A numerical solution that is not good to its tolerance: nothing may be compared with it."""


@dataclass(frozen=True)
class Service:
    """A gamma distributed service time; cv 0 is a constant, cv 1 exponential."""

    mean_s: float
    cv: float

    @property
    def second_moment(self) -> float:
        """E[S^2] in s^2."""
        return self.mean_s**2 * (1 + self.cv**2)

    def arrivals(self, rate: float, most: int) -> Floats:
        """The probabilities of 0 to `most` Poisson arrivals in one service."""
        n = np.arange(most + 1)
        if self.cv == 0:
            return np.asarray(stats.poisson.pmf(n, rate * self.mean_s))
        shape = 1 / self.cv**2
        return np.asarray(stats.nbinom.pmf(n, shape, shape / (shape + rate * self.mean_s)))

    def excess(self, services: Floats, over_s: float) -> Floats:
        """E[(S_1 + ... + S_n - over)+] for each n > 0."""
        if self.cv == 0:
            return np.maximum(0.0, services * self.mean_s - over_s)
        shape, scale = services / self.cv**2, self.mean_s * self.cv**2
        tail: Floats = shape * scale * gammaincc(shape + 1, over_s / scale) - over_s * gammaincc(shape, over_s / scale)
        return tail


def mg1_wait(rate: float, mean_s: float, second_moment: float) -> float:
    """Mean wait in M/G/1: Pollaczek and Khinchine."""
    rho = rate * mean_s
    if not 0 < rho < 1:
        raise ValueError(f"no steady state at rho = {rho:g}")
    return rate * second_moment / (2 * (1 - rho))


def bulk_wait(rate: float, most: int, service: Service) -> float:
    """Mean wait in M/G^(1,b)/1: a service starts as soon as there is one customer and takes at most b = `most`.

    The chain of the numbers left behind at the ends of services, then the mean queue over a cycle, then Little's law.
    """
    rho = rate * service.mean_s / most
    if not 0 < rho < 1:
        raise ValueError(f"no steady state at rho = {rho:g}")
    of_state = stationary(lambda size: _left_behind(rate, most, service, size), 32 * most)
    left = np.maximum(np.arange(len(of_state)) - most, 0)
    cycle_s = service.mean_s + of_state[0] / rate
    queue = of_state @ left * service.mean_s + rate * service.second_moment / 2
    return float(queue / cycle_s / rate)


def _left_behind(rate: float, most: int, service: Service, size: int) -> Floats:
    """The transitions of the number left behind at the end of a service, cut off at a size."""
    came = service.arrivals(rate, size - 1)
    chain = np.zeros((size, size))
    for i in range(size):
        low = max(0, i - most)
        chain[i, low:] = came[: size - low]
    chain[:, -1] += 1 - chain.sum(axis=1)
    return chain


def stationary(chain_of: Callable[[int], Floats], size: int) -> Floats:
    """The stationary distribution of a chain that is cut off at ever larger sizes until the last state is never met."""
    while size <= LARGEST:
        chain = chain_of(size)
        equations = chain.T - np.eye(size)
        equations[0] = 1.0
        solved: Floats = np.linalg.solve(equations, np.eye(size)[0])
        if np.abs(solved @ chain - solved).max() < 1e-12 and solved.min() > -1e-12 and abs(solved[-1]) < 1e-13:
            return solved
        size *= 2
    raise NotConvergedError(f"a chain of {size // 2} states: {solved[-1]:.1e} of the probability in the last one")


def window_wait(rate: float, window_s: float, duration_s: float) -> float:
    """Mean wait when each service takes all there is, after a window that begins with the end of the service before or,
    if there is nothing then, with the next arrival."""
    none = np.exp(-rate * duration_s)
    cycle_s = window_s + duration_s + none / rate
    queue = window_s * (rate * duration_s + none) + rate * (window_s**2 + duration_s**2) / 2
    return float(queue / cycle_s / rate)


# Vacations: a server that looks for customers at certain times only


def exhaustive_wait(rate: float, service: Service, vacation_s: float) -> float:
    """Mean wait in M/G/1 with vacations of a constant length, taken whenever there is nobody, one after the other:
    the wait without vacations, and the rest of a vacation (Levy and Yechiali 1975; Fuhrmann and Cooper 1985)."""
    return mg1_wait(rate, service.mean_s, service.second_moment) + vacation_s / 2


def gated_wait(rate: float, service: Service, interval_s: float) -> float:
    """Mean wait when customers are let in at multiples of an interval only, then served one at a time.

    To the gate half an interval; then the work that is left there, a random walk whose mean Spitzer's identity gives,
    and the work of those let in before one at the same time.
    """
    rho = rate * service.mean_s
    return interval_s / 2 + _work_at_the_gate(rate, service, interval_s) + rho * interval_s / 2


def _work_at_the_gate(rate: float, service: Service, interval_s: float) -> float:
    """E[sup of a random walk] = sum over k of E[(its k-th value)+] / k, with the walk's step work - interval."""
    if not 0 < rate * service.mean_s < 1:
        raise ValueError(f"no steady state at rho = {rate * service.mean_s:g}")
    total = 0.0
    for k in range(1, 100_000):
        mean = rate * interval_s * k
        spread = 12 * np.sqrt(mean) + 20
        n = np.arange(max(1, int(mean - spread)), int(mean + spread) + 1)
        term = float(stats.poisson.pmf(n, mean) @ service.excess(n.astype(float), k * interval_s)) / k
        total += term
        if term < 1e-12 * total or (total == 0 and k > 100):
            return total
    raise NotConvergedError("Spitzer's series")


def full_batch_wait(rate: float, most: int, service_ticks: int, interval_ticks: int, tick_s: float) -> float:
    """Mean wait from arrival to the batch's begin when a server polls every interval, and at once after a full batch.

    A poll fetches all that have arrived. A batch takes at most `most` of what has been fetched and lasts a constant
    time. After a full one, if less than another full one has been fetched, there is a poll at once; the next one
    follows an interval after the last. A chain in ticks, whose numbers in a service and in an interval must have no
    common divisor, so that it has no period, and hardly ever a poll is due when a batch ends.
    """
    if np.gcd(service_ticks, interval_ticks) != 1 or service_ticks >= interval_ticks:
        raise ValueError("a service and an interval need coprime numbers of ticks, the service fewer")
    chain = FullBatchChain(rate * tick_s, most, service_ticks, interval_ticks)
    for _ in range(50_000):
        before, chain.p = chain.p, chain.tick()
        if np.abs(chain.p - before).sum() < 1e-10:
            break
    else:
        raise NotConvergedError("the chain of full batches")
    if (wrong := chain.at_the_end + chain.tied) > 1e-6:
        raise NotConvergedError(f"the chain of full batches leaves out {wrong:.1e} of the probability")
    return (chain.mean_held + chain.mean_unread) / rate


class FullBatchChain:
    """p[age, left, full, held] after the events of a tick.

    age: ticks since the last poll; left: ticks of the batch that runs (0: none); full: whether that is a full batch;
    held: how many have been fetched and are in no batch.
    """

    def __init__(self, per_tick: float, most: int, service: int, interval: int) -> None:
        self.per_tick, self.most, self.service, self.interval = per_tick, most, service, interval
        self.size = 40 * most
        self.p = np.zeros((interval, service + 1, 2, self.size))
        self.p[0, 0, 0, 0] = 1.0
        self.tied = 0.0
        self._poll = [self._fetched(age) for age in range(interval + 1)]

    def _fetched(self, age: int) -> Floats:
        came = stats.poisson.pmf(np.arange(self.size), self.per_tick * age)
        matrix = np.triu(np.asarray(toeplitz(came)))
        matrix[:, -1] += 1 - matrix.sum(axis=1)
        return matrix

    def tick(self) -> Floats:
        """The distribution a tick later: the batch ends, polls, then the next batch begins."""
        aged = np.zeros((self.interval + 1, *self.p.shape[1:]))
        aged[1:, :-1] = self.p[:, 1:]
        aged[1:, 0] += self.p[:, 0]
        ended = np.zeros_like(aged[:, 0])
        ended[1:] = self.p[:, 1]  # by age, full, held
        self.tied = float(ended[-1, 0].sum() + ended[-1, 1, self.most :].sum())
        for age in range(1, self.interval + 1):
            extra = ended[age, 1, : self.most].copy()
            aged[age, 0, 1, : self.most] -= extra
            aged[0, 0, 1] += extra @ self._poll[age][: self.most]
        aged[0] += aged[-1] @ self._poll[-1]
        return self._begin(aged[:-1])

    def _begin(self, p: Floats) -> Floats:
        """An idle server takes a batch of what is held."""
        idle = p[:, 0].sum(axis=1)
        p[:, 0] = 0.0
        p[:, 0, 0, 0] = idle[:, 0]
        p[:, self.service, 0, 0] += idle[:, 1 : self.most].sum(axis=1)
        p[:, self.service, 1, : -self.most] += idle[:, self.most :]
        return p

    @property
    def at_the_end(self) -> float:
        """The probability of states that the cut-off at `size` has touched."""
        return float(self.p[..., -2 * self.most :].sum())

    @property
    def mean_held(self) -> float:
        return float(self.p.sum(axis=(0, 1, 2)) @ np.arange(self.size))

    @property
    def mean_unread(self) -> float:
        """Those that have come since the last poll, on average over the ticks that follow."""
        age = float(self.p.sum(axis=(1, 2, 3)) @ np.arange(self.interval))
        return self.per_tick * (age + 0.5)


# Concurrency


def erlang_b(offered: float, servers: int) -> float:
    """The part of the calls that finds all servers busy and is lost: M/G/c/c."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked


def erlang_c_wait(rate: float, mean_s: float, servers: int) -> float:
    """Mean wait in M/M/c with a queue."""
    offered = rate * mean_s
    if not 0 < offered < servers:
        raise ValueError(f"no steady state with {offered:g} erlangs for {servers} servers")
    lost = erlang_b(offered, servers)
    waits = servers * lost / (servers - offered * (1 - lost))
    return waits * mean_s / (servers - offered)
