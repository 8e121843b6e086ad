"""How much of each limit a mapping and its stream use."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.measures.concurrency import ConcurrencyMeasures
from simulator.measures.mapping import MappingMeasures
from simulator.measures.stream import StreamMeasures
from simulator.model.read_limits import CALLS_PER_S, READ_BYTES_PER_S
from simulator.model.simulation import Simulation
from simulator.model.write_limits import BYTES_PER_S, RECORDS_PER_S

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Use:
    """The use of one limit as a part of it: on average, and where and when it is highest."""

    limit: str
    mean: float  # over the shards (or lanes) and the run
    hottest: float  # of the hottest shard (or lane), over the run; of concurrency: the peak

    def as_dict(self) -> dict[str, float]:
        return {"mean": self.mean, "hottest": self.hottest}


def write_uses(measures: StreamMeasures, duration_s: float, interval_s: float) -> list[Use]:
    """What producers offer of a shard's 1,000 records/s and 1 MiB/s; the hottest shard in its busiest interval.

    A shard may accept a second's records at once, so that no interval counts that is shorter.
    """
    records = measures.records_by_shard / duration_s
    bytes_ = measures.bytes_by_shard / duration_s
    busiest = float(busiest_per_s(measures.load, interval_s).max())
    size = measures.bytes_by_shard.sum() / max(1, measures.records_by_shard.sum())
    return [
        Use("write records", float(records.mean()) / RECORDS_PER_S, busiest / RECORDS_PER_S),
        Use("write bytes", float(bytes_.mean()) / BYTES_PER_S, busiest * size / BYTES_PER_S),
    ]


def busiest_per_s(load: Floats | Integers, interval_s: float) -> Floats:
    """By shard the most records a second that it accepts, in as many rows of `load` as make up a second at least."""
    rows = max(1, math.ceil(round(1 / interval_s, 9)))
    sums = np.add.reduceat(load, np.arange(0, len(load), rows), axis=0)
    busiest: Floats = sums.max(axis=0, initial=0) / (rows * interval_s)
    return busiest


def read_uses(simulation: Simulation, measures: MappingMeasures, sent_bytes: np.ndarray, end_s: float) -> list[Use]:
    """GetRecords calls and bytes of all mappings that share the shards; of push, the subscription's own bytes."""
    spec = measures.mapping.spec
    if spec.consumer == "push":
        bytes_ = sent_bytes / end_s / READ_BYTES_PER_S
        return [Use("read bytes", float(bytes_.mean()), float(bytes_.max()))]
    sharing = [m.pollers for m in simulation.mappings if m.spec.stream == spec.stream and m.pollers]
    calls = np.array([[p.calls + p.refused for p in pollers] for pollers in sharing]).sum(axis=0) / end_s / CALLS_PER_S
    read = np.array([[p.bytes for p in pollers] for pollers in sharing]).sum(axis=0) / end_s / READ_BYTES_PER_S
    return [
        Use("read calls", float(calls.mean()), float(calls.max())),
        Use("read bytes", float(read.mean()), float(read.max())),
    ]


def function_uses(measures: MappingMeasures, concurrency: ConcurrencyMeasures, end_s: float) -> list[Use]:
    """The time in which lanes are busy with a batch, and the units of concurrency the function may have."""
    busy = measures.busy_s / end_s
    limit = max(1, measures.mapping.function.pool.limit)
    return [
        Use("function time per lane", float(busy.mean()), float(busy.max())),
        Use("concurrency", concurrency.total_s / end_s / limit, concurrency.peak / limit),
    ]
