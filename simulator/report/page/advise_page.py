"""The page of an advice: why a mapping is as late as it is, and what each knob would do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from simulator.measures.verdict import KEEP_UP
from simulator.report.numbers import UNKNOWN, endless, same_cost, teller, unit_of
from simulator.report.page.fields import shards_with
from simulator.report.page.run_sections import parts_table
from simulator.report.page.study_parts import fine_prints, sentence, unnamed, what_to_do
from simulator.report.page.tiles import lost_tile, shards_tile
from simulator.report.page.view import Figure, Page, Paragraph, Row, Section, Table, Tile, Verdict, plural, some
from simulator.report.page.words import told
from simulator.report.results import StudyResult
from simulator.report.vocabulary import STATES, cause_words
from simulator.study.advice import MEASURES
from simulator.study.objectives import COST

SIGNS: Final = {"better": "↓", "worse": "↑", "no gain": "=", "cannot tell": "?"}
MANY: Final = 2.0  # times today's value more: from there on it is told in times
AGE: Final = "iterator_age_p99_s"


def advise_page(result: StudyResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of an advice."""
    study = result.study
    said = [sentence(unnamed(result, text), [study["mapping"]]) for text in study["says"]]
    best = _best(study)
    return Page(
        kind="advise",
        name=result.name,
        title=f"{result.name}: {_finding(study, best)}",
        description=str(result.resolved["description"]),
        about=f"{plural(len(study['changes']), 'change')}, one at a time, on the same traffic: {study['runs']}.",
        verdict=Verdict(*STATES[study["verdict"]], tuple(said)),
        tiles=_tiles(result),
        actions=what_to_do(result, best["overrides"], "", sentence(study["effect"])) if best else _nothing(study),
        sections=some(
            Section("knobs", "What each knob does", (_knobs(study), Paragraph(LEGEND, quiet=True))),
            Section("plots", "The knobs side by side", tuple(figures)),
            _latency(study),
            *fine_prints(result, f"shardsim advise scenario.yaml --replications {study['replications']}"),
        ),
    )


LEGEND: Final = "↓ less, which is better; ↑ more, which is worse; = next to no difference; ? these runs cannot tell."


def _best(study: dict[str, Any]) -> dict[str, Any] | None:
    """The change that gains the most, if one does."""
    return next((each for each in study["changes"] if each["overrides"] == study["best"]), None)


def _finding(study: dict[str, Any], best: dict[str, Any] | None) -> str:
    what = told(study["ranked_by"])
    if best is None:
        return f"no knob lowers the {what}"
    effect, measure = best["effects"][study["ranked_by"]], study["ranked_by"]
    by = f"from {_told(effect['today'], measure)} to {_told(effect['then'], measure)}"
    return f"{_change(best)} lowers the {what} {by}{_price(best)}"


def _change(change: dict[str, Any]) -> str:
    """factor 1 → 2, shards 4 → 5: each knob with its own values."""
    return ", ".join(f"{told(turn['knob'])} {turn['before']} → {turn['after']}" for turn in change["turns"])


def _told(value: float | str | None, measure: str) -> str:
    if value is None or isinstance(value, str):
        return UNKNOWN if value is None else endless(measure)
    return teller(unit_of(measure))(value)


def _price(change: dict[str, Any]) -> str:
    cost = change["effects"].get(COST)
    if not cost or cost["today"] is None or cost["then"] is None:
        return ""
    difference = cost["then"] - cost["today"]
    if same_cost(cost["today"], cost["then"]):
        return " at the same cost"
    return f" for {teller('USD')(abs(difference))} {'more' if difference > 0 else 'less'} a month"


def _tiles(result: StudyResult) -> tuple[Tile, ...]:
    """How the scenario fares today."""
    study, shards = result.study, shards_with({}, result.resolved)
    today = {m: e["today"] for each in study["changes"][:1] for m, e in each["effects"].items()}
    cause = study["binding_cause"]
    lost = today.get("records_lost")
    return (
        shards_tile(shards, "today"),
        Tile("cost a month", _told(today.get(COST), COST), "today"),
        Tile("iterator age p99", _told(today.get(AGE), AGE), study["mapping"]),
        Tile("what binds", cause_words(cause), study["mapping"], "unsure" if cause else "plain"),
        lost_tile(lost or 0.0, "a run, on average"),
    )


def _knobs(study: dict[str, Any]) -> Table:
    measures = MEASURES if study["changes"] else ()
    rows = tuple(
        Row(
            (
                _change(each),
                *(_effect(measure, each["effects"][measure]) for measure in measures),
                STATES[each["verdict"]][0],
            )
        )
        for each in study["changes"]
    )
    heads = ("change", *map(told, measures), "then it")
    return Table("What it comes to with each change, the most useful first", heads, rows, frozenset({len(heads) - 1}))


def _effect(measure: str, effect: dict[str, Any]) -> str:
    if effect["then"] is None:
        return UNKNOWN
    text, relative = _told(effect["then"], measure), effect["relative"]
    sign = SIGNS[effect["word"]]
    if relative is None or effect["word"] not in ("better", "worse"):
        return f"{text} ({sign})"
    by = f"{abs(relative):.0%}" if relative < MANY else f"{1 + relative:.0f} times"
    return f"{text} ({sign} {by})"


def _latency(study: dict[str, Any]) -> Section | None:
    parts = {part: mean for part, mean in study["latency_parts_mean_s"].items() if mean}
    if not parts:
        return None
    return Section(
        "latency", "Where latency comes from", (parts_table(f"Mean of the records of {study['mapping']}", parts),)
    )


def _nothing(study: dict[str, Any]) -> Section:
    text = "Nothing that was tried helps: what does is in the function, or in the keys."
    if study["verdict"] in KEEP_UP:
        text = f"Nothing: {study['mapping']} keeps up, and nothing that was tried makes it faster for certain."
    return Section("actions", "What to do", (Paragraph(text),))
