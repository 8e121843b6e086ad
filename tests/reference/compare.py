"""Comparing two runs of one scenario, with the tolerances of the worked cases."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from .result import COLUMNS, Row

TEXT = ("mapping", "stream", "outcome")
WHOLE = ("shard", "lane", "first_record", "records", "bytes", "attempt", "cold_start")
TIMES = ("cut_at", "started_at", "finished_at", "iterator_age", "iterator_age_at_send")
TIME_TOLERANCE = 2e-6 + 1e-9  # of times and ages, and of starts that may change places
MEAN_TOLERANCE = 1e-6 + 1e-9


def read_rows(path: Path) -> list[Row]:
    """The rows of an invocations.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        return [typed(row) for row in csv.DictReader(file)]


def typed(row: dict[str, Any]) -> Row:
    """A row with numbers instead of text."""
    whole = {column: int(row[column]) for column in WHOLE}
    times = {column: float(row[column]) for column in TIMES}
    return {**{column: row[column] for column in TEXT}, **whole, **times}


def differences(
    rows_a: Sequence[Row], rows_b: Sequence[Row], totals_a: dict[str, Any], totals_b: dict[str, Any], limit: int = 10
) -> list[str]:
    """What differs between two runs, at most `limit` rows of it; nothing if they agree."""
    return row_differences(rows_a, rows_b, limit) + total_differences(totals_a, totals_b)


def row_differences(rows_a: Sequence[Row], rows_b: Sequence[Row], limit: int) -> list[str]:
    """The rows of each run that have no equal in the other; rows that start together may change places."""
    left, right = list(rows_a), list(rows_b)
    only_a: list[Row] = []
    start = 0
    for row in left:
        while start < len(right) and right[start]["started_at"] < row["started_at"] - 2 * TIME_TOLERANCE:
            start += 1
        same = next((i for i in candidates(right, start, row) if equal(row, right[i])), None)
        if same is None:
            only_a.append(row)
        else:
            del right[same]
    found = [(row, "a") for row in only_a] + [(row, "b") for row in right]
    found.sort(key=lambda r: float(r[0]["started_at"]))
    counted = [f"{len(rows_a)} rows in a, {len(rows_b)} in b"] if len(rows_a) != len(rows_b) else []
    return counted + [f"only in {which}: {line(row)}" for row, which in found[:limit]]


def candidates(rows: list[Row], start: int, row: Row) -> list[int]:
    """The numbers of the rows that start together with a row."""
    result: list[int] = []
    for i in range(start, len(rows)):
        if rows[i]["started_at"] > row["started_at"] + TIME_TOLERANCE:
            break
        result.append(i)
    return result


def equal(a: Row, b: Row) -> bool:
    """Whether two rows are the same within the tolerance of times."""
    return all(str(a[c]) == str(b[c]) for c in (*TEXT, *WHOLE)) and all(
        abs(float(a[c]) - float(b[c])) <= TIME_TOLERANCE for c in TIMES
    )


def line(row: Row) -> str:
    """A row as in the file."""
    return ",".join(f"{float(row[c]):.6f}" if c in TIMES else str(row[c]) for c in COLUMNS)


def total_differences(a: Any, b: Any, where: str = "totals") -> list[str]:
    """What differs between two totals: counts exactly, means within their tolerance (nothing is a mean of 0)."""
    if isinstance(a, dict) and isinstance(b, dict):
        found: list[str] = []
        for x, y in zip_longest(sorted(set(a) - set(b)), sorted(set(b) - set(a))):
            found += [f"{where}: {key} only in {which}" for key, which in ((x, "a"), (y, "b")) if key is not None]
        for key in [key for key in a if key in b]:
            found += total_differences(a[key], b[key], f"{where}.{key}")
        return found
    if isinstance(a, int) and isinstance(b, int):
        return [] if a == b else [f"{where}: {a} in a, {b} in b"]
    return [] if abs(float(a or 0) - float(b or 0)) <= MEAN_TOLERANCE else [f"{where}: {a} in a, {b} in b"]
