"""Waiting by cause: each instant from a record's production to its end has exactly one (docs/model.md, section 8)."""

from __future__ import annotations

from typing import Final

from simulator.measures.lanes import Doings
from simulator.measures.times import Reading, Times, Window

CAUSES: Final = (
    "write_records", "write_bytes", "starting", "disabled", "parents", "read_calls", "read_bytes", "held",
    "answer_limit", "poll_interval", "read_latency", "push_bytes", "propagation", "batching_window", "invoke_overhead",
    "concurrency", "invocation_rate", "scaling_rate", "cold_start", "processing", "function", "poison", "outage",
    "random_errors", "timeouts",
)  # fmt: skip


class WaitingDoesNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


class Waiting:
    """Nanoseconds waited by the records of one mapping that it does not skip, by cause; exact."""

    def __init__(self, reading: Reading, interval_ns: int) -> None:
        raise NotImplementedError

    def observe(self, window: Window, times: Times, doings: Doings) -> None:
        """Add a window. Raises WaitingDoesNotAddUpError at the last one (see CAUSES)."""
        raise NotImplementedError

    def total_ns(self) -> dict[str, int]:
        """Of the whole run, by cause; all of CAUSES."""
        raise NotImplementedError

    def before_ns(self) -> dict[str, int]:
        """What of it was waited before t = 0, by cause; all of CAUSES."""
        raise NotImplementedError

    def by_row_ns(self, rows: int) -> dict[str, list[int]]:
        """By cause, what was waited in each of the first rows of the time series (row = t // interval)."""
        raise NotImplementedError
