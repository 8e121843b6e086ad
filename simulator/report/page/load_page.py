"""The page of a load sweep: the load at which a scenario breaks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from simulator.report.numbers import number
from simulator.report.page.fields import shards_with
from simulator.report.page.study_parts import fine_prints, option_tiles, sentence, unnamed
from simulator.report.page.view import SIGNS, Figure, Page, Row, Section, Table, Tile, Verdict, plural, some
from simulator.report.page.wide import Option, cell, told_measures
from simulator.report.page.words import told
from simulator.report.results import StudyResult
from simulator.report.vocabulary import STATES, cause_words
from simulator.study.objectives import COST

MEASURES = (
    "iterator_age_p99_s",
    "iterator_age_max_s",
    "latency_p99_s",
    "drain_s",
    "records_lost",
    COST,
    "throttles",
    "errors",
)
TODAY = 1.0


def load_page(result: StudyResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of a load sweep."""
    study, rows = result.study, result.table("loads").to_dict("records")
    says = unnamed(result, study["says"])
    shards = shards_with({}, result.resolved)
    today = _at(rows, min((float(row["load"]) for row in rows), key=lambda load: abs(load - TODAY)))
    knee = study["knee"]
    runs = plural(max(int(row["replications"]) for row in rows), "run")
    word = f"holds up to {number(knee['holds'])} times" if knee else "holds"
    tone = "good" if not knee or knee["holds"] > TODAY else "bad"
    verdict = Verdict(word, tone, (sentence(says), _room(knee)))  # type: ignore[arg-type]
    return Page(
        kind="sweep-load",
        name=result.name,
        title=f"{result.name}: {says}",
        description=str(result.resolved["description"]),
        about=f"{plural(len(study['loads']), 'load')}, each with {runs}: every producer's rate times a factor. "
        f"The tiles are of {today.label}.",
        verdict=verdict,
        tiles=(*option_tiles(today, None, shards, shards)[:4], _breaks(knee)),
        sections=some(
            Section("loads", "Loads compared", (_loads(rows, knee),)),
            Section("plots", "Where it breaks", tuple(figures)),
            *fine_prints(result, _command(study)),
        ),
    )


def _at(rows: list[dict[Any, Any]], load: float) -> Option:
    return Option(
        "today's traffic" if load == TODAY else f"{number(load)} times that",
        {str(row["mapping"]): row for row in rows if float(row["load"]) == load},
    )


def _room(knee: dict[str, Any] | None) -> str:
    if not knee:
        return "No load that was tried is too much."
    if knee["holds"] <= TODAY:
        return "It breaks at less than today's traffic."
    return f"Today's traffic can grow by {knee['holds'] - 1:.0%} before it breaks."


def _breaks(knee: dict[str, Any] | None) -> Tile:
    if not knee:
        return Tile("breaks at", "no load tried", "", "good")
    return Tile("breaks at", f"{number(knee['breaks'])} times", knee["why"], "unsure")


def _loads(rows: list[dict[Any, Any]], knee: dict[str, Any] | None) -> Table:
    several = len({row["mapping"] for row in rows}) > 1
    measures, none = told_measures(rows, MEASURES)
    heads = ("load", *(("mapping",) if several else ()), "verdict", *map(told, measures), "what binds")
    return Table(
        f"Means with 95% intervals{none}",
        heads,
        tuple(map(partial(_row, knee=knee, several=several, measures=measures), rows)),
        frozenset({1, 2 if several else 1, len(heads) - 1}),
    )


def _row(row: dict[Any, Any], knee: dict[str, Any] | None, several: bool, measures: Sequence[str]) -> Row:
    breaks = bool(knee) and float(row["load"]) == knee["breaks"]  # type: ignore[index]
    word, tone = STATES[str(row["verdict"])]
    mark = " (too much)" if breaks else " (today)" if float(row["load"]) == TODAY else ""
    return Row(
        (
            f"{number(float(row['load']))} times{mark}",
            *((str(row["mapping"]),) if several else ()),
            f"{SIGNS[tone]} {word}",
            *(cell(row, measure) for measure in measures),
            cause_words(str(row["binding_cause"])),
        ),
        "chosen" if breaks else "",
    )


def _command(study: dict[str, Any]) -> str:
    low, high = study["loads"][0], study["loads"][-1]
    return f"shardsim sweep-load scenario.yaml --factor {low:g}-{high:g} --out ../again"
