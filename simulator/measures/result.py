"""The result of a run: its summary and its tables. It is data alone, and can be sent to another process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simulator.measures import tables
from simulator.measures.bill import Bill, bill
from simulator.measures.finished import Finished, MappingResult
from simulator.measures.mapping import MappingMeasures
from simulator.measures.mapping_observer import MappingObserver
from simulator.measures.observer import Measured, Measures
from simulator.measures.summary import summary
from simulator.measures.usage import Use, function_uses, read_uses, write_uses
from simulator.measures.verdict import Verdict, binding, state
from simulator.model.concurrency import pool_sizes
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
        """One row an incident and mapping."""
        return tables.incidents(self)

    @cached_property
    def bill(self) -> Bill:
        """What the run costs, and a month of its traffic."""
        return bill(self)

    def summary(self) -> dict[str, Any]:
        """The figures of summary.json."""
        return summary(self)


def result(scenario: Scenario, seed: int, replication: int, measures: Measures, end_ns: int) -> Result:
    """Draw up the result of a run that has ended; raises when the program's own checks fail."""
    measured = measures.measured()
    done = [
        _mapping_result(scenario, measured, spec, observer, end_ns)
        for spec, observer in zip(scenario.event_source_mappings, measures.mappings, strict=True)
    ]
    return Result(scenario, seed, replication, end_ns, measured, tuple(done))


def _mapping_result(
    scenario: Scenario, measured: Measured, spec: EventSourceMapping, observer: MappingObserver, end_ns: int
) -> MappingResult:
    mine, stream = observer.measures, measured.streams[spec.stream]
    ends, uses = observer.ends(stream), _uses(scenario, measured, spec, mine, end_ns / NS)
    name, reason = state(spec, scenario.duration, mine.lags, ends.unprocessed)
    counted = {"calls": mine.reads.calls, "refused": mine.reads.refused, "skipped": mine.reads.skipped}
    reads = {} if spec.consumer == "push" else {name: int(n.values.sum()) for name, n in counted.items()}
    limit, why = binding(spec, name, mine.parts_mean_s, uses, stream.throttled_total, reads.get("refused", 0))
    return MappingResult(
        name=spec.name,
        stream=spec.stream,
        function=spec.function,
        pushed=spec.consumer == "push",
        verdict=Verdict(name, reason, limit, why),
        ends=ends,
        uses=tuple(uses),
        incidents=tuple(observer.incidents(end_ns)),
        reads=reads,
        read_bytes=int(mine.reads.bytes.values.sum()),
        measures=mine,
    )


def _uses(
    scenario: Scenario, measured: Measured, spec: EventSourceMapping, mine: MappingMeasures, end_s: float
) -> list[Use]:
    stream, concurrency = measured.streams[spec.stream], measured.functions[spec.function]
    of = zip(scenario.event_source_mappings, measured.mappings, strict=True)
    pollers = [each.reads for other, each in of if other.stream == spec.stream and other.consumer == "polling"]
    return [
        *write_uses(stream),
        *read_uses(stream, mine.reads, pollers if spec.consumer == "polling" else [], end_s),
        *function_uses(mine.busy_ns, concurrency, pool_sizes(scenario)[spec.function], end_s),
    ]
