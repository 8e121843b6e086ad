"""What `sweep-load` says on the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from simulator.report.console import of_all
from simulator.report.load_sweep import headline, load_table, summary
from simulator.report.objective_words import seen
from simulator.report.study_tables import console, grid, show
from simulator.report.tables import plain
from simulator.report.vocabulary import cause_words, sampled, state_colour
from simulator.study.figures import MOSTS
from simulator.study.load_sweep import LoadSweep
from simulator.study.saturation import Loaded
from simulator.study.too_short import beware

MEASURES: Final = {
    "latency p99": "latency_p99_s", "age p99": "iterator_age_p99_s", "age max": "iterator_age_max_s",
    "lost": "records_lost",
}  # fmt: skip
WORDS: Final = ("mapping", "verdict", "what binds", "")


def tell(sweep: LoadSweep, folder: Path, as_json: bool) -> None:
    """Say where it breaks."""
    if as_json:
        rows = load_table(sweep).to_dict("records")
        print(json.dumps(plain(summary(sweep) | {"output": str(folder), "table": rows}), indent=2))
        return
    on = console()
    on.print(headline(sweep), soft_wrap=True)
    if sweep.sample is not None:
        on.print(sampled(sweep.sample), soft_wrap=True)
    n = max(len(point.runs) for point in sweep.points)
    if short := beware(sweep.today.runs):
        on.print(short, soft_wrap=True)
    show(on, "by load, as a multiple of the traffic", _table(sweep), of_all(n))
    on.print(f"\nwritten to {folder}/ (pictures in {folder / 'plots'}/)", soft_wrap=True)


def _table(sweep: LoadSweep) -> Table:
    named = ["mapping"] if len(sweep.mappings) > 1 else []
    measures = {name: each for name, each in MEASURES.items() if sweep.sample is None or each not in MOSTS}
    table = grid("load", *named, *measures, "verdict", "what binds", "share", "", words=WORDS)
    for point in sweep.points:
        for mapping in sweep.mappings:
            verdict = point.usual_verdict(mapping)
            table.add_row(
                f"{point.factor:g}", *([mapping] if named else []),
                *(seen(measure, point.seen(mapping, measure)) for measure in measures.values()),
                Text(verdict, style=state_colour(verdict)), cause_words(point.usual_binding(mapping)),
                f"{point.seen(mapping, 'binding_share').mean:.0%}", _mark(sweep, point),
            )  # fmt: skip
    return table


def _mark(sweep: LoadSweep, point: Loaded) -> str:
    marks = {sweep.knee.breaks: "knee"} if sweep.knee else {}
    if sweep.saturation:
        marks |= {sweep.saturation.holds: "the last that keeps up", sweep.saturation.breaks: "saturated"}
    return marks.get(point.factor, "")
