"""A back-test as plain data, a table of all intervals, and its folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simulator.report import backtest_words as words
from simulator.report.clock import Clock
from simulator.report.study_folder import with_page, write_study
from simulator.traffic.log import Floats
from simulator.twin.backtest.judging import chance_of_fewer, missing
from simulator.twin.backtest.minutes import Measure
from simulator.twin.backtest.running import Backtest
from simulator.twin.backtest.unknowns import Fitted

if TYPE_CHECKING:
    import pandas as pd

    from simulator.report.plots.observed import Curves

KIND: Final = "backtest"
GREATEST: Final = "Maximum"


def summary(test: Backtest, fitted: Sequence[Fitted]) -> dict[str, Any]:
    """What study.json says, and --json prints (docs/backtest.md)."""
    metrics = test.observed.metrics
    found = {
        "schema_version": 1,
        "study": KIND,
        "scenario": test.scenario.name,
        "verdict": test.word,
        "replications": test.replications,
        "start_time": metrics.start.isoformat(),
        "step_s": metrics.step_s,
        "end_s": metrics.duration_s,
        "judged_from_s": test.since * metrics.step_s,
        "saw_judged": test.saw,
        "chance_of_fewer": chance_of_fewer(metrics.steps - test.since),
        "metrics": list(_metrics(test)),
        "misses": list(_misses(test)),
        "not_observed": missing(test.observed.values),
        "fitted": [each.as_dict() for each in fitted],
        "warnings": [each.text for each in test.observed.remarks],
    }
    return {**found, "says": [words.headline(found), *words.notes(found)]}


def _metrics(test: Backtest) -> Iterator[dict[str, Any]]:
    for each in test.figures:
        yield {
            "metric": each.measure.metric, "of": each.name, "given": each.given, "intervals": each.intervals,
            "inside": each.inside, "width": each.width, "bias": each.bias, "median_error": each.median_error,
            "p90_error": each.p90_error, "too_wide": each.too_wide, "verdict": each.word,
        }  # fmt: skip


def _misses(test: Backtest) -> Iterator[dict[str, Any]]:
    step_s = test.observed.metrics.step_s
    for each, why in test.misses:
        yield {
            "metric": each.measure.metric, "of": each.name, "from_s": each.first * step_s, "to_s": each.to * step_s,
            "observed": each.observed, "simulated": each.simulated, "chance": each.chance, "why": why,
        }  # fmt: skip


def intervals(test: Backtest) -> pd.DataFrame:
    """Observed and simulated values, a row for each metric and interval; nothing where there is no value."""
    import pandas as pd

    step_s = test.observed.metrics.step_s
    tables = [
        pd.DataFrame(
            {
                "time_s": np.arange(len(band.low)) * step_s,
                "metric": measure.metric,
                "of": name,
                "observed": test.observed.values[measure, name],
                "low": band.low,
                "median": band.median,
                "high": band.high,
            }
        )
        for (measure, name), band in test.bands.items()
    ]
    return pd.concat(tables, ignore_index=True)


def write(test: Backtest, study: dict[str, Any], folder: Path, command: str, wall_s: float) -> None:
    """Write all files of a back-test into a folder that is there, and its page."""
    from simulator.report.plots.drawing import save
    from simulator.report.plots.observed import Times, observed_plot

    metrics = test.observed.metrics
    clock = Clock(metrics.start, float(metrics.duration_s))
    times = Times(metrics.step_s, metrics.duration_s, test.since * metrics.step_s, clock)
    measures = dict.fromkeys(measure for measure, _ in test.bands)
    plots = [
        partial(observed_plot, each.metric, each.statistic == GREATEST, _given(test, each), _curves(test, each), times)
        for each in measures
    ]
    save(plots, folder)
    write_study(folder, KIND, study, {"intervals": intervals(test)}, command, wall_s)
    with_page(folder, test.scenario)


def _given(test: Backtest, measure: Measure) -> bool:
    return any(each.given for each in test.figures if each.measure == measure)


def _curves(test: Backtest, measure: Measure) -> list[Curves]:
    from simulator.report.plots.observed import Curves, Missed

    step_s = test.observed.metrics.step_s
    inside = {(each.measure, each.name): each.inside for each in test.figures}
    found = []
    for key, band in test.bands.items():
        if key[0] == measure:
            missed = [
                Missed(each.first * step_s, each.to * step_s, each.chance)
                for each, _ in test.misses
                if (each.measure, each.name) == key
            ]
            seen: Floats = test.observed.values[key]
            found.append(Curves(key[1], seen, band.low, band.median, band.high, inside.get(key, np.nan), missed))
    return found
