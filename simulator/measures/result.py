"""The result of a run: its summary and its tables. It is data alone, and can be sent to another process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simulator.measures import tables
from simulator.measures.bill import Bill, bill
from simulator.measures.conservation import Ends
from simulator.measures.finished import Finished, MappingResult
from simulator.measures.limits import Offered, offered_to_function, offered_to_read, offered_to_write
from simulator.measures.mapping import MappingMeasures
from simulator.measures.observer import Measured, Outcome
from simulator.measures.stream import StreamMeasures
from simulator.measures.summary import summary
from simulator.measures.verdict import Course, Verdict, binding, state
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.nanoseconds import NS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Result(Finished):
    """One finished run. Tables are pandas DataFrames; units are in the names of their columns."""

    @cached_property
    def timeseries(self) -> pd.DataFrame:
        """One row an interval and mapping."""
        return tables.timeseries(self)

    @cached_property
    def latency(self) -> pd.DataFrame:
        """Percentiles of latency and iterator age, and the mean parts of latency, by mapping."""
        return tables.latency(self)

    @cached_property
    def shards(self) -> pd.DataFrame:
        """One row a mapping and shard."""
        return tables.shards(self)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """One row an episode of a mapping."""
        return tables.incidents(self)

    @cached_property
    def reshardings(self) -> pd.DataFrame:
        """One row a request that changes the shards of a stream, and a mapping that reads it."""
        return tables.reshardings(self)

    @cached_property
    def readers(self) -> pd.DataFrame:
        """One row an interval and other reader."""
        return tables.readers(self)

    @cached_property
    def bill(self) -> Bill:
        """What the run costs, and a month of its traffic."""
        return bill(self)

    def summary(self) -> dict[str, Any]:
        """The figures of summary.json."""
        return summary(self)


def result(scenario: Scenario, seed: int, replication: int, outcome: Outcome, end_ns: int) -> Result:
    """Draw up the result of a run that has ended."""
    done = [_mapping_result(scenario, outcome, number, end_ns) for number in range(len(outcome.ends))]
    return Result(scenario, seed, replication, end_ns, outcome.measured, tuple(done))


def _mapping_result(scenario: Scenario, outcome: Outcome, number: int, end_ns: int) -> MappingResult:
    measured, spec, ends = outcome.measured, scenario.event_source_mappings[number], outcome.ends[number]
    mine, stream = measured.mappings[number], measured.streams[spec.stream]
    counted = {"calls": mine.reads.calls, "refused": mine.reads.refused, "skipped": mine.reads.skipped}
    reads = {} if spec.consumer == "push" else {name: int(n.values.sum()) for name, n in counted.items()}
    return MappingResult(
        name=spec.name,
        stream=spec.stream,
        function=spec.function,
        pushed=spec.consumer == "push",
        verdict=_verdict(scenario, spec, mine, stream, ends),
        ends=ends,
        limits=tuple(_limits(scenario, measured, spec, end_ns / NS)),
        episodes=tuple(outcome.episodes[number]),
        reads=reads,
        read_bytes=int(mine.reads.bytes.values.sum()),
        measures=mine,
    )


def _verdict(
    scenario: Scenario, spec: EventSourceMapping, mine: MappingMeasures, stream: StreamMeasures, ends: Ends
) -> Verdict:
    course = Course(
        duration_s=scenario.duration,
        lags=mine.lags,
        behind_ns=mine.lag.behind_ns,
        quarter=mine.quarter,
        dropped_at_write=ends.dropped_at_write,
        write_limit=max(offered_to_write(stream), key=lambda each: each.mean).limit,
        records=ends.wanted,
        left=ends.unprocessed,
    )
    name, reason = state(spec, course)
    before_ns = mine.waiting.before_ns()
    waiting_s = {cause: (all_ns - before_ns[cause]) / NS for cause, all_ns in mine.waiting.total_ns().items()}
    return Verdict(name, reason, *binding(name, waiting_s, course))


def _limits(scenario: Scenario, measured: Measured, spec: EventSourceMapping, end_s: float) -> Iterator[Offered]:
    of = zip(scenario.event_source_mappings, measured.mappings, strict=True)
    pollers = [each.reads for other, each in of if other.stream == spec.stream and other.consumer == "polling"]
    others = zip(scenario.readers, measured.readers, strict=True)
    pollers += [each.reads for other, each in others if other.stream == spec.stream]
    stream = measured.streams[spec.stream]
    yield from offered_to_write(stream)
    yield from offered_to_read(stream, pollers if spec.consumer == "polling" else [], end_s)
    yield from offered_to_function(scenario, spec, measured)
