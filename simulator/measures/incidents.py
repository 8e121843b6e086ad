"""Outages, slow periods and poison records: what each did to a mapping, and how long it took to recover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.mapping import MappingMeasures
from simulator.scenario.spec import Function, Outage, Slow

Floats = NDArray[np.float64]
REFERENCE_ROWS: Final = 30  # before an incident: what is ordinary
MOST_POISONINGS: Final = 100  # a mapping


@dataclass(frozen=True)
class Incident:
    """One incident as one mapping saw it. Times are resolved to the rows of the time series."""

    mapping: str
    kind: str  # outage, slow or poison
    start_s: float
    end_s: float  # NaN: not over when the run ended
    peak_iterator_age_s: float
    backlog_before_records: int
    peak_backlog_records: int
    recovered_s: float  # when the backlog was back to what it had been before; NaN: not before the run ended
    recovery_time_s: float  # from the incident's end
    records_delayed: int  # processed later than any record shortly before the incident
    records_done_again: int  # in attempts that failed
    records_lost: int  # dropped or expired
    records_sent_to_destination: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def incidents(
    measures: MappingMeasures, function: Function, backlog: Floats, interval_s: float, end_s: float
) -> list[Incident]:
    """All incidents of a mapping in order of time. `backlog` is that at the end of each row."""
    periods = [*_periods(function), *_poisonings(measures)]
    return [
        _incident(measures, kind, start, stop, backlog, interval_s)
        for kind, start, stop in sorted(periods, key=lambda p: p[1])
        if start <= end_s
    ]


def _periods(function: Function) -> Iterator[tuple[str, float, float]]:
    for failure in function.failures:
        if isinstance(failure, Outage | Slow):
            yield "outage" if isinstance(failure, Outage) else "slow", failure.from_, failure.to


def _poisonings(measures: MappingMeasures) -> Iterator[tuple[str, float, float]]:
    mapping = measures.mapping
    for _, cut, ended in mapping.poisonings[:MOST_POISONINGS]:
        yield "poison", cut, ended
    for lane in mapping.lanes.values():
        if lane.cut_s >= 0 and lane.first_poison(lane.low, lane.cursor) >= 0:
            yield "poison", lane.cut_s, np.nan


def _incident(
    measures: MappingMeasures, kind: str, start_s: float, stop_s: float, backlog: Floats, interval_s: float
) -> Incident:
    rows = len(backlog)
    first = min(int(start_s / interval_s), rows - 1)
    over = rows - 1 if np.isnan(stop_s) else min(int(stop_s / interval_s), rows - 1)
    reference = slice(max(0, first - REFERENCE_ROWS), first)
    before = float(backlog[reference].max(initial=0))
    back = np.flatnonzero(backlog[over:] <= before)
    recovered = over + int(back[0]) if len(back) and not np.isnan(stop_s) else None
    last = rows if recovered is None else recovered + 1
    ordinary_s = float(np.nanmax(measures.latency_peaks.upto(rows)[reference], initial=0.0))
    recovered_s = np.nan if recovered is None else max(stop_s, (recovered + 1) * interval_s)
    ages = measures.age_peaks.upto(rows)[first:last]

    def total(values: Floats) -> int:
        return round(float(values[first:last].sum()))

    return Incident(
        mapping=measures.mapping.name,
        kind=kind,
        start_s=start_s,
        end_s=stop_s,
        peak_iterator_age_s=float(np.nanmax(ages)) if np.isfinite(ages).any() else np.nan,
        backlog_before_records=round(before),
        peak_backlog_records=round(float(backlog[first:last].max(initial=0))),
        recovered_s=recovered_s,
        recovery_time_s=recovered_s - stop_s,
        records_delayed=measures.latency_rows.above(first, last, ordinary_s),
        records_done_again=total(measures.done_again.upto(rows)),
        records_lost=total(measures.lost[0].upto(rows) + measures.lost[2].upto(rows)),
        records_sent_to_destination=total(measures.lost[1].upto(rows)),
    )
