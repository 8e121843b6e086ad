"""The result of a run: its summary and its tables. It is data alone, and can be sent to another process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simulator.measures import tables
from simulator.measures.bill import Bill, bill
from simulator.measures.conservation import Ends
from simulator.measures.incident import Incident
from simulator.measures.mapping import MappingMeasures
from simulator.measures.observer import Measured, Outcome
from simulator.measures.summary import summary
from simulator.measures.usage import Use, function_uses, read_uses, write_uses
from simulator.measures.verdict import Verdict, binding, state
from simulator.model.concurrency import pool_sizes
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.nanoseconds import NS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MappingResult:
    """What came of one mapping."""

    name: str
    stream: str
    function: str
    pushed: bool  # it reads by push (enhanced fan-out)
    verdict: Verdict
    ends: Ends
    uses: tuple[Use, ...]
    incidents: tuple[Incident, ...]
    reads: dict[str, int]  # GetRecords calls, refused, skipped; empty for push
    read_bytes: int  # by GetRecords, again for retries, too; by push: sent
    measures: MappingMeasures

    @property
    def parts_mean_s(self) -> dict[str, float]:
        """The mean of each part of latency over the processed records after the warm-up."""
        return self.measures.parts_mean_s

    @property
    def waiting_s(self) -> dict[str, float]:
        """The seconds that its records waited, lost and unprocessed ones too, by cause; causes without any left out."""
        return {cause: waited / NS for cause, waited in self.measures.waiting.total_ns().items() if waited}


@dataclass(frozen=True)
class Result:
    """One finished run. Tables are pandas DataFrames; units are in the names of their columns."""

    scenario: Scenario
    seed: int
    replication: int
    end_ns: int
    measures: Measured
    mappings: tuple[MappingResult, ...]

    def __getitem__(self, mapping: str) -> MappingResult:
        return next(m for m in self.mappings if m.name == mapping)

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

    @property
    def end_s(self) -> float:
        """When the run ended."""
        return self.end_ns / NS

    @property
    def traffic_s(self) -> float:
        """The simulated time in which traffic came, with what was there before t = 0; the rest was draining."""
        return self.scenario.duration - min([0.0, *(p.start for p in self.scenario.producers)])

    @property
    def rows(self) -> int:
        """How many intervals the time series has."""
        return -(-self.end_ns // self.measures.interval_ns)

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
    uses = _uses(scenario, measured, spec, mine, end_ns / NS)
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
        incidents=tuple(outcome.incidents[number]),
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
