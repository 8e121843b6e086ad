"""A mapping's rows as arrays, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.report.clock import Clock
from simulator.report.numbers import seconds
from simulator.report.plots.axes import TimeUnit, time_unit
from simulator.report.plots.thinning import MOST, MOST_NARROW, Floats, Grouping
from simulator.report.tables import RunTables

ONE_COLUMN = 3  # panels below each other at most


@dataclass(frozen=True)
class Rows:
    """The rows of one mapping and how they are grouped in time."""

    table: pd.DataFrame
    grouping: Grouping
    duration_s: float  # of the traffic

    @classmethod
    def of(cls, tables: RunTables, mapping: str) -> Rows:
        table, summary = tables.series(mapping), tables.summary
        grouping = Grouping(len(table), float(summary["interval_s"]), float(summary["end_s"]), _most(tables))
        return cls(table, grouping, float(summary["duration_s"]))

    def __getitem__(self, column: str) -> Floats:
        return self.table[column].to_numpy(float)

    @property
    def lengths_s(self) -> Floats:
        """How long each row is: the last one may be cut short."""
        return np.diff(self["time_s"], append=self.grouping.end_s)

    def rate(self, column: str) -> Floats:
        """A count as a rate a second."""
        return self.per_second(self[column])

    def per_second(self, amounts: Floats) -> Floats:
        """What each row holds as a rate. The last row may be cut short: a small rest joins the row before it."""
        interval = self.grouping.interval_s
        rates: Floats = amounts / interval
        if len(rates):
            last, span = slice(-1, None), self.grouping.end_s - self["time_s"][-1]
            if span < interval / 2 and len(rates) > 1:
                last, span = slice(-2, None), span + interval
            rates[-1] = amounts[last].sum() / span
        return rates

    @property
    def why_empty(self) -> str:
        """What a panel says that has nothing to show."""
        if not self["accepted_records"].sum() and not self["backlog_max_records"].any():
            return "nothing arrived"
        return "no attempt ended" if not self["attempts"].sum() else "nothing was processed"


def unit_of(tables: RunTables) -> TimeUnit:
    """The unit of the time of a run."""
    return time_unit(float(tables.summary["end_s"]), clock_of(tables))


def clock_of(tables: RunTables) -> Clock:
    """What tells the times of a run."""
    return Clock.of(tables.summary.get("start_time"), float(tables.summary["end_s"]))


def peak(values: Floats) -> float:
    """The greatest value; 0 if there is none."""
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else 0.0


def moment(tables: RunTables, time_s: float) -> str:
    """A time of the run in the unit of the axes, as text."""
    late = ", after the traffic had ended" if time_s >= float(tables.summary["duration_s"]) else ""
    return (
        f"at {clock(tables, time_s)}{late}" if unit_of(tables).clock else f"{clock(tables, time_s)} into the run{late}"
    )


def clock(tables: RunTables, time_s: float) -> str:
    """A time of the run as it is read off the axis: 12.5 min, or by the clock where that is known."""
    unit = unit_of(tables)
    if unit.clock:
        return unit.clock.at(time_s)
    return f"{time_s / unit.size:.3g} {unit.name}" if time_s >= unit.size else seconds(time_s)


def grouped(tables: RunTables) -> str:
    """The time that one point of a curve stands for, as text."""
    summary = tables.summary
    rows = tables.timeseries["time_s"].nunique()
    return seconds(Grouping(rows, float(summary["interval_s"]), float(summary["end_s"]), _most(tables)).seconds)


def _most(tables: RunTables) -> int:
    """As many groups as there is room for in the panels of so many mappings."""
    return MOST if len(tables.mappings) <= ONE_COLUMN else MOST_NARROW
