"""What `backtest` says on the terminal: the verdict, the figures, what was missed and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from rich.text import Text

from simulator.report import backtest_words as words
from simulator.report.study_tables import console, grid, show
from simulator.report.tables import plain
from simulator.report.vocabulary import BACKTEST_WORDS, COLOURS
from simulator.scenario.nodes import visible

MOST_MISSES: Final = 5


def tell(study: words.Study, folder: Path, as_json: bool) -> None:
    """Say how well it explains what was observed."""
    if as_json:
        print(json.dumps(plain({**study, "output": str(folder)}), indent=2, ensure_ascii=False))
        return
    on = console()
    on.print(visible(words.headline(study)), soft_wrap=True, style=COLOURS[BACKTEST_WORDS[study["verdict"]][1]])
    table = grid(*words.HEADS, words=[words.HEADS[i] for i in words.TEXTS])
    for each in study["metrics"]:
        table.add_row(*(Text(visible(cell)) for cell in words.cells(each)))
    show(on, f"minutes inside the interval of {study['replications']} replications", table)
    if missed := words.real_misses(study):
        on.print("\nmisses, the longest first", style="bold")
        for each in missed[:MOST_MISSES]:
            on.print(f"  {visible(words.miss(study, each))}", soft_wrap=True)
    if study["fitted"]:
        on.print("\nfitted to what is before that", style="bold")
        for each in study["fitted"]:
            on.print(f"  {words.fitted(each)}", soft_wrap=True)
        on.print(f"  {words.sets(study)}", soft_wrap=True)
    on.print()
    for note in words.notes(study):
        on.print(visible(note), soft_wrap=True)
    on.print(f"written to {folder}/ (its page: {folder / 'report.html'})", soft_wrap=True)
