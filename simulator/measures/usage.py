"""How much of each limit a mapping and its stream use: what is asked of it as a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.measures.concurrency import ConcurrencyMeasures
from simulator.measures.reads import Reads
from simulator.measures.stream import StreamMeasures
from simulator.model.read_limits import CALLS_PER_S, READ_BYTES_PER_S
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S


@dataclass(frozen=True)
class Use:
    """The use of one limit as a part of it: on average, and where and when it is highest."""

    limit: str
    mean: float  # over the shards (or lanes) and the run; of writing: over the traffic
    hottest: float  # of the hottest shard (or lane); of writing in its busiest second; of concurrency the peak

    def as_dict(self) -> dict[str, float]:
        return {"mean": self.mean, "hottest": self.hottest}


def write_uses(stream: StreamMeasures) -> tuple[Use, Use]:
    """What producers offer of a shard's 1,000 records/s and 1 MiB/s, accepted or not."""
    open_s = sum(stream.open_ns) / NS
    records = float(stream.offered_by_shard.sum()) / open_s / RECORDS_PER_S
    bytes_ = float(stream.offered_bytes_by_shard.sum()) / open_s / BYTES_PER_S
    return (
        Use("write records", records, float(stream.busiest.records.max(initial=0)) / RECORDS_PER_S),
        Use("write bytes", bytes_, float(stream.busiest.bytes.max(initial=0)) / BYTES_PER_S),
    )


def read_uses(stream: StreamMeasures, mine: Reads, sharing: Sequence[Reads], end_s: float) -> tuple[Use, ...]:
    """GetRecords calls and bytes of all mappings that poll the shards, `sharing`; of push, which has none, its own."""
    n = stream.shards
    if not sharing:
        return (_read_use("read bytes", mine.bytes.upto(n), end_s * READ_BYTES_PER_S),)
    calls = np.sum([each.calls.upto(n) + each.refused.upto(n) for each in sharing], axis=0)
    bytes_ = np.sum([each.bytes.upto(n) for each in sharing], axis=0)
    return (
        _read_use("read calls", calls, end_s * CALLS_PER_S),
        _read_use("read bytes", bytes_, end_s * READ_BYTES_PER_S),
    )


def _read_use(limit: str, by_shard: Integers, most: float) -> Use:
    uses: Floats = by_shard / most
    return Use(limit, float(uses.mean()), float(uses.max()))


def function_uses(busy_ns: Integers, concurrency: ConcurrencyMeasures, units: int, end_s: float) -> tuple[Use, Use]:
    """The time in which lanes are busy with a batch, and the units of concurrency the function may have."""
    busy = busy_ns / (end_s * NS)
    limit = max(1, units)
    return (
        Use("function time per lane", float(busy.mean()), float(busy.max())),
        Use("concurrency", concurrency.total_s / end_s / limit, concurrency.peak / limit),
    )
