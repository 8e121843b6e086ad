"""What `size` says on the terminal: the answer in sentences, its objectives, the search and the estimate."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.report import sizing_words as words
from simulator.report.console import WIDTH
from simulator.report.numbers import count, seconds, usd
from simulator.report.objective_words import amount, name, seen
from simulator.report.sizing import summary
from simulator.report.tables import plain
from simulator.study.objectives import KEEPS_UP, Assessment, State
from simulator.study.size import Sizing

COLOURS: Final[dict[State, str]] = {"met": "green", "undecided": "yellow", "missed": "red"}
MOST_TRIALS: Final = 30
MOST_MAPPINGS: Final = 4


def tell(sizing: Sizing, folder: Path, as_json: bool) -> None:
    """Say how a search went."""
    if as_json:
        print(json.dumps(plain(summary(sizing) | {"output": str(folder)}), indent=2))
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for text in (words.headline(sizing), words.headroom(sizing), words.below(sizing), words.surprises(sizing)):
        if text:
            console.print(text, soft_wrap=True)
    for table in _tables(sizing):
        console.print()
        console.print(table)
    console.print()
    for text in words.estimate(sizing):
        console.print(text, soft_wrap=True)
    console.print(f"written to {folder}/ (pictures in {folder / 'plots'}/)", soft_wrap=True)


def _tables(sizing: Sizing) -> list[Table]:
    made = [_search(sizing), _estimate(sizing)]
    return [_objectives(sizing), *made] if sizing.assessments else made


def _objectives(sizing: Sizing) -> Table:
    table = _grid("objective", "mapping", "at most", "seen", "replications above", "state", words=(0, 1, 5))
    table.title = f"the objectives with {sizing.answer.setting if sizing.answer else ''}"
    for each in sizing.assessments:
        table.add_row(
            name(each.objective), each.mapping, _bound(each), _seen(each), f"{each.above} of {each.seen.n}",
            Text(each.state, style=COLOURS[each.state]),
        )  # fmt: skip
    return table


def _bound(each: Assessment) -> str:
    return "" if each.objective == KEEPS_UP else amount(each.objective, each.bound)


def _seen(each: Assessment) -> str:
    return "" if each.objective == KEEPS_UP else seen(each.objective, each.seen)


def _search(sizing: Sizing) -> Table:
    trials = sizing.search.trials
    knobs = list(trials[0].setting.shown) if trials else []
    table = _grid(
        *knobs, "USD/month", "runs", "objectives", "the worst of them", words=(len(knobs) + 2, len(knobs) + 3)
    )
    table.title = f"the search: {len(trials)} of {count(sizing.search.settings)} settings tried, in this order"
    for each in trials[-MOST_TRIALS:]:
        mark = " *" if sizing.answer and each.setting == sizing.answer.setting else ""
        worst = each.worst
        text = "" if worst is None else f"{name(worst.objective)} {_seen(worst)}"
        table.add_row(
            *each.setting.shown.values(), usd(each.usd_per_month).removeprefix("USD ") + mark, str(len(each.runs)),
            Text(each.state, style=COLOURS[each.state]), text,
        )  # fmt: skip
    if len(trials) > MOST_TRIALS:
        table.caption = f"the last {MOST_TRIALS}; all are in search.csv"
    return table


def _estimate(sizing: Sizing) -> Table:
    many = len(sizing.estimates) > 1
    table = _grid(
        *(["mapping"] if many else []), "limit", "at the mean", "at the peak", "why", words=(0, many, 3 + many)
    )
    table.title = "the closed-form estimate: shards by each limit on its own"
    for each in sizing.estimates[:MOST_MAPPINGS]:
        for need in each.needs:
            shards = ["none" if math.isinf(n) else count(n) for n in (need.at_mean, need.at_peak)]
            table.add_row(*([each.mapping] if many else []), need.limit, *shards, need.why)
        if not math.isnan(each.latency_p99_s):
            text = f"{seconds(each.latency_p99_s)}: {each.latency_p99_why}"
            table.add_row(*([each.mapping] if many else []), "latency p99", "", "", text)
        for drain in each.drains:
            long = "never" if math.isinf(drain.seconds) else seconds(drain.seconds)
            text = f"{long}: rate x length / (capacity - rate)"
            table.add_row(*([each.mapping] if many else []), f"drain, {drain.cause}", "", "", text)
    return table


def _grid(*headings: str, words: tuple[int, ...]) -> Table:
    """A table; `words`: the columns that hold words, to be set on the left."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), title_justify="left",
                  title_style="bold", caption_justify="left")  # fmt: skip
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="left" if i in words else "right", overflow="fold")
    return table
