"""A point of the matrix: one scenario, of which few things differ from the base point."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

ZIPF = {"count": 100_000, "popularity": {"zipf": 0.5}}


@dataclass(frozen=True)
class Point:
    """A stream, a producer, a function and a mapping. Rates are records/s a shard, times are seconds."""

    name: str
    seconds: float  # of simulated traffic
    shards: int = 100
    rate: float = 100.0
    batch: int = 100
    lanes: int = 1  # parallelization factor
    keys: str | dict[str, Any] = "unique"
    consumer: str = "polling"
    start: float = 0.0  # before 0: a backlog
    retention: str = "24h"
    idle_mappings: int = 0  # on an empty stream of as many shards
    stream: dict[str, Any] = field(default_factory=dict)
    producer: dict[str, Any] = field(default_factory=dict)
    function: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=dict)

    def text(self, scale: float = 1.0) -> str:
        """The scenario file; `scale` shortens the traffic."""
        return json.dumps(self.content(scale))

    def content(self, scale: float) -> dict[str, Any]:
        """The scenario as a tree. JSON is YAML, too."""
        mapping = {
            "stream": "s", "function": "f", "consumer": self.consumer, "batch_size": self.batch,
            "parallelization_factor": self.lanes, "starting_position": "trim_horizon", **self.mapping,
        }  # fmt: skip
        idle = [{**mapping, "name": f"idle-{i}", "stream": "idle"} for i in range(self.idle_mappings)]
        streams = ["s", "idle"] if idle else ["s"]
        work = {"per_batch": "20ms", "per_record": "0.1ms"}
        return {
            "duration": _seconds(self.seconds * scale),
            "account": {"concurrency": 1_000_000},
            "streams": {
                name: {"shards": self.shards, "retention": self.retention, **(self.stream if name == "s" else {})}
                for name in streams
            },
            "producers": [
                {
                    "stream": "s",
                    "rate": f"{self.rate * self.shards:.9f}/s",
                    "start": _seconds(self.start * scale),
                    "partition_keys": self.keys,
                    **self.producer,
                }
            ],
            "functions": {"f": {"duration": work, "timeout": "60s", **self.function}},
            "event_source_mappings": [mapping, *idle],
        }


def _seconds(value: float) -> str:
    return f"{value:.6f}s"
