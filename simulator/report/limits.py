"""The limits that plots show, from the resolved scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.model.read_limits import READ_BYTES_PER_S
from simulator.report.tables import RunTables
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S


@dataclass(frozen=True)
class RateLimit:
    """A limit of a stream as records/s: in bytes, at the mean size of its records."""

    name: str
    records_per_s: float
    whose: str = "the stream's"


def mean_size_bytes(tables: RunTables, stream: str) -> float:
    """The mean size of a stream's accepted records; 0 if there were none."""
    summary = tables.summary["streams"][stream]
    return float(summary["accepted_bytes"] / max(1, summary["records_accepted"]))


def rate_limits(tables: RunTables, mapping: str) -> list[RateLimit]:
    """What a mapping's stream can take, and what the mapping can read of it, lowest first."""
    stream = tables.summary["event_source_mappings"][mapping]["stream"]
    shards, size = tables.summary["streams"][stream]["shards"], mean_size_bytes(tables, stream)
    limits = [RateLimit("write limit, records", shards * RECORDS_PER_S)]
    if size:
        whose = "its own" if consumer(tables, mapping) == "push" else "for all that poll"
        limits.append(RateLimit("write limit, bytes", shards * BYTES_PER_S / size))
        limits.append(RateLimit("read limit, bytes", shards * READ_BYTES_PER_S / size, whose))
    return limits


def consumer(tables: RunTables, mapping: str) -> str:
    """polling or push."""
    return str(next(m["consumer"] for m in tables.resolved["event_source_mappings"] if m["name"] == mapping))


@dataclass(frozen=True)
class ConcurrencyLimit:
    """What a function may use: its reserve, or what other uses and the reserves leave of the account."""

    units: int
    what: str


def concurrency_limit(tables: RunTables, function: str) -> ConcurrencyLimit:
    """The limit of a function's concurrency, and whose it is."""
    functions: dict[str, Any] = tables.resolved["functions"]
    reserves = {name: each["reserved_concurrency"] for name, each in functions.items()}
    if reserves[function] != "none":
        return ConcurrencyLimit(reserves[function], "its reserve")
    account = tables.resolved["account"]
    taken = account["other_concurrency"] + sum(units for units in reserves.values() if units != "none")
    sharing = sum(units == "none" for units in reserves.values())
    what = "the account's" + (", less what is reserved or in other use" if taken else "")
    shared = f", shared by {sharing} functions" if sharing > 1 else ""
    return ConcurrencyLimit(account["concurrency"] - taken, what + shared)
