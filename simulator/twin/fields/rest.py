"""The fields of the scenario itself, of the account, and of the producers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.twin.fields.field import Field
from simulator.twin.system import System

USUAL_CONCURRENCY: Final = 1000
TELLS: Final = "get-account-settings tells it"


def head_fields(system: System) -> Iterator[Field]:
    """Name and duration."""
    name = next(iter(system.streams), "imported")
    yield Field(("name",), name, "assumed", "the first stream")
    yield Field(("duration",), "1h", "assumed", "metrics tell how long the load is known")


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


def producer_fields(system: System) -> Iterator[Field]:
    """A producer for each stream: how much it writes is what no template says."""
    for i, stream in enumerate(system.streams):
        path = ("producers", i)
        yield Field((*path, "name"), f"all of {stream}"[:128], "assumed", "all that write to it are one")
        yield Field((*path, "stream"), stream, "assumed", "all that write to it are one")
        yield Field((*path, "rate"), "100/s", "missing", "the metric IncomingRecords tells it")
        yield Field((*path, "record_size"), "1KiB", "missing", "the metrics IncomingBytes and IncomingRecords tell it")
        yield Field((*path, "partition_keys"), "unique", "missing", "a CSV file of keys and counts tells it")
