"""When mappings were behind: why, how far, how long it took to catch up; of several runs in how many."""

from __future__ import annotations

from typing import Final

from simulator.report.clock import Clock
from simulator.report.numbers import count, seconds
from simulator.report.page.run_sections import most
from simulator.report.page.run_view import RunView
from simulator.report.page.view import Paragraph, Row, Section, Table, plural
from simulator.report.vocabulary import cause_words
from simulator.study.episodes import Common

COUNTS: Final = ("delayed", "done_again", "lost", "sent_to_destination")


def episodes(run: RunView) -> Section | None:
    """The episodes of all runs as a table, and the worst in a sentence."""
    found = run.episodes
    if not found:
        return None
    several = run.replications > 1
    heads = (
        "what", "mapping", *(("in runs",) if several else ()), "behind from", "caught up", "at most behind",
        "most waiting", "recovered after", "delayed", "done again", "lost", "to destination",
    )  # fmt: skip
    clock = run.clock
    rows, rest = most([_row(each, clock) for each in found], "episodes", "summary.json" if several else "incidents.csv")
    base = "by the clock" if clock.start else "from the start of the run"
    caption = f"Times are {base}; recovery is counted from the end of the event, or from the beginning"
    if several:
        caption += (
            ". Begin and end are medians of the runs that have the episode, the greatest lag is of all, the rest means"
        )
    table = Table(caption, heads, rows, frozenset({1}))
    return Section("incidents", "When it was behind", (Paragraph(_story(run, worst(run))), table, *rest))


def worst(run: RunView) -> Common:
    """The episode in which a mapping was the furthest behind."""
    return max(run.episodes, key=lambda each: each.peak_lag_s)


def _row(each: Common, clock: Clock) -> Row:
    several = each.of > 1
    over = f" (not over in {each.not_over})" if several and each.not_over else ""
    back = (
        "not in the run" if each.recovery_time_s != each.recovery_time_s else f"{seconds(each.recovery_time_s)}{over}"
    )
    peak = seconds(each.peak_lag_s)
    return Row(
        (
            each.event or "no event",
            each.mapping,
            *((f"{each.runs} of {each.of}",) if several else ()),
            clock.at(each.start_s),
            clock.at(each.end_s) if each.end_s == each.end_s else "not over",
            f"{peak} (mean {seconds(each.peak_lag_mean_s)})" if several else peak,
            cause_words(each.cause),
            back,
            *(count(getattr(each, f"records_{name}")) for name in COUNTS),
        )
    )


def _story(run: RunView, each: Common) -> str:
    """The worst episode in a sentence or two."""
    name = each.mapping if len(run.mappings) > 1 else "The mapping"
    clock, several, among = run.clock, each.of > 1, len(run.episodes)
    begin = f"{name} was behind from {clock.at(each.start_s)} on"
    if among > 1:
        which = each.mapping if len(run.mappings) > 1 else "it"
        begin = f"{among:,} times a mapping was behind. At the worst {which} was from {clock.at(each.start_s)} on"
    event = f", by {each.event}" if each.event else ""
    share = f" {each.share}" if several else ""
    cause = cause_words(each.cause) + (
        f" ({each.cause_runs} of {each.runs} runs)" if each.cause_runs < each.runs else ""
    )
    most_s = f"{seconds(each.peak_lag_s)} at most, mostly for {cause}"
    lost = "nothing was lost"
    if each.records_lost:
        lost = f"{plural(each.records_lost, 'record was', 'records were')} lost{' on average' if several else ''}"
    return f"{begin}{share}{event}, {most_s}; {_caught_up(each, clock)}; {lost}."


def _caught_up(each: Common, clock: Clock) -> str:
    after = f" after the end of {each.event}" if each.event else " later"
    over = each.runs - each.not_over
    if not over:
        return (
            "it had not caught up when the run ended" if each.of == 1 else "in none had it caught up when the run ended"
        )
    if each.of == 1:
        return f"it had caught up {seconds(each.recovery_time_s)}{after}, {clock.into(each.end_s)}"
    rest = f", in {over} of {each.runs} runs; in the others it had not when they ended" if each.not_over else ""
    return f"it had caught up {seconds(each.recovery_time_s)}{after} on average{rest}"
