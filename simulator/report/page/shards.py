"""The shards of a run: their load over time, and those that take the most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.report.numbers import count, percent, seconds
from simulator.report.objective_words import among
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Figure, Paragraph, Row, Section, Table

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
    hot = tuple(Paragraph(text) for text in _hot_keys(run))
    return Section("shards", "Shards", (load, *hot, Table(shown, heads, tuple(rows))))


def _hot_keys(run: RunView) -> Iterator[str]:
    """Which keys make up most of the hottest shard of each stream that has one."""
    for name, stream in run.streams.items():
        keys = [f"{each['key']} ({percent(each['part_of_stream'])} of all)" for each in stream["hot_keys"]]
        if keys:
            of = f" of {name}" if len(run.streams) > 1 else ""
            yield f"The hottest shard{of} is hot by its keys: {among(keys)}, as the scenario has them."
