"""Limits: what was offered to each over its capacity, never what got through (docs/conclusions.md)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.measures.expected import batch_s, full_batch
from simulator.measures.mapping import MappingMeasures
from simulator.measures.reads import Reads
from simulator.measures.stream import StreamMeasures
from simulator.model.concurrency import pool_sizes
from simulator.model.read_limits import CALLS_PER_S, READ_BYTES_PER_S
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.log import Floats
from simulator.traffic.nanoseconds import NEVER, NS
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S


@dataclass(frozen=True)
class Offered:
    """What was offered to a limit as a part of its capacity, by the shard, lane or pool most used; 1.5: half too much.

    `limit`: write_records, write_bytes, read_calls, read_bytes, lanes or concurrency; `mean`: over the traffic;
    `peak`: in the busiest whole second; NaN where that is not measured.
    """

    limit: str
    mean: float
    peak: float

    def as_dict(self) -> dict[str, float]:
        return {"offered_mean": self.mean, "offered_peak": self.peak}


def offered_to_write(stream: StreamMeasures) -> tuple[Offered, Offered]:
    """What producers offered of a shard's 1,000 records/s and 1 MiB/s, accepted or not."""
    open_s = _open_s(stream)
    busiest = stream.busiest
    return (
        Offered(
            "write_records",
            _most(stream.offered_by_shard / open_s / RECORDS_PER_S),
            _most(busiest.records / RECORDS_PER_S),
        ),
        Offered(
            "write_bytes",
            _most(stream.offered_bytes_by_shard / open_s / BYTES_PER_S),
            _most(busiest.bytes / BYTES_PER_S),
        ),
    )


def offered_to_read(stream: StreamMeasures, polling: Sequence[Reads], end_s: float) -> Iterator[Offered]:
    """Calls wanted, and bytes accepted times those who read them: `polling` mappings together, a pushed one alone."""
    n, open_s = stream.shards, _open_s(stream)
    if polling:
        calls = np.sum([each.calls.upto(n) + each.refused.upto(n) for each in polling], axis=0)
        yield Offered("read_calls", _most(calls / end_s / CALLS_PER_S), math.nan)
    readers = max(1, len(polling))
    accepted = np.minimum(stream.busiest.bytes, BYTES_PER_S)  # in the busiest second no more of them get in
    yield Offered(
        "read_bytes",
        _most(readers * stream.bytes_by_shard / open_s / READ_BYTES_PER_S),
        _most(readers * accepted / READ_BYTES_PER_S),
    )


def offered_to_function(
    scenario: Scenario,
    spec: EventSourceMapping,
    streams: dict[str, StreamMeasures],
    measures: Sequence[MappingMeasures],
) -> Iterator[Offered]:
    """The time that a lane's records need against that of the traffic, and all lanes' against the pool's units."""
    of = dict(zip((each.name for each in scenario.event_source_mappings), measures, strict=True))
    needed = _needed_s(scenario, spec, streams[spec.stream], of[spec.name])
    read_s = _read_s(scenario, spec)
    yield Offered("lanes", _most(needed) / read_s, math.nan)
    total_s = sum(
        float(_needed_s(scenario, each, streams[each.stream], of[each.name]).sum()) / _read_s(scenario, each)
        for each in scenario.event_source_mappings
        if _share_a_pool(scenario, each.function, spec.function)
    )
    units = pool_sizes(scenario)[spec.function]
    yield Offered("concurrency", total_s / units if units else math.inf if total_s else 0.0, math.nan)


def _needed_s(
    scenario: Scenario, spec: EventSourceMapping, stream: StreamMeasures, measures: MappingMeasures
) -> Floats:
    size = float(stream.bytes_by_shard.sum()) / max(1, int(stream.records_by_shard.sum()))
    records = full_batch(spec, size)
    return measures.work.needed_s(batch_s(spec, scenario.functions[spec.function], records, size) / records)


def _read_s(scenario: Scenario, spec: EventSourceMapping) -> float:
    """The time of the traffic that a mapping does not skip."""
    begin_s = min([0.0, *(each.start for each in scenario.producers if each.stream == spec.stream)])
    position = spec.starting_position
    since_s = (
        spec.starts_after if position == "latest" else begin_s if position == "trim_horizon" else position.at_timestamp
    )
    return max(scenario.duration - max(begin_s, since_s), 1 / NS)


def _share_a_pool(scenario: Scenario, one: str, other: str) -> bool:
    """Functions without a reserve share what the account leaves."""
    reserves = [scenario.functions[each].reserved_concurrency for each in (one, other)]
    return one == other or reserves == [None, None]


def _open_s(stream: StreamMeasures) -> Floats:
    """By shard: how long it was open while traffic came; of one that opened or closed at least a bucket's second."""
    changed = np.array([bool(span.parents) or span.closes_ns < NEVER for span in stream.spans])
    return np.maximum(stream.open_ns, np.where(changed, NS, 1)) / NS


def _most(values: Floats) -> float:
    return float(values.max(initial=0.0))
