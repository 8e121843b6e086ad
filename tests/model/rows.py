"""Runs for tests: scenarios from parsed files, and the rows and totals of section 10 of docs/model.md."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator.measures.invocations import InvocationsWriter
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.model.observer import Observer
from simulator.scenario.loading import load
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NEVER, NS
from tests.model.differences import typed

Section = dict[str, Any]
Row = dict[str, Any]


def scenario(content: Section) -> Scenario:
    """The scenario of a parsed file, which names no other files."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text(json.dumps(content), encoding="utf-8")
        return load(path)


def small(**changes: Section) -> Section:
    """A small scenario without randomness; each change is made to the section (of its first entry) of that name.

    Polls and backoffs have no jitter but what a change gives them.
    """
    content: Section = {
        "name": "small",
        "duration": "10s",
        "streams": {"s": {"shards": 1}},
        "producers": [{"name": "p", "stream": "s", "rate": "7.3/s", "arrivals": "constant"}],
        "functions": {"f": {"duration": {"per_batch": "53ms", "per_record": "1.1ms"}, "cold_start": "0s"}},
        "event_source_mappings": [
            {
                "name": "m",
                "stream": "s",
                "function": "f",
                "starting_position": "trim_horizon",
                "polling": {"phase": "370ms"},
            }
        ],
    }
    content |= changes.pop("run", {})
    content["streams"]["s"] |= changes.pop("stream", {})
    content["producers"][0] |= changes.pop("producer", {})
    content["functions"]["f"] |= changes.pop("function", {})
    mapping = content["event_source_mappings"][0] | changes.pop("mapping", {})
    steady = {name: {"jitter": 0, **mapping.get(name, {})} for name in ("polling", "retry_backoff", "throttle_backoff")}
    content["event_source_mappings"][0] = mapping | steady
    assert not changes
    return content


def invocations(
    content: Section | Scenario, seed: int | None = None, replication: int = 0, sinks: tuple[Observer, ...] = ()
) -> tuple[Result, str]:
    """A run and its invocations.csv."""
    what = content if isinstance(content, Scenario) else scenario(content)
    file = StringIO()
    result = simulate(what, seed, replication, sinks=(InvocationsWriter(file, what), *sinks))
    return result, file.getvalue()


def run_rows(content: Section | Scenario, seed: int | None = None, replication: int = 0) -> tuple[Result, list[Row]]:
    """A run and its rows."""
    result, text = invocations(content, seed, replication)
    return result, [typed(row) for row in csv.DictReader(StringIO(text))]


def totals(result: Result) -> dict[str, dict[str, Any]]:
    """What became of the records of each mapping, counts of attempts, the mean latency with its parts, and waiting.

    What only a filter, or a stream that changes, can bring about is left out of other mappings.
    """
    filters = {mapping.name for mapping in result.scenario.event_source_mappings if mapping.filter}
    changing = {name for name, stream in result.scenario.streams.items() if stream.changes}
    summaries = result.summary()["event_source_mappings"]
    found = {
        mapping.name: {
            **{how: n for how, n in mapping.ends.as_dict().items() if how != "filtered" or mapping.name in filters},
            **{name: n for name, n in mapping.measures.counts.items() if name != "partial"},
            "latency_mean_s": mapping.measures.latency.mean_s if mapping.measures.latency.n else 0.0,
            "latency_parts_mean_s": {
                part: s
                for part, s in mapping.parts_mean_s.items()
                if part != "parent_wait" or mapping.stream in changing
            },
            "waiting_s": summaries[mapping.name]["waiting_s"],
        }
        for mapping in result.mappings
    }
    readers = {reader.name: read(result, number) for number, reader in enumerate(result.scenario.readers)}
    if readers:
        found["readers"] = readers
    return found | ({"streams": {name: shards(result, name) for name in changing}} if changing else {})


def shards(result: Result, name: str) -> dict[str, Any]:
    """What came of the requests of a stream, and of its shards."""
    stream = result.measures.streams[name]
    asked = [request for request in stream.requests if request.asker != "on_demand"]
    return {
        "requests_done": sum(request.done_ns is not None for request in asked),
        "requests_refused": [
            {"at_s": round((request.begun_ns or 0) / NS, 6), "reason": request.refused}
            for request in asked
            if request.refused
        ],
        "shards": [
            {
                "shard": number,
                "parents": list(span.parents),
                "opened_at_s": round(span.opens_ns / NS, 6),
                "closed_at_s": None if span.closes_ns == NEVER else round(span.closes_ns / NS, 6),
                "accepted": int(accepted),
            }
            for number, (span, accepted) in enumerate(zip(stream.spans, stream.records_by_shard, strict=True))
        ],
    }


def read(result: Result, number: int) -> dict[str, int]:
    """What another reader has called for and read."""
    mine = result.measures.readers[number]
    return {
        "calls": int(mine.reads.calls.values.sum()),
        "refused_calls": int(mine.reads.refused.values.sum()),
        "records": mine.records_total,
        "bytes": int(mine.reads.bytes.values.sum()),
    }
