"""The times of a run that its measures need to know beforehand, and the interval of its time series."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.measures.grid import MOST_ROWS, nice_interval_ns
from simulator.scenario.spec import Scenario
from simulator.scenario.units import format_duration
from simulator.traffic.nanoseconds import NEVER, NS, ns


class IntervalError(ValueError):
    """An interval of the time series that gives too many rows; the message says what would be right."""


@dataclass(frozen=True)
class RunTimes:
    """Times in nanoseconds."""

    begin_ns: int  # of the traffic
    duration_ns: int  # when producers stop
    latest_ns: int  # when the run ends at the latest
    warmup_ns: int  # when the warm-up ends; long ago without one
    interval_ns: int  # of the rows of the time series

    @property
    def usual_interval_ns(self) -> int:
        """The interval that gives about 600 rows for the traffic: what does not depend on the one asked for."""
        return nice_interval_ns(self.duration_ns, self.latest_ns)


def run_times(scenario: Scenario, interval_s: float | None = None) -> RunTimes:
    """The times of a scenario; an interval longer than the run is as long as the run.

    Raises IntervalError when an interval would give, or could give, too many rows.
    """
    duration_ns = ns(scenario.duration)
    latest_ns = duration_ns + ns(scenario.drain)
    interval_ns = nice_interval_ns(duration_ns, latest_ns) if interval_s is None else min(ns(interval_s), latest_ns)
    if interval_ns <= 0 or latest_ns > MOST_ROWS * interval_ns:
        raise IntervalError(_too_many_rows(scenario, interval_s or 0.0, latest_ns))
    return RunTimes(
        min([0, *(ns(p.start) for p in scenario.producers)]),
        duration_ns,
        latest_ns,
        ns(scenario.warmup_s) if scenario.warmup_s else -NEVER,
        interval_ns,
    )


def _too_many_rows(scenario: Scenario, interval_s: float, latest_ns: int) -> str:
    rows = "infinitely many" if ns(interval_s) <= 0 else f"up to {-(-latest_ns // ns(interval_s)):,}"
    least_s = nice_interval_ns(1, latest_ns) / NS
    parts = f"{format_duration(scenario.duration)} of traffic and up to {format_duration(scenario.drain)} of drain"
    return (
        f"an interval of {_told(interval_s)} would give {rows} rows ({parts}); "
        f"allowed: at most {MOST_ROWS:,}, so {_told(least_s)} or more, or a shorter drain"
    )


def _told(interval_s: float) -> str:
    return format_duration(interval_s) if interval_s >= 1 else f"{1000 * interval_s:g}ms"
