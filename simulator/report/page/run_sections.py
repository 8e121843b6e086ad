"""Sections of a run, from its tables: mappings, incidents, latency, shards, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from simulator.measures.parts import PARTS
from simulator.report.numbers import count, estimate, percent, seconds, teller, unit_of
from simulator.report.page.run_view import NAN, RunView
from simulator.report.page.view import Block, Paragraph, Row, Section, Table, listed, plural
from simulator.report.page.words import LIMITS, STATES, told
from simulator.report.page.words import PARTS as MEANINGS

MOST: Final = 40  # rows of a table
TIMES: Final = ("p50", "p99", "max")
COUNTS: Final = ("attempts", "errors", "throttles")


def most(rows: Sequence[Row], what: str, where: str) -> tuple[tuple[Row, ...], tuple[Block, ...]]:
    """As many rows as a reader wants to see, and a word on the others."""
    if len(rows) <= MOST:
        return tuple(rows), ()
    return tuple(rows[:MOST]), (Paragraph(f"{MOST} of {len(rows):,} {what}; all are in {where}.", quiet=True),)


# --- mappings -----------------------------------------------------------------------------------------------------


def mappings(run: RunView) -> Section | None:
    """Each mapping's verdict, latency, iterator age and counts."""
    if not run.mappings:
        return None
    heads = (
        "mapping", "verdict", "latency p50", "p99", "max", "iterator age p50", "p99", "max", *COUNTS, "lost",
    )  # fmt: skip
    rows, rest = most(
        [_mapping(run, name) for name in run.worst_first], "mappings, the furthest behind", "summary.json"
    )
    caption = "Latency is of records, iterator age of batches"
    if run.replications > 1:
        caption += f"; means of {run.replications} runs with 95% intervals"
    return Section("mappings", "Event source mappings", (Table(caption, heads, rows, frozenset({1})), *rest))


def _mapping(run: RunView, name: str) -> Row:
    times = [
        estimate(run.measure(name, f"{measure}_{time}_s"), "s")
        for measure in ("latency", "iterator_age")
        for time in TIMES
    ]
    counts = [estimate(run.measure(name, each)) for each in (*COUNTS, "records_lost")]
    return Row((name, _state(run, name), *times, *counts))


def _state(run: RunView, name: str) -> str:
    states = run.differs(name)
    if len(states) == 1:
        return STATES[next(iter(states))][0]
    return ", ".join(f"{STATES[state][0]} in {n}" for state, n in states.items())


# --- incidents ----------------------------------------------------------------------------------------------------


def incidents(run: RunView) -> Section | None:
    """Outages, slow periods and poison records: what each did, and how long it took to recover."""
    table = run.files.incidents
    if table.empty:
        return None
    worst = table.iloc[int(table["peak_iterator_age_s"].fillna(-1).to_numpy().argmax())]
    ordered = table.sort_values(["start_s", "mapping"], kind="stable")
    heads = (
        "cause", "mapping", "start", "end", "peak iterator age", "peak backlog", "recovered after", "delayed",
        "done again", "lost", "to destination",
    )  # fmt: skip
    rows, rest = most([_incident(each) for _, each in ordered.iterrows()], "incidents", "incidents.csv")
    table_ = Table(
        "Times are from the start of the run; recovery is counted from the incident's end", heads, rows, frozenset({1})
    )
    return Section("incidents", "Incidents", (Paragraph(_story(run, worst, len(table))), table_, *rest))


def _incident(each: Any) -> Row:
    end = seconds(each["end_s"]) if each["end_s"] == each["end_s"] else "not over"
    recovery = (
        seconds(each["recovery_time_s"]) if each["recovery_time_s"] == each["recovery_time_s"] else "not in the run"
    )
    return Row(
        (
            each["kind"],
            each["mapping"],
            seconds(each["start_s"]),
            end,
            seconds(each["peak_iterator_age_s"]),
            count(each["peak_backlog_records"]),
            recovery,
            *(count(each[f"records_{name}"]) for name in ("delayed", "done_again", "lost", "sent_to_destination")),
        )
    )


def _story(run: RunView, worst: pd.Series, incidents: int) -> str:
    """The incident with the highest iterator age, in a sentence or two."""
    of = run.named(worst["mapping"])
    kind = {"outage": "outage", "slow": "slow period", "poison": "poison record"}[worst["kind"]]
    begin = f"The {kind}{of} at {seconds(worst['start_s'])}"
    if incidents > 1:
        begin = f"{incidents:,} incidents. The worst, the {kind}{of} at {seconds(worst['start_s'])},"
    over = worst["end_s"] == worst["end_s"]
    lasted = f"lasted {seconds(worst['end_s'] - worst['start_s'])}" if over else "was not over when the run ended"
    age = f"the iterator age rose to {seconds(worst['peak_iterator_age_s'])}"
    if worst["recovery_time_s"] == worst["recovery_time_s"]:
        back = f"the mapping had caught up {seconds(worst['recovery_time_s'])} after its end"
    else:
        back = "the mapping had not caught up when the run ended"
    lost = (
        plural(worst["records_lost"], "record was", "records were") + " lost"
        if worst["records_lost"]
        else "nothing was lost"
    )
    return f"{begin} {lasted}: {listed([age, back])}; {lost}."


# --- where latency comes from -------------------------------------------------------------------------------------


def latency(run: RunView) -> Section | None:
    """The mean parts of latency."""
    measured = {name: each for name, each in run.mappings.items() if each["latency"]["n"]}
    if not measured:
        return None
    if len(measured) == 1:
        ((name, mapping),) = measured.items()
        caption = f"Mean of the {count(mapping['latency']['n'])} records that {name} processed"
        blocks: tuple[Block, ...] = (parts_table(caption, mapping["latency_parts_mean_s"]),)
    else:
        blocks = _parts_of_many(run, measured)
    return Section("latency", "Where latency comes from", blocks)


def parts_table(caption: str, parts_s: Mapping[str, float]) -> Table:
    """The mean parts of latency in seconds, those that there are, and their sum."""
    total = sum(parts_s.values())
    rows = [
        Row((told(part), seconds(mean), percent(mean / total if total else NAN), MEANINGS.get(part, "")))
        for part, mean in parts_s.items()
        if mean
    ]
    rows.append(Row(("all", seconds(total), "100%", "mean latency"), "sum"))
    return Table(caption, ("part", "mean", "share", "what it is"), tuple(rows), frozenset({3}))


def _parts_of_many(run: RunView, measured: dict[str, dict[str, Any]]) -> tuple[Block, ...]:
    parts = [part for part in PARTS if any(each["latency_parts_mean_s"][part] for each in measured.values())]
    rows, rest = most(
        [
            Row((name, seconds(measured[name]["latency"]["mean_s"]), *(_share(measured[name], part) for part in parts)))
            for name in run.worst_first
            if name in measured
        ],
        "mappings", "summary.json",
    )  # fmt: skip
    table = Table(
        "Mean latency of the records processed, and the share of each part",
        ("mapping", "mean latency", *map(told, parts)),
        rows,
    )
    meanings = "; ".join(f"{told(part)}: {MEANINGS[part]}" for part in parts)
    return table, *rest, Paragraph(f"{meanings}.", quiet=True)


def _share(mapping: dict[str, Any], part: str) -> str:
    total = sum(mapping["latency_parts_mean_s"].values())
    return percent(mapping["latency_parts_mean_s"][part] / total) if total else "-"


# --- shards and limits --------------------------------------------------------------------------------------------

HOTTEST: Final = 10


def hottest_shards(run: RunView) -> Section | None:
    """The shards that take the most."""
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
    return Section("shards", "The hottest shards", (Table(shown, heads, tuple(rows)),), folded=True)


def limits(run: RunView) -> Section:
    """How much of each limit is used, and where AWS states it."""
    rows = [_limit(run, limit) for limit in LIMITS]
    heads = ("limit", "used on average", "at its hottest", "by", "what AWS allows", "source")
    caption = "The hottest is the hottest shard or lane; of writing in its busiest second, of concurrency the peak"
    table = Table(caption, heads, tuple(row for row in rows if row), frozenset({3, 4, 5}))
    return Section("limits", "Limits and their sources", (table,), folded=True)


def _limit(run: RunView, limit: str) -> Row | None:
    """Where the limit is used the most."""
    each = run.mappings or run.streams
    uses = {name: of["use"][limit] for name, of in each.items() if limit in of["use"]}
    if not uses:
        return None
    name = max(uses, key=lambda name: uses[name]["hottest"])
    use, about = uses[name], LIMITS[limit]
    return Row((limit, percent(use["mean"]), percent(use["hottest"]), name, about.amount, about.source))


def replications(run: RunView) -> Section | None:
    """What differs between the runs of one scenario."""
    if run.replications < 2:
        return None
    measures = [(name, measure) for name, values in run.runs[0].values.items() for measure in values]
    measures += [("", measure) for measure in run.runs[0].whole]
    several = len(run.mappings) > 1
    rows = [
        Row(((name,) if several else ()) + _spread(run, name, measure))
        for name, measure in measures
        if not measure.startswith("use_")
    ]
    heads = (*(("mapping",) if several else ()), "measure", "mean (95% interval)", "lowest", "highest")
    shown, rest = most(rows, "measures", "replications.csv")
    caption = f"{run.replications} runs with traffic and random events of their own; Student's intervals of the mean"
    table = Table(caption, heads, shown, frozenset({1} if several else ()))
    return Section("replications", "Replications", (table, *rest), folded=True)


def _spread(run: RunView, name: str, measure: str) -> tuple[str, ...]:
    unit = unit_of(measure)
    values = [value for value in run.values(name, measure) if value == value]
    lowest, highest = (min(values), max(values)) if values else (NAN, NAN)
    return (
        told(measure),
        estimate(run.measure(name, measure), unit),
        teller(unit)(lowest),
        teller(unit)(highest),
    )
