"""What a run has written, read back without the program's own door, which reads only what a page needs."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from simulator.report.tables import NAMES, RunTables, load_files

# a mapping may be called 001, or NA
TEXTS = (
    "mapping",
    "stream",
    "parents",
    "reader",
    "request",
    "asked_by",
    "refused",
    "measure",
    "statistic",
    "kind",
    "item",
    "resource",
    "unit",
    "verdict",
    "word",
)


def read_csv(path: Path) -> pd.DataFrame:
    """Every column of a table, numbers as their digits say."""
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    columns = zip(*rows, strict=True) if rows else [()] * len(heading)
    return pd.DataFrame({name: _values(name, cells) for name, cells in zip(heading, columns, strict=True)})


def _values(name: str, cells: Sequence[str]) -> list[Any]:
    if name not in TEXTS:
        with suppress(ValueError):
            return [int(cell) for cell in cells]
        with suppress(ValueError):
            return [float(cell or "nan") for cell in cells]
    return list(cells)


def read_tables(folder: Path) -> RunTables:
    """All tables of a run."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    loads = load_files(list(summary["streams"]))
    named: dict[str, Any] = {name: read_csv(folder / f"{name}.csv") for name in NAMES}
    return RunTables(
        summary=summary,
        resolved=YAML(typ="safe", pure=True).load(folder / "scenario.yaml"),
        **named,
        more={},
        shard_load={stream: read_csv(folder / file) for stream, file in loads.items()},
    )
