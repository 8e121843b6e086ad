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
from simulator.report.vocabulary import STATES, Tone, cause_words, cautious, sampled
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
DOUBLE = 2.0
TOO_MUCH = "too much"

Found = dict[str, Any] | None  # saturation or knee, as study.json has it


def load_page(result: StudyResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of a load sweep."""
    study, rows = result.study, result.table("loads").to_dict("records")
    says = unnamed(result, study["says"])
    shards = shards_with({}, result.resolved)
    today = _at(rows, min((float(row["load"]) for row in rows), key=lambda load: abs(load - TODAY)))
    saturation, knee = study["saturation"], study["knee"]
    runs = plural(max(int(row["replications"]) for row in rows), "run")
    verdict = Verdict(
        _word(saturation),
        _tone(saturation),
        (sentence(says), _room(saturation), *map(sentence, filter(None, [study["beware"]]))),
    )
    return Page(
        kind="sweep-load",
        name=result.name,
        title=f"{result.name}: {says}",
        description=str(result.resolved["description"]),
        about=f"{plural(len(study['loads']), 'load')}, each with {runs}: every producer's rate times a factor. "
        f"The tiles are of {today.label}. {sampled(study.get('sample'))}".strip(),
        verdict=verdict,
        tiles=(*option_tiles(today, None, shards, shards)[:4], _breaks(saturation)),
        sections=some(
            Section("plots", "Where it breaks", tuple(figures)),
            Section("loads", "Loads compared", (_loads(rows, saturation, knee),)),
            *fine_prints(result, _command(study)),
        ),
    )


def _at(rows: list[dict[Any, Any]], load: float) -> Option:
    return Option(
        "today's traffic" if load == TODAY else f"{number(load)} times that",
        {str(row["mapping"]): row for row in rows if float(row["load"]) == load},
    )


def _word(saturation: Found) -> str:
    if not saturation:
        return "keeps up"
    return f"keeps up to {number(saturation['holds'])} times" if saturation["holds"] else "keeps up at no load"


def _tone(saturation: Found) -> Tone:
    if not saturation:
        return "good"
    return cautious("good", saturation["holds"]) if saturation["holds"] >= TODAY else "bad"


def _room(saturation: Found) -> str:
    if not saturation:
        return "No load that was tried is too much."
    if saturation["holds"] < TODAY:
        return "It does not keep up with today's traffic."
    grown = (
        f"by {saturation['holds'] - 1:.0%}"
        if saturation["holds"] < DOUBLE
        else f"to {number(saturation['holds'])} times"
    )
    return f"Today's traffic can grow {grown} before a mapping no longer keeps up."


def _breaks(saturation: Found) -> Tile:
    if not saturation:
        return Tile("saturated at", "no load tried", "", "good")
    return Tile("saturated at", f"{number(saturation['breaks'])} times", saturation["why"], "unsure")


def _loads(rows: list[dict[Any, Any]], saturation: Found, knee: Found) -> Table:
    several = len({row["mapping"] for row in rows}) > 1
    measures, none = told_measures(rows, MEASURES)
    heads = ("load", *(("mapping",) if several else ()), "verdict", *map(told, measures), "what binds")
    return Table(
        f"Percentiles of all runs together, the rest in the mean, with 95% intervals{none}",
        heads,
        tuple(map(partial(_row, marks=_marks(saturation, knee), several=several, measures=measures), rows)),
        frozenset({1, 2 if several else 1, len(heads) - 1}),
    )


def _marks(saturation: Found, knee: Found) -> dict[float, str]:
    """What is said of a load, by the load; of several the last."""
    marks = {TODAY: "today"}
    if knee:
        marks[knee["breaks"]] = "late"
    if saturation:
        marks[saturation["breaks"]] = TOO_MUCH
    return marks


def _row(row: dict[Any, Any], marks: dict[float, str], several: bool, measures: Sequence[str]) -> Row:
    word, tone = STATES[str(row["verdict"])]
    mark = marks.get(float(row["load"]), "")
    return Row(
        (
            f"{number(float(row['load']))} times" + (f" ({mark})" if mark else ""),
            *((str(row["mapping"]),) if several else ()),
            f"{SIGNS[tone]} {word}",
            *(cell(row, measure) for measure in measures),
            cause_words(str(row["binding_cause"])),
        ),
        "chosen" if mark == TOO_MUCH else "",
    )


def _command(study: dict[str, Any]) -> str:
    low, high = study["loads"][0], study["loads"][-1]
    return f"shardsim sweep-load scenario.yaml --factor {low:g}-{high:g}"
