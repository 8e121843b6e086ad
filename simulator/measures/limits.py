"""Limits: what was offered to each over its capacity, never what got through (docs/conclusions.md)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulator.measures.expected import batch_s, full_batch
from simulator.measures.mapping import MappingMeasures
from simulator.measures.observer import Measured
from simulator.measures.reads import Reads
from simulator.measures.stream import StreamMeasures
from simulator.model.concurrency import drawn_from, pool_sizes
from simulator.model.read_limits import CALLS_PER_S, READ_BYTES_PER_S
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.log import Floats
from simulator.traffic.nanoseconds import NEVER, NS
from simulator.traffic.write_limits import BYTES_PER_S, RECORDS_PER_S


@dataclass(frozen=True)
class Offered:
    """What was offered to a limit as a part of its capacity, by the shard, lane or pool most used; 1.5: half too much.

    `limit`: write_records, write_bytes, read_calls, read_bytes, lanes or concurrency; `mean`: over the traffic;
    `peak`: in the busiest whole second, of concurrency at the busiest instant; NaN for lanes, which have none.
    """

    limit: str
    mean: float
    peak: float

    def as_dict(self) -> dict[str, float]:
        return {"offered_mean": self.mean, "offered_peak": self.peak}


def offered_to_write(stream: StreamMeasures) -> tuple[Offered, Offered]:
    """What producers offered of a shard's 1,000 records/s and 1 MiB/s, accepted or not."""
    open_s = _open_s(stream)
    return (
        Offered(
            "write_records",
            _most(stream.offered_by_shard / open_s / RECORDS_PER_S),
            _most(stream.busiest_records_by_shard / RECORDS_PER_S),
        ),
        Offered(
            "write_bytes",
            _most(stream.offered_bytes_by_shard / open_s / BYTES_PER_S),
            _most(stream.busiest_bytes_by_shard / BYTES_PER_S),
        ),
    )


def offered_to_read(stream: StreamMeasures, polling: Sequence[Reads], end_s: float) -> Iterator[Offered]:
    """Calls wanted, and bytes accepted times those who read them: `polling` mappings together, a pushed one alone."""
    n, open_s = stream.shards, _open_s(stream)
    if polling:
        calls = np.sum([each.calls.upto(n) + each.refused.upto(n) for each in polling], axis=0)
        busiest = stream.busiest_calls_by_shard
        yield Offered("read_calls", _most(calls / end_s / CALLS_PER_S), _most(busiest / CALLS_PER_S))
    readers = max(1, len(polling))
    accepted = np.minimum(stream.busiest_bytes_by_shard, BYTES_PER_S)  # in a second no more of them get in
    yield Offered(
        "read_bytes",
        _most(readers * stream.bytes_by_shard / open_s / READ_BYTES_PER_S),
        _most(readers * accepted / READ_BYTES_PER_S),
    )


def offered_to_function(scenario: Scenario, spec: EventSourceMapping, measured: Measured) -> Iterator[Offered]:
    """The time that a lane's records need against that of the traffic, and all lanes' against the pool's units."""
    pools, units = drawn_from(scenario), pool_sizes(scenario)[spec.function]
    busy = {
        each.name: _busy(scenario, each, measured.streams[each.stream], mine)
        for each, mine in zip(scenario.event_source_mappings, measured.mappings, strict=True)
        if pools[each.function] == pools[spec.function]
    }
    yield Offered("lanes", busy[spec.name].most, math.nan)
    wanted = measured.most_wanted[spec.function]
    yield Offered("concurrency", _of_units(sum(each.all for each in busy.values()), units), _of_units(wanted, units))


def _of_units(wanted: float, units: int) -> float:
    return wanted / units if units else math.inf if wanted else 0.0


class _Busy(NamedTuple):
    """Parts of the time that a mapping reads."""

    most: float  # of the lane that needs the most
    all: float  # of all lanes, added up


def _busy(scenario: Scenario, spec: EventSourceMapping, stream: StreamMeasures, measures: MappingMeasures) -> _Busy:
    needed_s, read_s = _needed_s(scenario, spec, stream, measures), _read_s(scenario, spec)
    return _Busy(_most(needed_s) / read_s, float(needed_s.sum()) / read_s)


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


def _open_s(stream: StreamMeasures) -> Floats:
    """By shard: how long it was open while traffic came; of one that opened or closed at least a bucket's second."""
    changed = np.array([bool(span.parents) or span.closes_ns < NEVER for span in stream.spans])
    return np.maximum(stream.open_ns, np.where(changed, NS, 1)) / NS


def _most(values: Floats) -> float:
    return float(values.max(initial=0.0))
