"""The fields of the scenario itself, and of the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.scenario.units import format_duration
from simulator.twin.fields.field import Field
from simulator.twin.measured.evidence import Evidence
from simulator.twin.system import System

USUAL_CONCURRENCY: Final = 1000
TELLS: Final = "get-account-settings tells it"


def head_fields(system: System, seen: Evidence) -> Iterator[Field]:
    """Name, duration, and the time of t = 0."""
    name = next(iter(system.streams), "imported")
    yield Field(("name",), name, "assumed", "the first stream")
    metrics = seen.metrics
    if metrics is None:
        yield Field(("duration",), "1h", "assumed", "metrics tell how long the load is known")
        return
    place = metrics.series[0].place.file
    yield Field(("duration",), format_duration(metrics.duration_s), "data", f"{place}: as long as there are metrics")
    yield Field(("start_time",), f"{metrics.start:%Y-%m-%dT%H:%M:%SZ}", "data", f"{place}: the first time")


def account_fields(system: System) -> Iterator[Field]:
    """The account's concurrency, and what functions outside the scenario have reserved of it."""
    known = system.account
    limit = known.get("ConcurrentExecutions") if known else None
    left = known.get("UnreservedConcurrentExecutions") if known else None
    if limit is None:
        yield Field(("account", "concurrency"), USUAL_CONCURRENCY, "assumed", f"AWS's usual quota; {TELLS}")
    else:
        yield Field(("account", "concurrency"), limit.value, "data", str(limit.place))
    if limit is None or left is None:
        yield Field(("account", "other_concurrency"), 0, "assumed", TELLS)
        return
    functions = [each for each in system.functions.values() if each is not None]
    own = sum(units for each in functions if isinstance(units := each.value("ReservedConcurrentExecutions"), int))
    others = max(limit.value - left.value - own, 0)
    why = f"{limit.value} less {left.value} unreserved, less {own} reserved here; others may use more"
    yield Field(("account", "other_concurrency"), others, "data", f"{left.place}: {why}")
