"""What `compare` says on the terminal: a sentence, tables of means, and differences in words."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.report.comparison import summary, wide_table
from simulator.report.console import of_all, with_error
from simulator.report.numbers import count, money, month, seconds
from simulator.report.objective_words import headroom_not_judged
from simulator.report.tables import plain
from simulator.report.vocabulary import cause_words, state_colour
from simulator.study.compare import Comparison
from simulator.study.consensus import Said
from simulator.study.figures import leaves_work, seen
from simulator.study.objectives import COST, stated
from simulator.study.ranking import best, usd_per_month
from simulator.study.settings import Setting, knobs
from simulator.study.statistics import Difference
from simulator.study.too_short import beware

MOST_ROWS: Final = 40
WIDTH: Final = 150  # where the output is no terminal
NAME: Final = 8  # letters of a column at least
TIMES: Final = {
    "latency p50": "latency_p50_s", "p99": "latency_p99_s", "max": "latency_max_s",
    "age p50": "iterator_age_p50_s", "age p99": "iterator_age_p99_s", "age max": "iterator_age_max_s",
}  # fmt: skip
COUNTS: Final = {"throttles": "throttles", "errors": "errors", "lost": "records_lost"}
DIFFERENCES: Final = {"latency p99": "latency_p99_s", "age p99": "iterator_age_p99_s", "age max": "iterator_age_max_s"}
WORDS: Final = {"better": "green", "worse": "red", "same": "dim", "cannot tell": "yellow"}
WORDY: Final = ("verdict", "objectives", "what binds")  # columns of words
STATES: Final = {"met": "green", "undecided": "yellow", "missed": "red"}

Rows = list[tuple[Setting, str]]


def tell(comparison: Comparison, folder: Path, as_json: bool) -> None:
    """Say how a comparison went."""
    if as_json:
        print(json.dumps(_as_json(comparison, folder), indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH)
    rows = [(setting, mapping) for setting in comparison.settings for mapping in comparison.mappings_of(setting)]
    for line in _headlines(comparison):
        console.print(line, soft_wrap=True)
    for table in _tables(comparison, rows[:MOST_ROWS]):
        console.print()
        console.print(table)
    if len(rows) > MOST_ROWS:
        console.print(f"… and {len(rows) - MOST_ROWS} rows more in comparison.csv")
    console.print(f"\nwritten to {folder}/ (pictures in {folder / 'plots'}/)", soft_wrap=True)


def _as_json(comparison: Comparison, folder: Path) -> object:
    return plain(
        summary(comparison)
        | {"output": str(folder)}
        | {"comparison": wide_table(comparison).to_dict("records")}
        | {"differences": comparison.differences.to_dict("records")}
    )


def _headlines(comparison: Comparison) -> Iterator[Text | str]:
    found = best(comparison.runs, comparison.objectives)
    if found is None:
        yield f"{comparison.name}: every run failed"
        return
    runs = comparison.runs[found]
    cost = f" for {month(usd_per_month(runs), leaves_work(runs))}"
    if not stated(comparison.assessments[found]):
        n, keeps_up = len(comparison.settings), comparison.state(found) == "met"
        what = f"of {n} settings the cheapest that keeps up is" if keeps_up else "no setting keeps up; the nearest is"
        yield f"{comparison.name}: {what} {found}{cost}"
        yield "the scenario has no objectives; with `objectives: {iterator_age_p99: 5s}` in it each setting is judged"
    elif comparison.meeting:
        yield f"{comparison.name}: the cheapest setting that meets the objectives is {found}{cost}"
    else:
        yield f"{comparison.name}: no setting meets the objectives for certain; the nearest is {found}{cost}"
    if room := comparison.objectives.headroom:
        yield headroom_not_judged(room)
    yield from filter(None, (comparison.warmup, comparison.stopped, beware(runs)))


def _tables(comparison: Comparison, rows: Rows) -> Iterator[Table]:
    yield _times(comparison, rows)
    yield _counts(comparison, rows)
    paired = comparison.mappings_of(comparison.baseline) if rows else []
    others = [(setting, mapping) for setting, mapping in rows if setting != comparison.baseline and mapping in paired]
    if others:
        yield _differences(comparison, others)


def _times(comparison: Comparison, rows: Rows) -> Table:
    table = _grid(comparison, *TIMES)
    for setting, mapping in rows:
        table.add_row(
            *_named(comparison, setting, mapping),
            *(_mean(comparison, setting, mapping, m, seconds) for m in TIMES.values()),
        )
    n = max(len(runs) for runs in comparison.runs.values())
    table.caption, table.caption_justify = f"{of_all(n)}; *: the baseline", "left"
    return table


def _counts(comparison: Comparison, rows: Rows) -> Table:
    judged = any(stated(each) for each in comparison.assessments.values())
    table = _grid(
        comparison, *COUNTS, "drain", "what binds", "share", "USD/month", "verdict",
        *(["objectives"] if judged else []),
    )  # fmt: skip
    for setting, mapping in rows:
        verdict, state = comparison.verdict(setting, mapping), comparison.state(setting)
        table.add_row(
            *_named(comparison, setting, mapping),
            *(_mean(comparison, setting, mapping, measure, count) for measure in COUNTS.values()),
            _mean(comparison, setting, mapping, "drain_s", seconds),
            cause_words(comparison.binding(setting, mapping).word),
            _mean(comparison, setting, mapping, "binding_share", lambda part: f"{part:.0%}", plain_mean=True),
            "> " * leaves_work(comparison.runs[setting]) + _mean(comparison, setting, "", COST, money),
            Text(_in_some(verdict), style=state_colour(verdict.word)),
            *([Text(state, style=STATES[state])] if judged else []),
        )
    return table


def _in_some(verdict: Said) -> str:
    """A verdict, and in how many runs it was if not in all."""
    n, all_ = verdict.runs[verdict.word], sum(verdict.runs.values())
    return verdict.word if n == all_ else f"{verdict.word} {n}/{all_}"


def _differences(comparison: Comparison, rows: Rows) -> Table:
    table = _grid(comparison, *DIFFERENCES, "USD/month")
    for setting, mapping in rows:
        cells = [_word(comparison.difference(setting, mapping, measure), seconds) for measure in DIFFERENCES.values()]
        cost = _word(comparison.difference(setting, "", COST), money)
        table.add_row(*_named(comparison, setting, mapping), *cells, cost)
    table.title = f"difference from {comparison.baseline}, replication by replication"
    table.title_justify, table.title_style = "left", "bold"
    return table


def _grid(comparison: Comparison, *headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in knobs(comparison.settings):
        table.add_column(name, overflow="fold", min_width=min(NAME, len(name)))
    if len(comparison.mappings) > 1:
        table.add_column("mapping", overflow="fold", min_width=NAME)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in WORDY else "right", overflow="fold")
    return table


def _named(comparison: Comparison, setting: Setting, mapping: str) -> list[str]:
    """The first cells of a row; the baseline has a star."""
    shown = setting.shown
    *values, last = (shown[columns[0]] for columns in knobs(comparison.settings).values())
    star = " *" if setting == comparison.baseline else ""
    return [*values, f"{last}{star}", *([mapping] if len(comparison.mappings) > 1 else [])]


def _mean(
    comparison: Comparison, setting: Setting, mapping: str, measure: str, text: Callable[[float], str],
    plain_mean: bool = False,
) -> str:  # fmt: skip
    found = seen(comparison.runs[setting], mapping, measure)
    if math.isinf(found.mean):
        return "not in the run"
    if math.isnan(found.mean):
        return "-"
    return text(found.mean) if plain_mean else with_error(found, text)


def _word(found: Difference, text: Callable[[float], str]) -> Text:
    """Such as `-420 ms ± 12 ms better`."""
    interval, cell = found.interval, Text()
    if found.word != "same" and not math.isnan(interval.mean):
        sign = "+" if interval.mean >= 0 else "-"
        size = replace(interval, mean=abs(interval.mean))
        cell.append(f"{sign}{'beyond the run' if math.isinf(size.mean) else with_error(size, text)} ")
    cell.append(found.word, style=WORDS[found.word])
    return cell
