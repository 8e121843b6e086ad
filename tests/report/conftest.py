"""Small scenarios and their results."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from simulator import load, simulate
from simulator.measures.result import Result

SCENARIO = """
name: small
duration: 60s
drain: 60s
streams:
  clicks: {{shards: {shards}}}
producers:
  - {{name: web, stream: clicks, rate: {rate}, record_size: 1KiB}}
functions:
  enrich:
    timeout: 3s
    duration: {{per_batch: 20ms}}
    failures: [{failures}]
event_source_mappings:
"""
MAPPING = "  - {{name: {name}, stream: clicks, function: enrich, batch_size: 100}}\n"

Simulated = Callable[..., Result]


def simulate_small(
    folder: Path,
    shards: int = 2,
    rate: str = "200/s",
    failures: str = "",
    names: tuple[str, ...] = ("reader",),
    interval: float = 1,
) -> Result:
    """Simulate a minute of a small scenario; without mappings with `names=()`."""
    text = SCENARIO.format(shards=shards, rate=rate, failures=failures)
    text += "".join(MAPPING.format(name=name if name.startswith("'") else f"'{name}'") for name in names)
    path = folder / "small.yaml"
    path.write_text(text if names else text.replace("event_source_mappings:\n", ""), encoding="utf-8")
    return simulate(load(path), interval_s=interval)


@pytest.fixture
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A function that simulates a small scenario."""
    return partial(simulate_small, tmp_path_factory.mktemp("scenario"))
