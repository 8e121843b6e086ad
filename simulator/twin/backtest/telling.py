"""What `backtest` says: a verdict, a table, the worst misses; as text, JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np

from simulator.traffic.log import Floats
from simulator.twin.backtest.judging import COVERAGE, ENOUGH, Band, Judged, Miss, missing, verdict
from simulator.twin.backtest.minutes import MS, Key, Measure
from simulator.twin.backtest.observed import Observed

IN_MS: Final = ("IteratorAge", "Duration")
MOST_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Backtest:
    """A back-test: what was observed, what the replications say, and the figures of the part that is judged."""

    observed: Observed
    bands: Mapping[Key, Band]
    figures: Sequence[Judged]
    misses: Sequence[Miss]  # longest first
    replications: int
    since: int  # the first interval that is judged

    @property
    def word(self) -> str:
        """The verdict."""
        return verdict(self.figures)


def text(test: Backtest) -> str:
    """The verdict in words, and a table."""
    return "\n".join([*_verdict(test), "", *_table(test), *_misses(test), *_notes(test)])


def _verdict(test: Backtest) -> list[str]:
    parts = [f"{each.measure.metric} {each.inside:.0%}" for each in test.figures if not each.measure.given]
    return [f"{test.word}: minutes inside the interval of {test.replications} replications: {', '.join(parts)}"]


def _table(test: Backtest) -> list[str]:
    heading = ("metric", "of", "inside", "width", "bias", "median error", "90 % error", "")
    rows = [heading, *(_row(each) for each in test.figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heading))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(each: Judged) -> tuple[str, ...]:
    amounts = (each.width, each.bias, each.median_error, each.p90_error)
    told = "given" if each.measure.given else each.word
    shown = (_amount(each.measure, value) for value in amounts)
    return (each.measure.metric, each.name, f"{each.inside:.0%}", *shown, told)


def _amount(measure: Measure, value: float) -> str:
    if measure.metric not in IN_MS:
        return f"{value:.3g}"
    return f"{value / MS:.3g} s" if abs(value) >= MS else f"{value:.3g} ms"


def _misses(test: Backtest) -> list[str]:
    if not test.misses:
        return []
    lines = []
    for each in test.misses[:MOST_TOLD]:
        span = f"{_clock(test, each.first)} to {_clock(test, each.to)}"
        values = (_amount(each.measure, value) for value in (each.observed, each.simulated))
        lines.append("  {}: {} of {}: observed {}, simulated {}".format(span, each.measure.metric, each.name, *values))
    return ["", "misses, the longest first", *lines]


def _clock(test: Backtest, interval: int) -> str:
    metrics = test.observed.metrics
    return f"{metrics.start + timedelta(seconds=interval * metrics.step_s):%Y-%m-%d %H:%M}"


def _notes(test: Backtest) -> list[str]:
    steps = test.observed.metrics.steps
    notes = [
        f"judged: {_clock(test, test.since)} to {_clock(test, steps)} UTC, {steps - test.since} of {steps} intervals"
    ]
    if test.since == 0:
        notes.append("all of it is judged (--holdout 0): what the scenario was fitted to is no evidence")
    if test.replications < ENOUGH:
        part = (test.replications - 1) / (test.replications + 1)
        notes.append(f"{test.replications} replications give an interval of {part:.0%}; {ENOUGH} give {COVERAGE:.0%}")
    if absent := missing(test.observed.values):
        notes.append(f"not observed, and so not judged: {', '.join(absent)}")
    if any(each.measure.given for each in test.figures):
        notes.append("given: taken from what was observed, so no evidence")
    return ["", *notes]


def as_json(test: Backtest) -> dict[str, Any]:
    """The same as plain data (docs/import.md)."""
    metrics = [
        {
            "metric": each.measure.metric, "of": each.name, "given": each.measure.given, "intervals": each.intervals,
            "inside": each.inside, "width": each.width, "bias": each.bias, "median_error": each.median_error,
            "p90_error": each.p90_error, "verdict": each.word,
        }
        for each in test.figures
    ]  # fmt: skip
    step_s = test.observed.metrics.step_s
    missed = [
        {
            "metric": each.measure.metric, "of": each.name, "from_s": each.first * step_s, "to_s": each.to * step_s,
            "observed": each.observed, "simulated": each.simulated,
        }
        for each in test.misses
    ]  # fmt: skip
    return {
        "schema_version": 1,
        "verdict": test.word,
        "replications": test.replications,
        "start_time": test.observed.metrics.start.isoformat(),
        "judged_from_s": test.since * step_s,
        "metrics": metrics,
        "misses": missed,
        "not_observed": missing(test.observed.values),
        "warnings": [each.text for each in test.observed.remarks],
    }


def json_text(test: Backtest) -> str:
    """The JSON as text."""
    return json.dumps(as_json(test), indent=2, ensure_ascii=False)


def csv_text(test: Backtest) -> str:
    """Observed and simulated values of each interval, one row a metric and interval."""
    step_s = test.observed.metrics.step_s
    lines = ["time_s,metric,of,observed,low,median,high"]
    for (measure, name), seen in test.observed.values.items():
        band = test.bands[measure, name]
        for i in range(len(seen)):
            cells = ",".join(_cell(column, i) for column in (seen, band.low, band.median, band.high))
            lines.append(f"{i * step_s},{measure.metric},{name},{cells}")
    return "\n".join(lines) + "\n"


def _cell(column: Floats, i: int) -> str:
    return "" if np.isnan(column[i]) else f"{column[i]:.6g}"
