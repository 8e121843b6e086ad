"""The page of a back-test: how well a scenario explains what was observed, and what it misses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from simulator.report import backtest_words as words
from simulator.report.numbers import percent
from simulator.report.page import fine_print
from simulator.report.page.fields import shards_with
from simulator.report.page.study_parts import sentence
from simulator.report.page.view import (
    Bullets,
    Code,
    Figure,
    Page,
    Paragraph,
    Row,
    Section,
    Table,
    Tile,
    Verdict,
    plural,
    some,
)
from simulator.report.page.words import HERE
from simulator.report.results import StudyResult
from simulator.report.vocabulary import BACKTEST_WORDS, metric_words

EXPLAINED: Final = "The scenario explains what was observed, so what it says of another setting can be believed as far."
MISSED: Final = "Look into the misses first: what the scenario does not explain, it does not predict either."


def backtest_page(result: StudyResult, figures: Sequence[Figure]) -> Page:
    """All that there is to say of a back-test."""
    study = result.study
    word, tone = BACKTEST_WORDS[study["verdict"]]
    headline = words.headline(study)
    return Page(
        kind="backtest",
        name=result.name,
        title=f"{result.name}: {words.short(study)}",
        description=str(result.resolved["description"]),
        about=f"The observed traffic through the scenario, {plural(study['replications'], 'replication')}, beside what "
        f"CloudWatch had of the system, on the same {words.intervals(study)}.",
        verdict=Verdict(word, tone, (sentence(headline), *map(sentence, words.notes(study)))),
        tiles=tuple(map(_tile, (each for each in study["metrics"] if each["metric"] in words.JUDGED)))[:6],
        sections=some(
            Section("figures", "How well each metric is explained", (_figures(study), *_reading())),
            Section("misses", "What it misses", _misses(study)),
            Section("fitted", "Fitted", _fitted(study)),
            Section("plots", "Observed and simulated", tuple(figures)),
            fine_print.assumptions(result.resolved),
            fine_print.scenario(result.scenario_text),
            _again(study, result.version),
        ),
        actions=_next(study, shards_with({}, result.resolved)),
    )


def _tile(each: dict[str, Any]) -> Tile:
    of = "" if each["given"] else BACKTEST_WORDS[each["verdict"]][0]
    return Tile(
        metric_words(each["metric"]), f"{percent(each['inside'])} inside", f"{each['of']}: {of}",
        BACKTEST_WORDS[each["verdict"]][1],
    )  # fmt: skip


def _figures(study: words.Study) -> Table:
    rows = tuple(Row(words.cells(each), "" if not each["given"] else "given") for each in study["metrics"])
    of = f"Over the judged {words.intervals(study)}, against the replications' interval"
    return Table(of, words.HEADS, rows, frozenset(words.TEXTS))


def _reading() -> tuple[Paragraph, ...]:
    return (
        Paragraph(
            "Inside: the part in which the observed value is within the interval of the replications; width: the "
            "interval's median width; bias: the mean of the simulated median less the observed value; errors: of the "
            "simulated median. The verdict goes by iterator age, invocations and duration: 90% inside explains, unless "
            "the interval is wider than the values, so that not much would contradict it; from 70% on it does partly.",
            quiet=True,
        ),
    )


def _misses(study: words.Study) -> tuple[Table | Paragraph, ...]:
    if not words.real_misses(study):
        return (Paragraph("Nothing that is more than chance: of 95% intervals one in twenty is outside."),)
    rows = tuple(
        Row((words.span(study, each), metric_words(each["metric"]), each["of"], words.both(each), each["why"] or "-"))
        for each in words.real_misses(study)
    )
    heads = ("from, to", "metric", "of", "what was seen", "what else differs then")
    chance = Paragraph("Of 95% intervals one in twenty is outside by chance: what may be that is left out.", quiet=True)
    return Table("The longest first", heads, rows, frozenset(range(1, 5))), chance


def _fitted(study: words.Study) -> tuple[Table | Code, ...]:
    if not study["fitted"]:
        return ()
    rows = tuple(
        Row((each["field"], each["value"], f"{each['low']} to {each['high']}", each["before"]))
        for each in study["fitted"]
    )
    heads = ("field", "fitted", "95% interval", "before")
    table = Table("To what was observed before the judged part", heads, rows, frozenset({1, 2, 3}))
    return table, Code("For the commands of shardsim", words.sets(study))


def _next(study: words.Study, shards: int) -> Section:
    if study["verdict"] == "explains":
        blocks = (Paragraph(EXPLAINED), Code(HERE, f"shardsim compare scenario.yaml --shards {shards}-{2 * shards}"))
        return Section("actions", "What to do", blocks)
    several = len({each["of"] for each in study["metrics"]}) > 1
    items = tuple(sentence(words.miss(study, each, several)) for each in words.real_misses(study)[:3])
    return Section("actions", "What to do", (Paragraph(MISSED), *((Bullets(items),) if items else ())))


def _again(study: words.Study, version: str) -> Section:
    command = f"shardsim backtest scenario.yaml --observed FOLDER -n {study['replications']} --out ../again"
    blocks = (
        Paragraph("In the folder of this report, with the folder of what was observed:"),
        Code("Run", command),
        Paragraph(f"shardsim {version}. The same version and seed give the same figures on every machine.", quiet=True),
    )
    return Section("reproduce", "Run it again", blocks, folded=True)
