"""CSV files: what the console of CloudWatch saves, what Logs Insights saves, and any of partition keys and counts.

Of the console's file no layout is documented: rows before the first that begins with a time are headings, and the last
of them that is as long names the columns. Times may ascend or descend; an empty cell has no value.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from simulator.twin.found import Finding
from simulator.twin.measured.series import METRICS, KeyCounts, Raw, Reports
from simulator.twin.said import Place
from simulator.twin.sources.metrics import EARLIEST, LATEST

MOST_HEADINGS: Final = 20  # rows before the first that begins with a time
FORMATS: Final = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")
KEYS: Final = ("key", "partition_key", "partitionkey", "partition key")
COUNTS: Final = ("count", "counts", "records", "weight", "total")


def read_csv(text: str, place: Place) -> list[Finding]:
    """What a text says if it is one of those files; nothing if it is none."""
    if text.lstrip()[:1] in ("{", "["):  # JSON, which may be large
        return []
    try:
        rows = [row for row in csv.reader(text.splitlines()) if row]
    except csv.Error:
        return []
    heading = [each.strip().lower() for each in rows[0]] if rows else []
    if "@duration" in heading:
        return list(_insights(rows, place))
    if any(each in KEYS for each in heading) and any(each in COUNTS for each in heading):
        return list(_keys(rows, heading, place))
    return list(_console(rows, place))


def _console(rows: Sequence[Sequence[str]], place: Place) -> Iterator[Finding]:
    first = next((i for i, row in enumerate(rows[:MOST_HEADINGS]) if _time(row[0]) is not None), None)
    if first is None:
        return
    width = len(rows[first])
    names = next((row for row in reversed(rows[:first]) if len(row) == width), ())
    if not any(metric in name for name in names for metric in METRICS):
        return
    for column in range(1, width):
        points = {}
        for row in rows[first:]:
            time, value = _time(row[0]), _number(row[column] if column < len(row) else "")
            if time is not None and value is not None and EARLIEST <= time <= LATEST:
                points[time] = value
        if points:
            yield Raw("", names[column].strip(), points, place.at(f"column {column + 1}"))


def _time(cell: str) -> int | None:
    """Seconds since 1970; a time without a zone is UTC."""
    cell = cell.strip()
    if not cell[:1].isdigit():
        return None
    try:
        when = datetime.fromisoformat(cell)
        return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        pass
    for each in FORMATS:
        try:
            return round(datetime.strptime(cell, each).replace(tzinfo=UTC).timestamp())
        except (ValueError, OverflowError):
            continue
    return None


def _number(cell: str) -> float | None:
    try:
        value = float(cell.strip().replace(",", "")) if len(cell) < 40 else math.nan
    except ValueError:
        return None
    return value if 0 <= value <= 1e15 else None


def _insights(rows: Sequence[Sequence[str]], place: Place) -> Iterator[Finding]:
    names = [each.strip().lower() for each in rows[0]]
    records = [dict(zip(names, row, strict=False)) for row in rows[1:]]
    yield insights(records, place)


def insights(records: Sequence[dict[str, str]], place: Place) -> Reports:
    """The REPORT lines of a result of Logs Insights: its fields by name, in small letters."""
    reports = [each for each in records if each.get("@type", "REPORT") == "REPORT"]
    ats = [math.nan if (at := _time(each.get("@timestamp", ""))) is None else float(at) for each in reports]
    durations, durations_at = _column(reports, ats, "@duration")
    inits, inits_at = _column(reports, ats, "@initduration")
    return Reports("", durations, inits, 0, 0, place, durations_at, inits_at)


def _column(
    reports: Sequence[dict[str, str]], ats: Sequence[float], name: str
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The values of a field, and when those were written that have one."""
    found = [(value, at) for each, at in zip(reports, ats, strict=True) if (value := _number(each.get(name, "")))]
    return tuple(value for value, _ in found), tuple(at for _, at in found)


def _keys(rows: Sequence[Sequence[str]], heading: Sequence[str], place: Place) -> Iterator[Finding]:
    key = next(i for i, name in enumerate(heading) if name in KEYS)
    count = next(i for i, name in enumerate(heading) if name in COUNTS)
    counts: dict[str, float] = {}
    for row in rows[1:]:
        value = _number(row[count]) if count < len(row) else None
        if value is not None and key < len(row) and 0 < len(row[key]) <= 256 and row[key].isprintable():
            counts[row[key]] = counts.get(row[key], 0.0) + value
    if sum(counts.values()) > 0:
        yield KeyCounts("", counts, place)
