"""The size as files: the search, the objectives, the headroom and the estimate as tables, and a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.report import sizing_words as words
from simulator.report.study_folder import write_study
from simulator.study.figures import Figures, intervals, whole_intervals
from simulator.study.objectives import Assessment
from simulator.study.racing import Trial
from simulator.study.size import Sizing
from simulator.study.tables import table

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "size"
TRIAL: Final = (
    "replications", "usd_per_month", "state", "tightest_objective", "tightest_mapping", "tightest_load", "bound",
    "mean", "half_width_95",
)  # fmt: skip
OBJECTIVE: Final = (
    "objective", "mapping", "bound", "mean", "half_width_95", "replications", "above",
    "met", "p_met_low", "p_met_high", "load", "state",
)  # fmt: skip


def write_sizing(sizing: Sizing, folder: Path, command: str, wall_s: float) -> None:
    """Write all files of a sizing into a folder that is there."""
    tables = {
        "search": search_table(sizing),
        "objectives": objectives_table(sizing.assessments),
        "headroom": headroom_table(sizing),
        "estimate": estimate_table(sizing),
    }
    from simulator.report.plots.comparing import draw_sizing

    draw_sizing(sizing, folder)
    write_study(folder, KIND, summary(sizing), tables, command, wall_s)


def search_table(sizing: Sizing) -> pd.DataFrame:
    """One row a setting that was tried, in the order of the search."""
    return table([{**each.setting.columns, **_of_trial(each)} for each in sizing.search.trials], TRIAL)


def headroom_table(sizing: Sizing) -> pd.DataFrame:
    """One row a load that the answer was tried at."""
    trials = {} if sizing.headroom is None else sizing.headroom.trials
    return table([{"load": load, **_of_trial(each)} for load, each in trials.items()], ["load", *TRIAL])


def objectives_table(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """One row an objective and mapping."""
    rows = [
        {
            "objective": each.objective, "mapping": each.mapping, "bound": each.bound, "mean": each.seen.mean,
            "half_width_95": _known(each.seen.half_width), "replications": each.seen.n, "above": each.above,
            "met": each.met, "p_met_low": each.chance[0], "p_met_high": each.chance[1], "load": each.load,
            "state": each.state,
        }
        for each in assessments
    ]  # fmt: skip
    return table(rows, OBJECTIVE)


def estimate_table(sizing: Sizing) -> pd.DataFrame:
    """One row a mapping and limit; shards are empty where no number is enough."""
    rows = [
        {
            "mapping": each.mapping, "stream": each.stream, "limit": need.limit,
            "shards_at_mean": _known(need.at_mean), "shards_at_peak": _known(need.at_peak),
            "hottest_use_at_mean": need.use, "why": need.why,
        }
        for each in sizing.estimates
        for need in each.needs
    ]  # fmt: skip
    return table(rows, [])  # there is always a row: size needs a mapping


def summary(sizing: Sizing) -> dict[str, Any]:
    """What study.json says."""
    found, answer = sizing.headroom, sizing.answer
    return {
        "scenario": sizing.name,
        "factor": sizing.factor,
        "sample": sizing.sample,
        "study": KIND,
        "objectives_state": sizing.state,
        "headline": words.headline(sizing),
        "answer": None if answer is None else _described(answer),
        "one_step_cheaper": None if sizing.search.cheaper is None else _described(sizing.search.cheaper),
        "nearest": None if sizing.answer or sizing.search.nearest is None else _described(sizing.search.nearest),
        "objectives": [asdict(each) for each in sizing.assessments],
        "headroom_asked": sizing.room,
        "headroom": None if found is None else {"holds": found.holds, "breaks": _finite(found.breaks)},
        "settings": sizing.search.settings,
        "settings_tried": len(sizing.search.trials),
        "replications_at_most": sizing.replications,
        "searched": [{"paths": list(each.paths), "values": list(each.values)} for each in sizing.dimensions],
        "estimates": [
            {
                "mapping": each.mapping,
                "shards_at_mean": _finite(each.shards(at_peak=False)),
                "shards_at_peak": _finite(each.shards()),
                "records_per_s": each.demand.records_per_s,
                "peak_records_per_s": each.demand.peak_records_per_s,
                "hottest_key": each.demand.hottest_key,
                "poll_wait_mean_s": each.poll_wait_mean_s,
                "latency_p99_s": _finite(each.latency_p99_s),
                "latency_p99_why": each.latency_p99_why,
                "drains": [{"cause": drain.cause, "seconds": _finite(drain.seconds)} for drain in each.drains],
            }
            for each in sizing.estimates
        ],
        "says": [*words.sentences(sizing), *words.estimate(sizing)],
    }


def _of_trial(trial: Trial) -> dict[str, Any]:
    tightest = trial.worst
    return {
        "replications": len(trial.runs),
        "usd_per_month": trial.usd_per_month,
        "state": trial.state,
        "tightest_objective": "" if tightest is None else tightest.objective,
        "tightest_mapping": "" if tightest is None else tightest.mapping,
        "tightest_load": math.nan if tightest is None else tightest.load,
        "bound": math.nan if tightest is None else tightest.bound,
        "mean": math.nan if tightest is None else tightest.seen.mean,
        "half_width_95": math.nan if tightest is None else _known(tightest.seen.half_width),
    }


def _described(trial: Trial) -> dict[str, Any]:
    return {
        "label": trial.setting.label,
        "overrides": dict(trial.setting.overrides),
        "usd_per_month": trial.usd_per_month,
        "state": trial.state,
        "worst": None if trial.worst is None else asdict(trial.worst),
        "measures": _measures(trial.runs) if trial.runs else {},
    }


def _measures(runs: Sequence[Figures]) -> dict[str, Any]:
    """By mapping and measure; those of the scenario as a whole have the mapping ''."""
    known = {**intervals(runs), "": whole_intervals(runs)}
    return {mapping: {name: asdict(each) for name, each in measures.items()} for mapping, measures in known.items()}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _known(value: float) -> float:
    return value if math.isfinite(value) else math.nan
