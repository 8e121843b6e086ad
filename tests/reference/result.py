"""What a run gives: the rows and totals of docs/model.md sections 8 and 10."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .inputs import SECOND

COLUMNS = (
    "mapping", "stream", "shard", "lane", "first_record", "records", "bytes", "attempt", "cut_at", "started_at",
    "finished_at", "cold_start", "outcome", "iterator_age", "iterator_age_at_send",
)  # fmt: skip
TIMES = ("cut_at", "started_at", "finished_at", "iterator_age", "iterator_age_at_send")
ENDS = ("processed", "skipped", "dropped_at_write", "dropped", "sent_to_destination", "expired", "unprocessed")
PARTS = ("write_wait", "pickup", "queueing", "batching", "throttled", "retrying", "cold_start", "processing")
Row = dict[str, Any]


@dataclass
class Counts:
    """What is counted for one mapping."""

    ends: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENDS, 0))
    throttles: int = 0
    polls: int = 0
    skipped_polls: int = 0
    refused: int = 0
    retry_calls: int = 0
    latencies: list[int] = field(default_factory=list)
    parts: dict[str, list[int]] = field(default_factory=lambda: {part: [] for part in PARTS})

    def reads(self) -> dict[str, int]:
        """The counts of a mapping's reading: those of retries that took a token are calls too."""
        return {"calls": self.polls + self.retry_calls, "refused": self.refused, "skipped": self.skipped_polls}


@dataclass
class Result:
    """The outcome of a run. Times are seconds, to the nanosecond."""

    invocations: list[Row]
    totals: dict[str, dict[str, Any]]
    reads: dict[str, dict[str, int]]
    write_throttles: dict[str, int]
    ended_at: float


def in_seconds(row: Row) -> Row:
    """A row with its times and ages in seconds."""
    return {column: value / SECOND if column in TIMES else value for column, value in row.items()}


def totals_of(counts: Counts, rows: list[Row], waiting: Counter[str]) -> dict[str, Any]:
    """The totals of one mapping from its counts, its rows, and the nanoseconds waited by cause."""
    outcomes = [row["outcome"] for row in rows]
    return {
        "produced": sum(counts.ends.values()),
        **counts.ends,
        "attempts": len(rows),
        "errors": outcomes.count("error") + outcomes.count("timeout"),
        "timeouts": outcomes.count("timeout"),
        "throttles": counts.throttles,
        "cold_starts": sum(row["cold_start"] for row in rows),
        "latency_mean_s": mean_s(counts.latencies),
        "latency_parts_mean_s": {part: mean_s(values) for part, values in counts.parts.items()},
        "waiting_s": {cause: time / SECOND for cause, time in waiting.items() if time},
    }


def mean_s(values: list[int]) -> float:
    """The mean in seconds, 0 of nothing."""
    return float(Fraction(sum(values), len(values) * SECOND)) if values else 0.0
