"""Sections of a run, from its tables: mappings, latency, limits, replications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from simulator.measures.parts import PARTS
from simulator.report.numbers import count, estimate, percent, seconds, teller, unit_of
from simulator.report.page.run_view import NAN, RunView
from simulator.report.page.view import Block, Figure, Paragraph, Row, Section, Table
from simulator.report.page.words import PARTS as MEANINGS
from simulator.report.page.words import told
from simulator.report.tables import endless
from simulator.report.vocabulary import LIMITS, STATES, cause_words

MOST: Final = 40  # rows of a table
AGES: Final = ("iterator_age_at_send_p99_s", "iterator_age_p99_s", "iterator_age_max_s")
ENDS: Final = ("records_unprocessed", "records_lost", "records_to_destination")


def most(rows: Sequence[Row], what: str, where: str) -> tuple[tuple[Row, ...], tuple[Block, ...]]:
    """As many rows as a reader wants to see, and a word on the others."""
    if len(rows) <= MOST:
        return tuple(rows), ()
    return tuple(rows[:MOST]), (Paragraph(f"{MOST} of {len(rows):,} {what}; all are in {where}.", quiet=True),)


# --- mappings -----------------------------------------------------------------------------------------------------


def mappings(run: RunView) -> Section | None:
    """Each mapping's verdict, what was not processed, latency and iterator age."""
    if not run.mappings:
        return None
    heads = (
        "mapping", "verdict", "unprocessed", "lost", "to destination", "latency p50", "latency p99", "latency max",
        "age at send p99", "age when done p99", "age when done max", "most behind", "binds",
    )  # fmt: skip
    rows, rest = most(
        [_mapping(run, name) for name in run.worst_first], "mappings, the furthest behind", "summary.json"
    )
    caption = "Latency is of records, iterator age of batches"
    if run.replications > 1:
        caption += f"; percentiles of all {run.replications} runs together, the rest in the mean, with 95% intervals"
    short = [Paragraph(f"{name}: {text}.") for name in run.worst_first if (text := run.mappings[name]["too_short"])]
    table = Table(caption, heads, rows, frozenset({1, 12}))
    return Section("mappings", "Event source mappings", (table, *rest, *short[:1], *_filters(run)))


def _filters(run: RunView) -> Iterator[Paragraph]:
    """What filters let through, and what the others cost all the same."""
    filtered = {name: int(of["records"].get("filtered", 0)) for name, of in run.mappings.items()}
    told = [f"{count(n)} of {name}" for name, n in filtered.items() if n]
    if told:
        yield Paragraph(
            f"Filters ended {' and '.join(told)}: they are in no batch, and cost no invocation; but they were written, "
            "kept and read like others, and took their part of the read limits. Latency and ages are of the others."
        )


def _mapping(run: RunView, name: str) -> Row:
    of = run.mappings[name]
    ends = (estimate(run.measure(name, each)) for each in ENDS)
    latencies = (run.latency(name, statistic) for statistic in ("p50", "p99", "max"))
    ages = (estimate(run.measure(name, each), "s") for each in AGES)
    return Row(
        (
            name,
            _state(run, name),
            *ends,
            *latencies,
            *ages,
            seconds(of["lag"]["peak_s"]),
            cause_words(of["binding_cause"]),
        )
    )


def _state(run: RunView, name: str) -> str:
    states = run.differs(name)
    if len(states) == 1:
        return STATES[next(iter(states))][0]
    return ", ".join(f"{STATES[state][0]} in {n}" for state, n in states.items())


# --- where latency comes from -------------------------------------------------------------------------------------


def latency(run: RunView, quantiles: Figure) -> Section | None:
    """The quantiles of latency, and its mean parts."""
    measured = {name: each for name, each in run.mappings.items() if each["latency"]["n"]}
    if not measured:
        return None
    if len(measured) == 1:
        ((name, mapping),) = measured.items()
        caption = f"Mean of the {count(mapping['latency']['n'])} records that {name} processed"
        blocks: tuple[Block, ...] = (parts_table(caption, mapping["latency_parts_mean_s"]),)
    else:
        blocks = _parts_of_many(run, measured)
    return Section("latency", "How long records take", (quantiles, *blocks))


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


# --- limits -----------------------------------------------------------------------------------------------------


def limits(run: RunView) -> Section:
    """What was offered to each limit, and where AWS states it."""
    rows = [_limit(run, limit) for limit in LIMITS]
    heads = ("limit", "offered on average", "at its busiest", "by", "what AWS allows", "source")
    caption = (
        "What was offered over what is allowed, by the shard, lane or pool most used: above 100% not all fits. At its "
        "busiest: in the busiest second, of concurrency at once"
    )
    table = Table(caption, heads, tuple(row for row in rows if row), frozenset({3, 4, 5}))
    return Section("limits", "Limits and their sources", (table,), folded=True)


def _limit(run: RunView, limit: str) -> Row | None:
    """Where most is offered to the limit."""
    each = run.mappings or run.streams
    offered = {name: of["limits"][limit] for name, of in each.items() if limit in of["limits"]}
    if not offered:
        return None
    name = max(offered, key=lambda name: endless(offered[name]["offered_mean"]))
    mean, peak, about = offered[name]["offered_mean"], offered[name]["offered_peak"], LIMITS[limit]
    shown = "-" if peak is None else percent(peak)
    return Row((about.words, percent(endless(mean)), shown, name, about.amount, about.source))


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
        if not measure.startswith("offered_")
    ]
    heads = (*(("mapping",) if several else ()), "measure", "all runs (95% interval)", "lowest run", "highest run")
    shown, rest = most(rows, "measures", "replications.csv")
    caption = (
        f"{run.replications} runs with traffic and random events of their own. Percentiles are of all runs together, "
        "with intervals by the jackknife; the rest are means with Student's intervals"
    )
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
