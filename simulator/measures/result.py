"""The result of a run: its summary and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.measures import tables
from simulator.measures.bill import Bill, bill
from simulator.measures.conservation import Ends, ends
from simulator.measures.histogram import PERCENTILES, Histogram
from simulator.measures.incidents import Incident, incidents
from simulator.measures.mapping import MappingMeasures
from simulator.measures.observer import Measures
from simulator.measures.parts import PARTS
from simulator.measures.usage import Use, function_uses, read_uses, write_uses
from simulator.measures.verdict import Verdict, binding, state
from simulator.model.simulation import Simulation
from simulator.scenario.spec import Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MappingResult:
    """What came of one mapping."""

    name: str
    stream: str
    function: str
    verdict: Verdict
    ends: Ends
    uses: tuple[Use, ...]
    incidents: tuple[Incident, ...]
    reads: dict[str, int]  # GetRecords calls, refused, skipped; empty for push
    read_bytes: int  # by GetRecords, again for retries, too; by push: sent
    measures: MappingMeasures

    @property
    def pushed(self) -> bool:
        """Whether it reads by push (enhanced fan-out)."""
        return self.measures.mapping.spec.consumer == "push"

    @property
    def parts_mean_s(self) -> dict[str, float]:
        """The mean of each part of latency over the processed records after the warm-up."""
        n = max(1, self.measures.latency.n)
        return dict(zip(PARTS, (self.measures.parts_s / n).tolist(), strict=True))


@dataclass(frozen=True)
class Result:
    """One finished run. Tables are pandas DataFrames; units are in the names of their columns."""

    scenario: Scenario
    seed: int
    replication: int
    end_s: float
    measures: Measures
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
    def traffic_s(self) -> float:
        """The simulated time in which traffic came, with what was there before t = 0; the rest was draining."""
        return self.scenario.duration - min([0.0, *(p.start for p in self.scenario.producers)])

    @property
    def rows(self) -> int:
        """How many intervals the time series has."""
        return max(1, int(np.ceil(round(self.end_s / self.measures.interval_s, 9))))

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
        uses = write_uses(measures, self.traffic_s, self.measures.interval_s)
        return {
            "shards": measures.shards,
            "records_produced": measures.produced_total,
            "records_accepted": int(measures.records_by_shard.sum()),
            "accepted_bytes": int(measures.bytes_by_shard.sum()),
            "write_throttled_records": measures.throttled_total,
            "records_dropped_at_write": measures.dropped_total,
            "use": {use.limit: use.as_dict() for use in uses},
        }

    def _function(self, name: str) -> dict[str, Any]:
        concurrency = self.measures.functions[name]
        return {"concurrency_mean": concurrency.total_s / self.end_s, "concurrency_peak": concurrency.peak}

    def _mapping(self, mapping: MappingResult) -> dict[str, Any]:
        measures = mapping.measures
        return {
            "stream": mapping.stream,
            "function": mapping.function,
            "verdict": mapping.verdict.state,
            "verdict_reason": mapping.verdict.reason,
            "binding_limit": mapping.verdict.binding,
            "binding_reason": mapping.verdict.why,
            "records": mapping.ends.as_dict(),
            "records_lost": mapping.ends.lost,
            "records_done_again": round(float(measures.done_again.values.sum())),
            **measures.counts,
            **({"get_records": mapping.reads} if mapping.reads else {}),
            "latency": _times(measures.latency),
            "latency_parts_mean_s": mapping.parts_mean_s,
            "iterator_age": _times(measures.age),
            "iterator_age_at_send": _times(measures.age_at_send),
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


def result(
    scenario: Scenario, simulation: Simulation, measures: Measures, lags_s: list[list[float]], end_s: float
) -> Result:
    """Draw up the result of a run that has ended; raises when the program's own checks fail."""
    done = [
        _mapping_result(scenario, simulation, measures, i, [lag_s[i] for lag_s in lags_s], end_s)
        for i in range(len(measures.mappings))
    ]
    return Result(scenario, simulation.seed, simulation.replication, end_s, measures, tuple(done))


def _mapping_result(
    scenario: Scenario, simulation: Simulation, measures: Measures, i: int, lags_s: list[float], end_s: float
) -> MappingResult:
    mine, intake = measures.mappings[i], simulation.intakes[i]
    spec = mine.mapping.spec
    stream = measures.streams[spec.stream]
    counted = ends(intake, simulation.streams[spec.stream], stream, int(mine.processed.values.sum()), end_s)
    pollers = mine.mapping.pollers
    traffic_s = scenario.duration - simulation.begin_s
    uses = (
        *write_uses(stream, traffic_s, measures.interval_s),
        *read_uses(simulation, mine, stream.bytes_by_shard, end_s),
        *function_uses(mine, measures.functions[spec.function], end_s),
    )
    reads = (
        {name: sum(getattr(p, name) for p in pollers) for name in ("calls", "refused", "skipped")} if pollers else {}
    )
    name, reason = state(spec, scenario.duration, lags_s, mine.age_peaks.values.max(initial=0.0), counted.unprocessed)
    n = max(1, mine.latency.n)
    parts = dict(zip(PARTS, (mine.parts_s / n).tolist(), strict=True))
    limit, why = binding(spec, name, parts, list(uses), stream.throttled_total, reads.get("refused", 0))
    rows = max(1, int(np.ceil(round(end_s / measures.interval_s, 9))))
    backlog = tables.backlog(stream, mine, counted.skipped, rows)
    seen = incidents(mine, scenario.functions[spec.function], backlog, measures.interval_s, end_s)
    return MappingResult(
        spec.name,
        spec.stream,
        spec.function,
        Verdict(name, reason, limit, why),
        counted,
        uses,
        tuple(seen),
        reads,
        intake.read_bytes,
        mine,
    )
