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
from tests.reference.compare import typed

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
    """What became of the records of each mapping, counts of attempts, the mean latency with its parts, and waiting."""
    summaries = result.summary()["event_source_mappings"]
    return {
        mapping.name: {
            **mapping.ends.as_dict(),
            **{name: n for name, n in mapping.measures.counts.items() if name != "partial"},
            "latency_mean_s": mapping.measures.latency.mean_s if mapping.measures.latency.n else 0.0,
            "latency_parts_mean_s": mapping.parts_mean_s,
            "waiting_s": summaries[mapping.name]["waiting_s"],
        }
        for mapping in result.mappings
    }
