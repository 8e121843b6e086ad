"""The figures of summary.json."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from simulator.measures.bill import bill
from simulator.measures.finished import Finished, MappingResult
from simulator.measures.histogram import PERCENTILES, Histogram
from simulator.measures.limits import offered_to_write
from simulator.measures.tables import percentile_name
from simulator.scenario.instants import written
from simulator.traffic.nanoseconds import NS


def summary(result: Finished) -> dict[str, Any]:
    """What a run came to, as plain data; what is infinite or not known is None."""
    found = {
        "scenario": result.scenario.name,
        "seed": result.seed,
        "replication": result.replication,
        "start_time": written(result.scenario.start_time) if result.scenario.start_time else None,
        "duration_s": result.scenario.duration,
        "end_s": result.end_s,
        "interval_s": result.measures.interval_s,
        "streams": {name: _stream(result, name) for name in result.scenario.streams},
        "functions": {name: _function(result, name) for name in result.scenario.functions},
        "event_source_mappings": {m.name: _mapping(result, m) for m in result.mappings},
        **({"readers": _readers(result)} if result.scenario.readers else {}),
        "bill": bill(result).as_dict(),
    }
    return {name: _told(each) for name, each in found.items()}


def _told(value: Any) -> Any:
    """As JSON can say it."""
    match value:
        case dict():
            return {name: _told(each) for name, each in value.items()}
        case list():
            return [_told(each) for each in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


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
        "limits": {each.limit: each.as_dict() for each in offered_to_write(measures)},
        **(_changes(result, name) if result.scenario.streams[name].changes else {}),
    }


def _changes(result: Finished, name: str) -> dict[str, Any]:
    """How the shards of a stream changed."""
    measures = result.measures.streams[name]
    refused = Counter(request.refused for request in measures.requests if request.refused)
    return {
        "open_shards_at_end": int(measures.open_shards(np.array([result.end_ns]))[0]),
        "reshardings_done": sum(request.done_ns is not None for request in measures.requests),
        "reshardings_refused": dict(refused),
    }


def _readers(result: Finished) -> dict[str, Any]:
    of = zip(result.scenario.readers, result.measures.readers, strict=True)
    return {
        spec.name: {
            "stream": spec.stream,
            "get_records": {
                name: int(getattr(mine.reads, name).values.sum()) for name in ("calls", "refused", "skipped")
            },
            "records": mine.records_total,
            "bytes": int(mine.reads.bytes.values.sum()),
            "lag_peak_s": mine.lag.peak_ns / NS,
        }
        for spec, mine in of
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
        "binding_cause": mapping.verdict.cause or None,
        "binding_share": mapping.verdict.share,
        "binding_reason": mapping.verdict.why,
        "records": mapping.ends.as_dict(),
        "records_lost": mapping.ends.lost,
        "records_to_destination": mapping.ends.sent_to_destination,
        "unprocessed": mapping.ends.unprocessed,
        "records_done_again": int(measures.done_again.values.sum()),
        **measures.counts,
        **({"get_records": mapping.reads} if mapping.reads else {}),
        "latency": _latency(mapping),
        "latency_at_most": _at_most(mapping),
        "latency_parts_mean_s": measures.parts_mean_s,
        "waiting_s": mapping.waiting_s,
        "iterator_age": _times(measures.age),
        "iterator_age_at_send": _times(measures.age_at_send),
        "lag": {"peak_s": lags.peak_ns / NS, "when_traffic_ends_s": lags.last_ns / NS},
        "backlog": {"mean_records": backlog.mean_since_0(result.end_ns), "max_records": backlog.peak},
        "limits": {each.limit: each.as_dict() for each in mapping.limits},
        "episodes": [episode.as_dict() for episode in mapping.episodes],
    }


def _latency(mapping: MappingResult) -> dict[str, Any]:
    """Of the processed records their number, mean and least; percentiles are of all, at least what they say."""
    of = {percent: mapping.latency(percent) for percent in PERCENTILES[1:]}
    named = {f"{percentile_name(p) if p < 100 else 'max'}_s": each.least_s for p, each in of.items()}
    mine = mapping.measures.latency
    mean = {"mean_s": mine.mean_s, "min_s": mine.least_s} if mine.n else {}
    return {"n": mine.n, **mean, **(named if mapping.ends.wanted > 0 else {})}


def _at_most(mapping: MappingResult) -> dict[str, float]:
    """The percentiles of latency if none of the records that are left ever ends."""
    return {
        f"{percentile_name(p) if p < 100 else 'max'}_s": mapping.latency(p).most_s for p in (50.0, 95.0, 99.0, 100.0)
    }


def _times(histogram: Histogram) -> dict[str, float | int | None]:
    if not histogram.n:
        return {"n": 0}
    percentiles = {percentile_name(p): histogram.percentile_s(p) for p in PERCENTILES[1:-1]}
    named = {f"{name}_s": value for name, value in percentiles.items()}
    return {
        "n": histogram.n, "mean_s": histogram.mean_s, "min_s": histogram.least_s, **named, "max_s": histogram.greatest_s
    }  # fmt: skip
