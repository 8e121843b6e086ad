"""The figures of summary.json."""

from __future__ import annotations

from typing import Any

from simulator.measures.bill import bill
from simulator.measures.finished import Finished, MappingResult
from simulator.measures.histogram import PERCENTILES, Histogram
from simulator.measures.tables import percentile_name
from simulator.measures.usage import write_uses
from simulator.traffic.nanoseconds import NS


def summary(result: Finished) -> dict[str, Any]:
    """What a run came to, as plain data."""
    return {
        "scenario": result.scenario.name,
        "seed": result.seed,
        "replication": result.replication,
        "duration_s": result.scenario.duration,
        "end_s": result.end_s,
        "interval_s": result.measures.interval_s,
        "streams": {name: _stream(result, name) for name in result.scenario.streams},
        "functions": {name: _function(result, name) for name in result.scenario.functions},
        "event_source_mappings": {m.name: _mapping(result, m) for m in result.mappings},
        "bill": bill(result).as_dict(),
    }


def _stream(result: Finished, name: str) -> dict[str, Any]:
    measures = result.measures.streams[name]
    interval_ns, load = measures.load.rows_until(result.end_ns)
    return {
        "shards": measures.shards,
        "records_produced": measures.produced_total,
        "records_accepted": int(measures.records_by_shard.sum()),
        "accepted_bytes": int(measures.bytes_by_shard.sum()),
        "write_throttled_records": measures.throttled_total,
        "records_dropped_at_write": measures.dropped_total,
        "sustained_records_per_s": float(load.max(initial=0) * (NS / interval_ns)),  # by a shard, in a row of its load
        "use": {use.limit: use.as_dict() for use in write_uses(measures)},
    }


def _function(result: Finished, name: str) -> dict[str, Any]:
    concurrency = result.measures.functions[name]
    return {"concurrency_mean": concurrency.total_s / result.end_s, "concurrency_peak": concurrency.peak}


def _mapping(result: Finished, mapping: MappingResult) -> dict[str, Any]:
    measures = mapping.measures
    backlog, lags = measures.backlog.level, measures.lags
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
        "latency_parts_mean_s": measures.parts_mean_s,
        "waiting_s": mapping.waiting_s,
        "iterator_age": _times(measures.age),
        "iterator_age_at_send": _times(measures.age_at_send),
        "lag": {"max_s": lags.peak_ns / NS, "when_traffic_ends_s": lags.last_ns / NS},
        "backlog": {"mean_records": backlog.mean_since_0(result.end_ns), "max_records": backlog.peak},
        "use": {use.limit: use.as_dict() for use in mapping.uses},
        "incidents": len(mapping.incidents),
    }


def _times(histogram: Histogram) -> dict[str, float | int | None]:
    if not histogram.n:
        return {"n": 0}
    percentiles = {percentile_name(p): histogram.percentile_s(p) for p in PERCENTILES[1:-1]}
    named = {f"{name}_s": value for name, value in percentiles.items()}
    return {
        "n": histogram.n, "mean_s": histogram.mean_s, "min_s": histogram.least_s, **named, "max_s": histogram.greatest_s
    }  # fmt: skip
