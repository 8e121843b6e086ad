"""A comparison as files: tables, a summary and plots."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.report.objective_words import headroom_not_judged
from simulator.report.study_folder import write_study
from simulator.report.study_shapes import SHOWN
from simulator.study.compare import Comparison
from simulator.study.figures import intervals, whole_intervals
from simulator.study.objectives import stated
from simulator.study.ranking import one_step_cheaper, ranked
from simulator.study.tables import table
from simulator.study.too_short import beware

if TYPE_CHECKING:
    import pandas as pd

KIND = "compare"


def write_comparison(comparison: Comparison, folder: Path, command: str, wall_s: float, plots: bool = True) -> None:
    """Write all files of a comparison into a folder that is there."""
    tables = {
        "comparison": wide_table(comparison),
        "differences": comparison.differences,
        "replications": comparison.replications,
    }
    if plots:
        from simulator.report.plots.comparing import draw_comparison

        draw_comparison(comparison, folder)
    write_study(folder, KIND, summary(comparison), tables, command, wall_s)


def wide_table(comparison: Comparison) -> pd.DataFrame:
    """One row a setting and mapping: for each measure its mean, and the ends of its 95 % interval."""
    rows = []
    for setting in comparison.settings:
        runs = comparison.runs[setting]
        known, whole = intervals(runs), whole_intervals(runs)
        for mapping in comparison.mappings_of(setting):
            row: dict[str, Any] = {
                **setting.columns,
                "mapping": mapping,
                "replications": len(runs),
                "verdict": comparison.verdict(setting, mapping).word,
                "binding_cause": comparison.binding(setting, mapping).word,
                "objectives": comparison.state(setting) if stated(comparison.assessments[setting]) else "",
            }
            for measure, each in (known[mapping] | whole).items():
                row |= {measure: each.mean, f"{measure}_low": each.low, f"{measure}_high": each.high}
            rows.append(row)
    head = ["mapping", "replications", "verdict", "binding_cause", "objectives"]
    return table(rows, [*comparison.baseline.columns, *head, *(() if rows else SHOWN)])  # a page needs these


def summary(comparison: Comparison) -> dict[str, Any]:
    """What study.json says: also which setting is chosen, and which is one step cheaper."""
    order = ranked(comparison.runs, comparison.objectives)
    cheaper = one_step_cheaper(comparison.runs, order[0]) if order else None
    return {
        "scenario": comparison.name,
        "study": KIND,
        "replications": max(map(len, comparison.runs.values()), default=0),
        "stopped": comparison.stopped,
        "warmup": comparison.warmup,
        "headroom": headroom_not_judged(room) if (room := comparison.objectives.headroom) else "",
        "beware": beware(comparison.runs[order[0]]) if order else "",
        "baseline": dict(comparison.baseline.overrides),
        "chosen": dict(order[0].overrides) if order else None,
        "one_step_cheaper": dict(cheaper.overrides) if cheaper else None,
        "settings": [
            {
                "label": setting.label,
                "overrides": dict(setting.overrides),
                "rank": order.index(setting) + 1,
                "objectives": [asdict(each) for each in comparison.assessments[setting]],
            }
            for setting in comparison.settings
        ],
        "failures": [
            {"setting": setting.label, "replication": number, "why": failure.why}
            for (setting, number), failure in comparison.failures.items()
        ],
    }
