"""The result of a run: its summary and its tables. It is data alone, and can be sent to another process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simulator.measures import tables
from simulator.measures.bill import Bill, bill
from simulator.measures.conservation import Ends
from simulator.measures.histogram import PERCENTILES, Histogram
from simulator.measures.incidents import Incident
from simulator.measures.mapping import MappingMeasures
from simulator.measures.mapping_observer import MappingObserver
from simulator.measures.observer import Measured, Measures
from simulator.measures.usage import Use, function_uses, read_uses, write_uses
from simulator.measures.verdict import Lags, Verdict, binding, state
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
        return parts_mean_s(self.measures)

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
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replication": self.replication,
            "duration_s": self.scenario.duration,
            "end_s": self.end_s,
            "interval_s": self.measures.interval_s,
            "streams": {name: self._stream(name) for name in self.scenario.streams},
            "functions": {name: self._function(name) for name in self.scenario.functions},
            "event_source_mappings": {m.name: self._mapping(m) for m in self.mappings},
            "bill": self.bill.as_dict(),
        }

    def _stream(self, name: str) -> dict[str, Any]:
        measures = self.measures.streams[name]
        return {
            "shards": measures.shards,
            "records_produced": measures.produced_total,
            "records_accepted": int(measures.records_by_shard.sum()),
            "accepted_bytes": int(measures.bytes_by_shard.sum()),
            "write_throttled_records": measures.throttled_total,
            "records_dropped_at_write": measures.dropped_total,
            "use": {use.limit: use.as_dict() for use in write_uses(measures)},
        }

    def _function(self, name: str) -> dict[str, Any]:
        concurrency = self.measures.functions[name]
        return {"concurrency_mean": concurrency.total_s / self.end_s, "concurrency_peak": concurrency.peak}

    def _mapping(self, mapping: MappingResult) -> dict[str, Any]:
        measures = mapping.measures
        backlog, lags = measures.backlog.level, lags_of(measures)
        return {
            "stream": mapping.stream,
            "function": mapping.function,
            "verdict": mapping.verdict.state,
            "verdict_reason": mapping.verdict.reason,
            "binding_limit": mapping.verdict.binding,
            "binding_reason": mapping.verdict.why,
            "records": mapping.ends.as_dict(),
            "records_lost": mapping.ends.lost,
            "records_done_again": int(measures.done_again.values.sum()),
            **measures.counts,
            **({"get_records": mapping.reads} if mapping.reads else {}),
            "latency": _times(measures.latency),
            "latency_parts_mean_s": mapping.parts_mean_s,
            "waiting_s": mapping.waiting_s,
            "iterator_age": _times(measures.age),
            "iterator_age_at_send": _times(measures.age_at_send),
            "lag": {"max_s": lags.peak_ns / NS, "when_traffic_ends_s": lags.last_ns / NS},
            "backlog": {"mean_records": backlog.mean_since_0(self.end_ns), "max_records": backlog.peak},
            "use": {use.limit: use.as_dict() for use in mapping.uses},
            "incidents": len(mapping.incidents),
        }


def _times(histogram: Histogram) -> dict[str, float | int | None]:
    if not histogram.n:
        return {"n": 0}
    percentiles = {tables.percentile_name(p): histogram.percentile_s(p) for p in PERCENTILES[1:-1]}
    named = {f"{name}_s": value for name, value in percentiles.items()}
    return {
        "n": histogram.n, "mean_s": histogram.mean_s, "min_s": histogram.least_s, **named, "max_s": histogram.greatest_s
    }  # fmt: skip


def parts_mean_s(measures: MappingMeasures) -> dict[str, float]:
    """The mean of each part of latency over the processed records after the warm-up."""
    n = max(1, measures.latency.n) * NS
    return {part: waited / n for part, waited in measures.parts.sums_ns.items()}


def lags_of(measures: MappingMeasures) -> Lags:
    """What a verdict needs to know of a mapping's lag."""
    earlier_ns, last_ns = (int(value) for value in measures.lag.values_ns)
    return Lags(measures.lag.peak_ns, earlier_ns, last_ns)


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
    name, reason = state(spec, scenario.duration, lags_of(mine), ends.unprocessed)
    counted = {"calls": mine.reads.calls, "refused": mine.reads.refused, "skipped": mine.reads.skipped}
    reads = {} if spec.consumer == "push" else {name: int(n.values.sum()) for name, n in counted.items()}
    limit, why = binding(spec, name, parts_mean_s(mine), uses, stream.throttled_total, reads.get("refused", 0))
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
        *function_uses(mine, concurrency, pool_sizes(scenario)[spec.function], end_s),
    ]
