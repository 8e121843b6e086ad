"""The shards of a run: their load over time, and those that take the most."""

from __future__ import annotations

from typing import Final

from simulator.report.numbers import count, percent, seconds
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Figure, Row, Section, Table

HOTTEST: Final = 10


def section(run: RunView, load: Figure) -> Section | None:
    """The load of all shards over time, and the shards that take the most."""
    if run.files.shards.empty:
        return None
    table = run.files.shards.sort_values("busiest_second_records", ascending=False, kind="stable")
    table = table.drop_duplicates(["stream", "shard"])
    several = len(run.streams) > 1
    rows = [
        Row(
            (
                f"{each['stream']}, shard {each['shard']}" if several else f"shard {each['shard']}",
                percent(each["part_of_stream"]),
                count(each["busiest_second_records"]),
                count(each["accepted_records"]),
                count(each["write_throttled_records"]),
                seconds(each["iterator_age_max_s"]),
                percent(each["lane_busy_max"]),
            )
        )
        for _, each in table.head(HOTTEST).iterrows()
    ]
    heads = (
        "shard",
        "of its stream",
        "offered in its busiest second",
        "accepted",
        "write-throttled",
        "max iterator age",
        "busiest lane",
    )
    shown = (
        f"The {len(rows)} of {run.shards:,} shards that take the most at once"
        if run.shards > len(rows)
        else "All shards"
    )
    return Section("shards", "Shards", (load, Table(shown, heads, tuple(rows))))
