"""What `advise` says on the terminal: why, and each knob by its gain."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from simulator.report import advice_words as words
from simulator.report.advising import summary
from simulator.report.study_tables import console, grid, show
from simulator.report.tables import plain
from simulator.report.vocabulary import state_colour
from simulator.study.advice import Advice, Effect
from simulator.study.objectives import COST

STYLES: Final = {"better": "green", "worse": "red", "no gain": "dim", "cannot tell": "yellow"}
SHOWN: Final = ("latency_p99_s", "iterator_age_max_s", "recovery_s", "records_lost", COST)
NOTE: Final = "=: no gain (surely within 2 %), ?: cannot tell from these runs; else the difference from today"


def tell(advice: Advice, folder: Path, as_json: bool) -> None:
    """Say what was found."""
    if as_json:
        print(json.dumps(plain(summary(advice) | {"output": str(folder)}), indent=2))
        return
    on = console()
    on.print(words.headline(advice), soft_wrap=True)
    on.print(words.reason(advice), soft_wrap=True)
    by = words.MEASURES[advice.ranked_by]
    title = f"one knob at a time, ranked by the {by}; the same traffic, {words.runs(advice)}"
    show(on, title, _table(advice), NOTE)
    on.print()
    for text in words.conclusion(advice):
        on.print(text, soft_wrap=True)
    on.print(f"written to {folder}/ (pictures in {folder / 'plots'}/)", soft_wrap=True)


def _table(advice: Advice) -> Table:
    ranking = [advice.ranked_by] if advice.ranked_by not in SHOWN else []
    shown = [*ranking, *(measure for measure in SHOWN if _matters(advice, measure))]
    table = grid("change", *(words.MEASURES[measure] for measure in shown), "verdict", words=("change", "verdict"))
    for each in advice.advised:
        cells = [_cell(each.effects[measure]) for measure in shown]
        table.add_row(str(each.change), *cells, Text(each.verdict, style=state_colour(each.verdict)))
    return table


def _matters(advice: Advice, measure: str) -> bool:
    """Whether there is anything to see of a measure: an incident to recover from, a record lost."""
    effects = [each.effects[measure] for each in advice.advised]
    means = [mean for each in effects for mean in (each.today.mean, each.then.mean)]
    return any(mean != 0 and not math.isnan(mean) for mean in means)


def _cell(effect: Effect) -> Text:
    return Text(words.cell(effect), style=STYLES[effect.word])
