"""What was observed, and a scenario with the observed traffic in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.scenario.spec import Producer, Scenario, Trace
from simulator.traffic.log import Floats
from simulator.twin.backtest.minutes import (
    DURATION,
    INVOCATIONS,
    OF_FUNCTIONS,
    OF_STREAMS,
    READS_REFUSED,
    Axis,
    Key,
    Measure,
    Minutes,
)
from simulator.twin.found import Remark
from simulator.twin.measured.evidence import Evidence, evidence
from simulator.twin.measured.grid import Measured
from simulator.twin.measured.series import Metric
from simulator.twin.reading import read

TRAFFIC = "IncomingRecords"


class NothingObservedError(Exception):
    """A folder says nothing that can be compared; the message says what is lacking, `remarks` what was read."""

    def __init__(self, message: str, remarks: Sequence[Remark] = ()) -> None:
        super().__init__(message)
        self.remarks = remarks


@dataclass(frozen=True, slots=True)
class Observed:
    """The observed values of each interval, and the records that were accepted, by stream."""

    values: Minutes
    traffic: Mapping[str, Floats]
    metrics: Measured
    remarks: Sequence[Remark]

    @property
    def axis(self) -> Axis:
        """The intervals. Refused reads are counted where some were observed, as that takes longer."""
        reads = any(column.any() for (measure, _), column in self.values.items() if measure == READS_REFUSED)
        return Axis(self.metrics.step_s, self.metrics.steps, reads)


def observed(scenario: Scenario, paths: Sequence[Path], given: Mapping[str, Metric]) -> Observed:
    """Read what was observed of the streams and functions of a scenario. Raises NothingObservedError."""
    reading = read(paths, {})
    names = {"stream": list(scenario.streams), "function": list(scenario.functions), "mapping": []}
    seen, more = evidence(reading.measured, given, names)  # type: ignore[arg-type]
    remarks = [*(each for each in reading.remarks if each.kind != "not modelled"), *more]
    if seen.metrics is None:
        raise NothingObservedError("no metric of a stream or function of the scenario is found", remarks)
    values = {key: column for key in _keys(scenario) if (column := _column(seen, *key)) is not None}
    if not any(measure in (INVOCATIONS, DURATION) for measure, _ in values):
        raise NothingObservedError("neither Invocations nor Duration of a function of the scenario is found", remarks)
    return Observed(values, _traffic(scenario, seen, remarks), seen.metrics, remarks)


def driven(scenario: Scenario, seen: Observed, steps: int) -> Scenario:
    """A scenario with the traffic of the first observed intervals in place of each producer's rate, and as long."""
    step_s = seen.metrics.step_s
    end_s = float(steps * step_s)
    producers = tuple(_trace(each, seen.traffic[each.stream][:steps], step_s, end_s) for each in scenario.producers)
    return replace(scenario, duration=end_s, drain=0.0, warmup=0.0, start_time=seen.metrics.start, producers=producers)


def _keys(scenario: Scenario) -> list[Key]:
    of_functions = [(measure, name) for name in scenario.functions for measure in OF_FUNCTIONS]
    return [*of_functions, *((measure, name) for name in scenario.streams for measure in OF_STREAMS)]


def _column(seen: Evidence, measure: Measure, name: str) -> Floats | None:
    found = seen.column(measure.metric, name, measure.statistic)
    if found is None and measure == DURATION:
        total, calls = seen.column("Duration", name), seen.column("Invocations", name)
        if total is not None and calls is not None:
            return np.where(calls > 0, total / np.maximum(calls, 1), np.nan)
    return found


def _traffic(scenario: Scenario, seen: Evidence, remarks: Sequence[Remark]) -> dict[str, Floats]:
    found = {}
    for stream in scenario.streams:
        writers = sum(each.stream == stream for each in scenario.producers)
        counts = seen.column(TRAFFIC, stream)
        if counts is None or len(counts) < 2:
            raise NothingObservedError(f"{TRAFFIC} of the stream {stream} is not found: there is no traffic", remarks)
        if writers != 1:
            what = f"the stream {stream} has {writers} producers: which of them wrote what is not known"
            raise NothingObservedError(what, remarks)
        found[stream] = counts
    return found


def _trace(producer: Producer, counts: Floats, step_s: int, end_s: float) -> Producer:
    times = np.arange(len(counts), dtype=np.float64) * step_s
    return replace(producer, rate=Trace(trace="observed", time_s=times, records=counts), start=0.0, stop=end_s)
