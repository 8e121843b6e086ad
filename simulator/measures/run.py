"""Simulate a scenario and measure it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.kernel.engines import Engine, run_by, usual
from simulator.measures.observer import Measures, Several
from simulator.measures.result import Result, result
from simulator.measures.run_times import run_times
from simulator.model.observer import Observer
from simulator.scenario.spec import Scenario


def simulate(
    scenario: Scenario,
    seed: int | None = None,
    replication: int = 0,
    interval_s: float | None = None,
    sinks: tuple[Observer, ...] = (),
    engine: Engine | None = None,
) -> Result:
    """Run a scenario to its end.

    `seed` replaces the scenario's. Replications of one seed draw independent random numbers. `interval_s` is the
    interval of the time series (default: one that gives about 600 rows for the traffic); nothing else depends on it.
    Sinks see what the measures see, a window at a time. `engine`: who simulates (see simulator.kernel.engines), with
    the same results. Raises IntervalError for an interval that gives too many rows.
    """
    times = run_times(scenario, interval_s)
    measures = Measures(scenario, times)
    seed = scenario.seed if seed is None else seed
    with without_cycle_collection():
        end_ns = run_by(engine or usual())(scenario, seed, replication, Several((measures, *sinks)))
    return result(scenario, seed, replication, measures, end_ns)


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """To look for reference cycles while a run goes on would take a tenth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
