"""Advice as files: the effect of each knob as a table, and a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.report import advice_words as words
from simulator.report.numbers import ENDLESS
from simulator.report.study_folder import write_study
from simulator.study.advice import MEASURES, Advice
from simulator.study.tables import table

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "advise"
TURN: Final = ("knob", "before", "after")
KNOB: Final = (
    "rank", "knob", "before", "after", "measure", "today", "then", "relative", "relative_low", "relative_high", "word",
    "verdict",
)  # fmt: skip


def write_advice(advice: Advice, folder: Path, command: str, wall_s: float) -> None:
    """Write all files of an advice into a folder that is there."""
    from simulator.report.plots.comparing import draw_advice

    draw_advice(advice, folder)
    write_study(folder, KIND, summary(advice), {"knobs": knob_table(advice)}, command, wall_s)


def knob_table(advice: Advice) -> pd.DataFrame:
    """One row a change and measure, the best change first; relative differences with their 95 % intervals."""
    rows = [
        {
            "rank": rank, "knob": each.change.knob, "before": each.change.before, "after": each.change.after,
            "measure": measure, "today": effect.today.mean, "then": effect.then.mean, "relative": effect.relative,
            "relative_low": effect.low, "relative_high": effect.high, "word": effect.word, "verdict": each.verdict,
        }
        for rank, each in enumerate(advice.advised, 1)
        for measure in MEASURES
        for effect in [each.effects[measure]]
    ]  # fmt: skip
    return table(rows, KNOB)


def summary(advice: Advice) -> dict[str, Any]:
    """What study.json says."""
    return {
        "scenario": advice.name,
        "study": KIND,
        "mapping": advice.mapping.name,
        "replications": len(advice.runs),
        "runs": words.runs(advice),
        "verdict": advice.verdict,
        "binding_cause": advice.binding,
        "latency_parts_mean_s": advice.parts_s,
        "ranked_by": advice.ranked_by,
        "says": [words.headline(advice), words.reason(advice), *words.conclusion(advice)],
        "best": dict(advice.best.change.setting.overrides) if advice.best else None,
        "effect": words.effect(advice),
        "changes": [
            {
                "knob": each.change.knob, "before": each.change.before, "after": each.change.after,
                "turns": [dict(zip(TURN, turn, strict=True)) for turn in each.change.turns],
                "overrides": dict(each.change.setting.overrides), "verdict": each.verdict,
                "effects": {
                    name: {
                        "today": _value(e.today.mean), "then": _value(e.then.mean), "relative": e.relative,
                        "word": e.word,
                    }
                    for name, e in each.effects.items()
                },
            }
            for each in advice.advised
        ],
    }  # fmt: skip


def _value(mean: float) -> float | str:
    """A mean as JSON can say it: not known is null, but infinite is a word."""
    return ENDLESS if mean == float("inf") else mean
