"""Other readers of a run's streams: their calls, and how far they were behind."""

from __future__ import annotations

from simulator.report.numbers import count, percent, seconds
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Row, Section, Table


def section(run: RunView) -> Section | None:
    """A row a reader; nothing where there is none."""
    table = run.files.readers
    if table is None or table.empty:
        return None
    rows = []
    for name, mine in table.groupby("reader", sort=False):
        calls, refused = int(mine["get_records_calls"].sum()), int(mine["get_records_refused"].sum())
        rows.append(
            Row(
                (
                    str(name),
                    str(mine["stream"].iloc[0]),
                    count(calls),
                    count(refused),
                    percent(refused / (calls + refused)) if calls + refused else "-",
                    count(int(mine["read_records"].sum())),
                    seconds(float(mine["lag_max_s"].max())),
                )
            )
        )
    heads = ("reader", "stream", "calls answered", "refused", "of its calls", "records read", "behind, at most")
    caption = "They share the read limits of their shards with the mappings that poll; they cost nothing here"
    return Section("readers", "Other readers", (Table(caption, heads, tuple(rows), frozenset({1})),))
