"""Small scenarios whose records and batches are known."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from simulator.scenario.loading import load
from simulator.scenario.spec import Scenario

FUNCTION: Final = "{duration: {per_batch: 20ms}, cold_start: 0s}"
MAPPING: Final = "{stream: orders, function: bill, starting_position: trim_horizon}"
TEXT: Final = """\
name: orders
duration: 10s
drain: 10m
seed: 3
start_time: 2026-11-27T14:00Z
streams: {orders: {shards: 2}}
producers:
  - {name: shop, stream: orders, rate: 10/s, arrivals: constant, partition_keys: {count: 9}, record_size: 64B,
     data: DATA}
functions: {bill: FUNCTION}
event_source_mappings: [MAPPING]
"""


def scenario(
    folder: Path, data: str = "random", function: str = FUNCTION, mapping: str = MAPPING, **texts: str
) -> Scenario:
    """Ten records a second for ten seconds, of nine keys, on two shards; `texts`: other words in place of some."""
    return load(written(folder, data, function, mapping, **texts))


def written(folder: Path, data: str = "random", function: str = FUNCTION, mapping: str = MAPPING, **texts: str) -> Path:
    """The same as a file."""
    path = folder / "orders.yaml"
    text = TEXT.replace("DATA", data).replace("FUNCTION", function).replace("MAPPING", mapping)
    for old, new in texts.items():
        text = text.replace(f"{old}: ", f"{old}: {new} # ")
    path.write_text(text, encoding="utf-8")
    return path
