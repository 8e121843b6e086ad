"""Comparing a run with a worked case, whose times are rounded."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

Row = dict[str, Any]
TEXT: Final = ("mapping", "stream", "outcome")
WHOLE: Final = ("shard", "lane", "first_record", "records", "bytes", "attempt", "cold_start")
TIMES: Final = ("cut_at", "started_at", "finished_at", "iterator_age", "iterator_age_at_send")
TIME_S: Final = 2e-6 + 1e-9  # how far two times may differ, also of rows that may change places
MEAN_S: Final = 1e-6 + 1e-9  # and a mean in seconds
WAITING_S: Final = 1e-6  # and what has been waited, for each record produced


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
    rows_a: Sequence[Row], rows_b: Sequence[Row], totals_a: dict[str, Any], totals_b: dict[str, Any]
) -> list[str]:
    """What differs between two runs, at most ten rows of it; nothing if they agree."""
    found = row_differences(rows_a, rows_b, 10)
    for name, a, b in in_both(totals_a, totals_b, "totals", found):
        if name in ("streams", "readers"):  # exactly
            found += [f"totals.{name}.{key}: {x} in a, {y} in b" for key, x, y in in_both(a, b, name, found) if x != y]
            continue
        for key, x, y in in_both(a, b, f"totals.{name}", found):
            if key == "waiting_s":
                found += waiting_differences(x, y, WAITING_S * a["produced"], f"{name}.{key}")
            else:
                found += total_differences(x, y, f"{name}.{key}")
    return found


def row_differences(rows_a: Sequence[Row], rows_b: Sequence[Row], limit: int) -> list[str]:
    """The rows of each run that have no equal in the other; rows that start together may change places."""
    left, right = list(rows_a), list(rows_b)
    only_a: list[Row] = []
    start = 0
    for row in left:
        while start < len(right) and right[start]["started_at"] < row["started_at"] - 2 * TIME_S:
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
        if rows[i]["started_at"] > row["started_at"] + TIME_S:
            break
        result.append(i)
    return result


def equal(a: Row, b: Row) -> bool:
    """Whether two rows are the same within the tolerance of times."""
    return all(str(a[c]) == str(b[c]) for c in (*TEXT, *WHOLE)) and all(abs(a[c] - b[c]) <= TIME_S for c in TIMES)


def line(row: Row) -> str:
    """A row, with all digits of times."""
    return ",".join(f"{row[c]:.9f}" if c in TIMES else str(row[c]) for c in (*TEXT, *WHOLE, *TIMES))


def in_both(a: dict[str, Any], b: dict[str, Any], where: str, found: list[str]) -> list[tuple[str, Any, Any]]:
    """What two dictionaries have in common; what only one has is added to the differences found."""
    for x, y in zip_longest(sorted(set(a) - set(b)), sorted(set(b) - set(a))):
        found += [f"{where}: {key} only in {which}" for key, which in ((x, "a"), (y, "b")) if key is not None]
    return [(key, a[key], b[key]) for key in a if key in b]


def waiting_differences(a: dict[str, float], b: dict[str, float], tolerance: float, where: str) -> list[str]:
    """What differs between two sums of waiting by cause: one that is left out is 0."""
    pairs = [(cause, a.get(cause, 0.0), b.get(cause, 0.0)) for cause in sorted({*a, *b})]
    return [f"{where}.{cause}: {x} in a, {y} in b" for cause, x, y in pairs if abs(x - y) > tolerance]


def total_differences(a: Any, b: Any, where: str) -> list[str]:
    """What differs between two totals: counts exactly, means within their tolerance (nothing is a mean of 0)."""
    if isinstance(a, dict) and isinstance(b, dict):
        found: list[str] = []
        for key, x, y in in_both(a, b, where, found):
            found += total_differences(x, y, f"{where}.{key}")
        return found
    if isinstance(a, int) and isinstance(b, int):
        return [] if a == b else [f"{where}: {a} in a, {b} in b"]
    return [] if abs(float(a or 0) - float(b or 0)) <= MEAN_S else [f"{where}: {a} in a, {b} in b"]
