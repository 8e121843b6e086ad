"""Simulate a scenario and measure it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.measures.observer import Measures, Sink
from simulator.measures.result import Result, result
from simulator.measures.verdict import sample_times_s
from simulator.model.simulation import Simulation
from simulator.scenario.spec import Scenario


def simulate(
    scenario: Scenario,
    seed: int | None = None,
    replication: int = 0,
    interval_s: float | None = None,
    sinks: tuple[Sink, ...] = (),
) -> Result:
    """Run a scenario to its end.

    `seed` replaces the scenario's. Replications of one seed draw independent random numbers. `interval_s` is the
    interval of the time series (default: one that gives about 600 rows). Sinks take the finished attempts and the
    progress, a window at a time.
    """
    measures = Measures(scenario, interval_s, sinks)
    simulation = Simulation(scenario, scenario.seed if seed is None else seed, replication, measures)
    lags_s: list[list[float]] = []
    simulation.env.process(simulation.sample_lag(sample_times_s(scenario.duration), lags_s))
    with without_cycle_collection():
        end_s = simulation.run()
    return result(scenario, simulation, measures, lags_s, end_s)


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """A run leaves no reference cycles behind as it goes on; to look for them would take a tenth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
