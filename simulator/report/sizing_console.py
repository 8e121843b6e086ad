"""What `size` says on the terminal: the answer in sentences, its objectives, the search and the estimate."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from simulator.report import sizing_words as words
from simulator.report.comparison_console import STATES
from simulator.report.numbers import count, percent, seconds
from simulator.report.objective_words import amount, name, seen
from simulator.report.sizing import summary
from simulator.report.study_tables import console, grid, show
from simulator.report.tables import plain
from simulator.study.estimate import Estimate
from simulator.study.objectives import KEEPS_UP, Assessment
from simulator.study.settings import knobs
from simulator.study.size import Sizing

MOST_TRIALS: Final = 30
MOST_MAPPINGS: Final = 4


def tell(sizing: Sizing, folder: Path, as_json: bool) -> None:
    """Say how a search went."""
    if as_json:
        print(json.dumps(plain(summary(sizing) | {"output": str(folder)}), indent=2))
        return
    on = console()
    for text in words.sentences(sizing):
        on.print(text, soft_wrap=True)
    if sizing.answer is not None:
        show(on, f"the objectives with {sizing.answer.setting}", _objectives(sizing))
    tried, more = len(sizing.search.trials), len(sizing.search.trials) > MOST_TRIALS
    title = f"the search: {tried} of {count(sizing.search.settings)} settings tried, in this order"
    show(on, title, _search(sizing), f"the last {MOST_TRIALS} of them; all are in search.csv" if more else "")
    for each in sizing.estimates[:MOST_MAPPINGS]:
        show(on, f"the closed-form estimate for {each.mapping}: shards by each limit on its own", _estimate(each))
    on.print()
    for text in words.estimate(sizing):
        on.print(text, soft_wrap=True)
    on.print(f"written to {folder}/ (pictures in {folder / 'plots'}/)", soft_wrap=True)


def _objectives(sizing: Sizing) -> Table:
    table = grid(
        "objective", "mapping", "at most", "seen", "met in", "state", words=("objective", "mapping", "state")
    )  # fmt: skip
    for each in sizing.assessments:
        bound = "" if each.objective == KEEPS_UP else amount(each.objective, each.bound)
        runs = f"{each.met} of {each.seen.n} runs ({percent(each.chance[0])} to {percent(each.chance[1])})"
        state = Text(each.state, style=STATES[each.state])
        table.add_row(_named(each), each.mapping, bound, _seen(each), runs, state)
    return table


def _named(each: Assessment) -> str:
    return name(each.objective) if each.load == 1 else f"{name(each.objective)} at {each.load:g} times the traffic"


def _seen(each: Assessment) -> str:
    return "" if each.objective == KEEPS_UP else seen(each.objective, each.seen)


def _search(sizing: Sizing) -> Table:
    trials = sizing.search.trials
    columns = knobs([each.setting for each in trials])
    worst = "the worst of them"
    table = grid(*columns, "USD/month", "runs", "objectives", worst, words=("objectives", worst))
    for each in trials[-MOST_TRIALS:]:
        star = " *" if sizing.answer and each.setting == sizing.answer.setting else "  "
        table.add_row(
            *(each.setting.shown[names[0]] for names in columns.values()),
            f"{each.usd_per_month:,.2f}{star}", str(len(each.runs)),
            Text(each.state, style=STATES[each.state]),
            "" if each.worst is None else f"{_named(each.worst)} {_seen(each.worst)}",
        )  # fmt: skip
    return table


def _estimate(of: Estimate) -> Table:
    table = grid("limit", "at the mean", "at the peak", "why", words=("limit", "why"))
    for need in of.needs:
        shards = ["none is enough" if math.isinf(n) else count(n) for n in (need.at_mean, need.at_peak)]
        table.add_row(need.limit, *shards, need.why)
    if not math.isnan(of.latency_p99_s):
        table.add_row("latency p99", "", "", f"{seconds(of.latency_p99_s)}: {of.latency_p99_why}")
    for drain in of.drains:
        long = "never" if math.isinf(drain.seconds) else f"in {seconds(drain.seconds)}"
        table.add_row(f"drain, {drain.cause}", "", "", f"{long}: rate x length / (capacity - rate)")
    return table
