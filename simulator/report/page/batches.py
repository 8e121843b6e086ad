"""Batches of a run: how full they are, how often records are done again, and what was refused."""

from __future__ import annotations

from typing import Any

from simulator.report.numbers import UNKNOWN, count, estimate, number
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Row, Section, Table

MOST = 40  # rows
HEADS = (
    "mapping", "attempts", "errors", "records an attempt", "done again", "again a million", "writes throttled",
    "reads refused", "invocations throttled",
)  # fmt: skip


def batches(run: RunView) -> Section | None:
    """A row a mapping; nothing where no batch was tried and nothing refused."""
    if not run.mappings or not any(each["attempts"] or each["throttles"] for each in run.mappings.values()):
        return None
    rows = tuple(_row(run, name) for name in run.worst_first[:MOST])
    caption = "An attempt is an invocation that was admitted; what is done again the function may see twice"
    if run.replications > 1:
        caption += ". Attempts, errors and throttles are means of all runs, the rest is of the first"
    return Section("batches", "Batches, duplicates and throttles", (Table(caption, HEADS, rows),))


def _row(run: RunView, name: str) -> Row:
    of = run.mappings[name]
    attempts, errors, throttles = (estimate(run.measure(name, each)) for each in ("attempts", "errors", "throttles"))
    again, processed = of["records_done_again"], of["records"]["processed"]
    reads = of.get("get_records", {}).get("refused")
    return Row(
        (
            name, attempts, errors, _a_batch(of), count(again), number(round(again / processed * 1e6)) if processed else
            UNKNOWN, count(run.streams[of["stream"]]["write_throttled_records"]),
            UNKNOWN if reads is None else count(reads), throttles,
        )
    )  # fmt: skip


def _a_batch(of: dict[str, Any]) -> str:
    records = of["records"]["processed"] + of["records_done_again"]
    return number(float(f"{records / of['attempts']:.3g}")) if of["attempts"] else UNKNOWN
