"""Small scenarios for studies, from the fields that matter to a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator import load
from simulator.scenario.spec import Scenario


def content(
    *,
    rate: Any = "100/s",
    shards: int = 1,
    batch: str = "10ms",
    record: str = "0s",
    producer: dict[str, Any] | None = None,
    function: dict[str, Any] | None = None,
    mapping: dict[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """One stream, producer, function and mapping; without randomness but for the polls' phases."""
    backoffs = {name: {"jitter": 0, **(mapping or {}).get(name, {})} for name in ("retry_backoff", "throttle_backoff")}
    return {
        "duration": "60s",
        "streams": {"s": {"shards": shards}},
        "producers": [{"stream": "s", "rate": rate, "arrivals": "constant", **(producer or {})}],
        "functions": {
            "f": {"timeout": "900s", "duration": {"per_batch": batch, "per_record": record}, **(function or {})}
        },
        "event_source_mappings": [{"name": "m", "stream": "s", "function": "f", **(mapping or {}), **backoffs}],
        **fields,
    }


def written(folder: Path, of: dict[str, Any]) -> Path:
    """The scenario's file; JSON is YAML."""
    path = folder / "scenario.yaml"
    path.write_text(json.dumps(of), encoding="utf-8")
    return path


def loaded(folder: Path, **fields: Any) -> Scenario:
    """The scenario of `content`."""
    return load(written(folder, content(**fields)))
