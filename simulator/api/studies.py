"""The functions of `simulator`: those of measures and study, with results that show and save themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from simulator.api import results
from simulator.api.scenario import Scenario, load
from simulator.kernel.engines import Engine
from simulator.measures import run
from simulator.model.observer import Observer
from simulator.scenario import spec
from simulator.scenario.overrides import Overrides
from simulator.study import advice as advising
from simulator.study import compare as comparing
from simulator.study import load_sweep as sweeping
from simulator.study import size as sizing
from simulator.study.patience import ExecutorError
from simulator.study.settling import settled
from simulator.study.source import Source

P = ParamSpec("P")
R = TypeVar("R", bound=results.Shown)


def _study(function: Callable[P, Any], cls: Callable[..., R]) -> Callable[P, R]:
    """The function with a result that knows its scenario; it takes all that `load` takes."""

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature(function).bind(*args, **kwargs)
        own = _loaded(given.arguments["scenario"], given.arguments.pop("overrides", ()))
        given.arguments["scenario"] = own
        try:
            found = function(*given.args, **given.kwargs)
        except ExecutorError as error:
            raise ExecutorError(str(error)) from None  # without the frames of those who look after processes
        seed = given.arguments.get("seed")
        source = Source.of(own).times(getattr(found, "factor", 1.0))
        scenario = settled(source, seed)[0].scenario()
        return cls(**_data(found), scenario=scenario if seed is None else replace(scenario, seed=seed))

    return asked


def _loaded(scenario: Any, overrides: Overrides = ()) -> Scenario:
    return scenario if isinstance(scenario, Scenario) and not overrides else load(scenario, overrides)


def _data(result: Any) -> dict[str, Any]:
    return {each.name: getattr(result, each.name) for each in fields(result)}


def simulate(
    scenario: str | Path | Mapping[str, Any] | spec.Scenario,
    seed: int | None = None,
    replication: int = 0,
    interval_s: float | None = None,
    sinks: tuple[Observer, ...] = (),
    engine: Engine | None = None,
) -> results.Result:
    """Run a scenario, or what `load` takes for one, to its end.

    `seed` replaces the scenario's. Replications of one seed draw independent random numbers. `interval_s` is the
    interval of the time series (default: one that gives about 600 rows for the traffic); nothing else depends on it.
    Sinks see what the measures see, a window at a time. `engine`: `kernel` or `simpy`, with the same results. Raises
    ScenarioError, and IntervalError for an interval that gives too many rows.
    """
    found = run.simulate(_loaded(scenario), seed, replication, interval_s, sinks, engine)
    return results.Result(**_data(found))


compare = _study(comparing.compare, results.Comparison)
size = _study(sizing.size, results.Sizing)
advise = _study(advising.advise, results.Advice)
sweep_load = _study(sweeping.sweep_load, results.LoadSweep)
