"""One lane as a single server queue."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulator.measures.run import simulate
from simulator.scenario.spec import Scenario
from tests.validation.running import latency
from tests.validation.setups import drawn, polled, pushed, text
from tests.validation.studies import Chapter, Expected, Figures, Study
from tests.validation.theory_queues import (
    Service,
    bulk_wait,
    exhaustive_wait,
    full_batch_wait,
    gated_wait,
    mg1_wait,
    window_wait,
)

POLLACZEK = "Pollaczek-Khinchine"
MEAN_S = 0.1
UNIFORM: Any = {"uniform": {"low": "20ms", "high": "180ms"}}
LOGNORMAL: Any = {"lognormal": {"median": "80ms", "p99": "380.85ms"}}
Z99 = 2.3263478740408408


def chapter(rhos: tuple[float, ...], effort: float = 1.0) -> Chapter:
    """All of them, at these loads."""
    return Chapter(
        "One lane as a queue",
        "One shard, Poisson arrivals of records of one byte, constant or random durations of an attempt, no cold "
        "starts. The figure is the mean latency of all records but those of the first twentieth of a run: wait and "
        "duration. Runs get longer with 1/(1 - rho)^2, as a queue's memory does.",
        (
            *(single(name, service, rho, effort) for name, service in SERVICES.items() for rho in rhos),
            *(bulk(most, cv, rho, effort) for most in (4, 10) for cv in (0.0, 1.0) for rho in rhos if rho <= 0.9),
            *(gated(cv, rho, effort) for cv in (0.0, 1.0) for rho in rhos if rho <= 0.9),
            *(exhaustive(cv, rho, effort) for cv in (0.0, 1.0) for rho in rhos if rho <= 0.9),
            *(full_batches(rho, effort) for rho in rhos if rho in (0.3, 0.6)),
            whole_backlog(effort),
            windowed(effort),
            sampled_backlog(effort),
        ),
    )


def services(rho: float, effort: float, squared_cv: float = 1.0) -> float:
    """How many services a run is to have: a few hundred times the memory of its queue."""
    return max(10_000.0, 300 * (1 + squared_cv) / (1 - rho) ** 2) * effort


def moments(per_batch: Any) -> tuple[float, float]:
    """E[S] and E[S^2] of a distribution of the scenario."""
    if per_batch is UNIFORM:
        return 0.1, (0.02**2 + 0.02 * 0.18 + 0.18**2) / 3
    if per_batch is LOGNORMAL:
        spread = math.log(380.85 / 80) / Z99
        return 0.08 * math.exp(spread**2 / 2), 0.08**2 * math.exp(2 * spread**2)
    service: Service = per_batch
    return service.mean_s, service.second_moment


SERVICES: dict[str, Any] = {
    "M/D/1": Service(MEAN_S, 0),
    "M/M/1": Service(MEAN_S, 1),
    "M/G/1, uniform": UNIFORM,
    "M/G/1, lognormal": LOGNORMAL,
    "M/G/1, gamma with cv 2": Service(MEAN_S, 2),
}


def single(name: str, service: Any, rho: float, effort: float) -> Study:
    """A queue of single records."""
    mean, second = moments(service)
    rate = rho / mean
    expected = [Expected(f"{name}, rho {rho:g}", "mean", mg1_wait(rate, mean, second) + mean, POLLACZEK)]
    if name == "M/M/1":
        for percent in (50, 99):
            value = -math.log(1 - percent / 100) * mean / (1 - rho)
            expected.append(
                Expected(
                    f"{name}, rho {rho:g}, P{percent}", f"p{percent}", value, "exponential time in the system",
                    resolution=0.004 * value, why="the histogram is exact to 0.4 %",
                )
            )  # fmt: skip
    per_batch = drawn(service) if isinstance(service, Service) else service
    duration_s = services(rho, effort, second / mean**2 - 1) / rate
    rare = len(expected) > 1 and rho >= 0.9  # a high percentile of a long queue varies more than its mean
    return Study(
        f"push, batch size 1, mean duration {mean:.3g} s, {rate:.3g} records/s",
        pushed(rate, duration_s, per_batch),
        latency,
        tuple(expected),
        40 if rare else 20,
    )


def bulk(most: int, cv: float, rho: float, effort: float) -> Study:
    """Batches of what there is, at most so many."""
    service = Service(MEAN_S, cv)
    rate = rho * most / MEAN_S
    value = bulk_wait(rate, most, service) + MEAN_S
    return Study(
        f"push, batch size {most}, {_duration(cv)} of mean {MEAN_S:g} s, {rate:.3g} records/s",
        pushed(rate, services(rho, effort, cv**2) / 2 * MEAN_S, drawn(service), most),
        latency,
        (Expected(f"M/{'D' if cv == 0 else 'M'}^(1,{most})/1, rho {rho:g}", "mean", value, "embedded Markov chain"),),
        10,
    )


def gated(cv: float, rho: float, effort: float) -> Study:
    """Base-rate polling: what comes between polls waits at the gate."""
    service, interval_s = Service(MEAN_S, cv), 1.0
    rate = rho / MEAN_S
    value = gated_wait(rate, service, interval_s) + MEAN_S
    return Study(
        f"base-rate polling each second, batch size 1, {_duration(cv)} of mean {MEAN_S:g} s, {rate:.3g} records/s",
        polled(rate, services(rho, effort, cv**2) / rate, drawn(service), 1, interval_s, "base_rate"),
        latency,
        (Expected(f"gated, {_duration(cv)}, rho {rho:g}", "mean", value, "Spitzer's identity"),),
        10,
    )


def exhaustive(cv: float, rho: float, effort: float) -> Study:
    """Full-batch polling of single records: as long as a poll finds something, the next follows at once."""
    service, interval_s = Service(1.0, cv), 10.0
    value = exhaustive_wait(rho, service, interval_s) + 1.0
    return Study(
        f"full-batch polling every 10 s, batch size 1, {_duration(cv)} of mean 1 s, {rho:g} records/s",
        polled(rho, services(rho, effort, cv**2) / rho, drawn(service), 1, interval_s, "full_batch"),
        latency,
        (Expected(f"exhaustive, {_duration(cv)}, rho {rho:g}", "mean", value, "M/G/1 with vacations"),),
        10,
    )


def full_batches(rho: float, effort: float) -> Study:
    """The rule of full batches with more than one record in each."""
    most, service_s, interval_s = 4, 7, 17
    rate = rho * most / service_s
    value = full_batch_wait(rate, most, service_s, interval_s, 1.0) + service_s
    return Study(
        f"full-batch polling every 17 s, batch size 4, duration 7 s, {rate:.3g} records/s",
        polled(rate, 20_000 * effort / rate, text(service_s), most, interval_s, "full_batch"),
        latency,
        (Expected(f"full batches of 4, rho {rho:g}", "mean", value, "Markov chain in ticks of 1 s"),),
        10,
    )


def whole_backlog(effort: float) -> Study:
    """A poll's answer in one batch, over before the next."""
    rate, per_batch_s, per_record_s = 20.0, 0.1, 0.01
    content = polled(rate, 2000 * effort, text(per_batch_s), 10_000, 1.0, "base_rate")
    content["functions"]["f"]["duration"]["per_record"] = text(per_record_s)
    value = 0.5 + per_batch_s + per_record_s * (1 + rate)
    return Study(
        "base-rate polling each second, batch size 10,000, duration 100 ms and 10 ms a record, 20 records/s",
        content,
        latency,
        (Expected("one batch a poll", "mean", value, "T/2 + a + b (1 + rate T)"),),
        10,
    )


def windowed(effort: float) -> Study:
    """A batching window, each batch taking all there is."""
    rate, window_s, duration_s = 0.8, 2.0, 0.5
    return Study(
        "push, batching window 2 s, batch size 10,000, duration 0.5 s, 0.8 records/s",
        pushed(rate, 10_000 * effort, text(duration_s), 10_000, maximum_batching_window=text(window_s)),
        latency,
        (Expected("batching window", "mean", window_wait(rate, window_s, duration_s) + duration_s, "renewal cycle"),),
        10,
    )


def backlog_against_latency(content: Scenario, replication: int) -> Figures:
    """The backlog sampled at the ends of 600 intervals, less Little's rate times time in the system."""
    result = simulate(content, None, replication)
    mapping = result.mappings[0]
    rows = result.timeseries.iloc[: int(content.duration / result.measures.interval_s)]
    rate = mapping.ends.produced / content.duration
    backlog = float(np.mean(rows["backlog_records"]))
    return {"backlog": backlog, "product": backlog - rate * mapping.measures.latency.mean_s}


def sampled_backlog(effort: float) -> Study:
    """Little's law, from a backlog that is sampled."""
    rho = 0.8
    content = pushed(rho / MEAN_S, services(rho, effort) / rho * MEAN_S, drawn(Service(MEAN_S, 1)))
    content["warmup"] = "0s"
    few = "600 samples of the backlog a run"
    return Study(
        "M/M/1 at rho 0.8, backlog read from the time series",
        content,
        backlog_against_latency,
        (
            Expected("mean number in the system", "backlog", rho / (1 - rho), "rho / (1 - rho)", "records"),
            Expected("Little: backlog - rate x latency", "product", 0.0, "Little's law", "records", why=few),
        ),
        20,
    )


def _duration(cv: float) -> str:
    return "constant" if cv == 0 else "exponential"
