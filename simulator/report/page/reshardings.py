"""How the shards of a run's streams changed: requests, what came of them, and when the new shards began to help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from simulator.report.clock import Clock
from simulator.report.numbers import UNKNOWN, count, seconds
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Figure, Paragraph, Row, Section, Table
from simulator.report.vocabulary import ASKERS, REFUSALS

MOST: Final = 40  # rows
SOON_S: Final = 60.0  # a wait for closed shards that is not worth a word


def section(run: RunView, figure: Figure | None) -> Section | None:
    """Open shards over time, and the requests; nothing where shards stay as they are."""
    table = run.files.reshardings
    if table is None or table.empty or figure is None:
        return None
    clock = run.clock
    told = tuple(Paragraph(text) for text in (*_stories(run, table, clock), *_refusals(table)))
    rows = [_row(run, each, clock) for _, each in table.iterrows()]
    heads: tuple[str, ...] = (
        "request",
        "asked by",
        "asked at",
        "begun",
        "done",
        "open shards",
        "old ones done",
        "iterator age, at most",
    )
    if len(run.mappings) > 1:
        heads = ("mapping", *heads)
    shown = f"The first {MOST} of {len(rows):,}; all are in reshardings.csv" if len(rows) > MOST else "All requests"
    return Section(
        "reshardings", "How the shards changed",
        (figure, *told, Table(shown, heads, tuple(rows[:MOST]), frozenset(range(len(heads) - 6)))),
    )  # fmt: skip


def _row(run: RunView, each: Any, clock: Clock) -> Row:
    name = f"{each['stream']}: {each['request']}" if len(run.streams) > 1 else each["request"]
    after = each["refused"] and f"refused: {REFUSALS.get(each['refused'], each['refused'])}"
    cells = (
        name,
        ASKERS.get(each["asked_by"], each["asked_by"]),
        *(_at(clock, each[when]) for when in ("requested_at_s", "begun_at_s")),
        after or _at(clock, each["done_at_s"]),
        f"{count(each['open_shards_before'])}" + ("" if after else f" → {count(each['open_shards_after'])}"),
        UNKNOWN if after else _at(clock, each["old_shards_finished_at_s"]),
        UNKNOWN if after else seconds(each["peak_iterator_age_s"]),
    )
    return Row((each["mapping"], *cells) if len(run.mappings) > 1 else cells)


def _at(clock: Clock, time_s: float) -> str:
    return clock.at(time_s) if time_s == time_s else "not in the run"


def _stories(run: RunView, table: pd.DataFrame, clock: Clock) -> Iterator[str]:
    """Of each stream the request whose new shards helped last."""
    for stream, mine in table[table["refused"] == ""].groupby("stream", sort=False):
        end_s = float(run.summary.get("end_s", run.summary["duration_s"]))
        done = mine.dropna(subset=["done_at_s"])
        if done.empty:
            continue
        waits = done["old_shards_finished_at_s"].fillna(end_s) - done["done_at_s"]
        worst = done.iloc[int(waits.to_numpy().argmax())]
        wait_s = float(waits.max())
        of = f" of {stream}" if len(run.streams) > 1 else ""
        asked, changed = clock.at(worst["requested_at_s"]), clock.at(worst["done_at_s"])
        begin = f"{worst['request']}{of} asked for at {asked}, done at {changed}"
        if wait_s < SOON_S:
            yield f"{begin}; the old shards were read to their end {seconds(wait_s)} later."
        elif worst["old_shards_finished_at_s"] == worst["old_shards_finished_at_s"]:
            yield (
                f"{begin}; {worst['mapping']} had done with the old ones {seconds(wait_s)} later. Until then the new "
                "capacity helped nobody who waited: what is in a new shard is read after all of its old ones."
            )
        else:
            yield (
                f"{begin}; {worst['mapping']} had not done with the old ones when the run ended, {seconds(wait_s)} "
                "later, and read nothing of the new ones."
            )


def _refusals(table: pd.DataFrame) -> Iterator[str]:
    refused = table[table["refused"] != ""].drop_duplicates(["stream", "request", "requested_at_s"])
    for why, n in refused["refused"].value_counts().items():
        yield f"{n:,} {'request was' if n == 1 else 'requests were'} refused: {REFUSALS.get(str(why), str(why))}."
