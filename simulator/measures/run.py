"""Simulate a scenario and measure it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from simulator.kernel.engines import Engine, run_by, usual
from simulator.kernel.plan import Measuring
from simulator.measures.by_shard import ShardLoad
from simulator.measures.observer import Measures, Several
from simulator.measures.result import Result, result
from simulator.measures.run_times import RunTimes, run_times
from simulator.measures.verdict import behind_ns
from simulator.model.observer import Follower, Observer
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
    Sinks see what the measures see, a window at a time; where all of them can do without facts, the kernel measures the
    run itself. `engine`: who simulates (see simulator.kernel.engines), with
    the same results. Raises IntervalError for an interval that gives too many rows.
    """
    times, engine = run_times(scenario, interval_s), engine or usual()
    seed = scenario.seed if seed is None else seed
    with without_cycle_collection():
        followers = [sink for sink in sinks if isinstance(sink, Follower)]
        if engine == "kernel" and len(followers) == len(sinks):
            return _measured_by_kernel(scenario, seed, replication, times, followers)
        measures = Measures(scenario, times)
        end_ns = run_by(engine)(scenario, seed, replication, Several((measures, *sinks)))
    return result(scenario, seed, replication, measures.outcome(end_ns), end_ns)


def _measured_by_kernel(
    scenario: Scenario, seed: int, replication: int, times: RunTimes, followers: Sequence[Follower]
) -> Result:
    """A run that is measured where it is simulated: nobody needs its facts."""
    from simulator.kernel.whole import measure
    from simulator.measures.by_kernel import outcome

    blocks, end_ns = measure(scenario, seed, replication, measuring(scenario, times), followers)
    return result(scenario, seed, replication, outcome(scenario, times, blocks, end_ns), end_ns)


def measuring(scenario: Scenario, times: RunTimes) -> Measuring:
    """What the kernel needs to know to measure a run of a scenario."""
    load_interval_ns = ShardLoad(times.duration_ns).interval_ns
    limits_ns = tuple(behind_ns(mapping) for mapping in scenario.event_source_mappings)
    return Measuring(times.interval_ns, times.usual_interval_ns, times.warmup_ns, load_interval_ns, limits_ns)


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
