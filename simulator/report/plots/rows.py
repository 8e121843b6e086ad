"""A mapping's rows as arrays, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.report.numbers import seconds
from simulator.report.plots.axes import TimeUnit, time_unit
from simulator.report.plots.thinning import Floats, Grouping
from simulator.report.tables import RunTables


@dataclass(frozen=True)
class Rows:
    """The rows of one mapping and how they are grouped in time."""

    table: pd.DataFrame
    grouping: Grouping

    @classmethod
    def of(cls, tables: RunTables, mapping: str) -> Rows:
        table, summary = tables.series(mapping), tables.summary
        return cls(table, Grouping(len(table), float(summary["interval_s"]), float(summary["end_s"])))

    def __getitem__(self, column: str) -> Floats:
        return self.table[column].to_numpy(float)

    def rate(self, column: str) -> Floats:
        """A count as a rate a second."""
        return self[column] / self.grouping.interval_s

    @property
    def why_empty(self) -> str:
        """What a panel says that has nothing to show."""
        if not self["accepted_records"].sum() and not self["backlog_records"].any():
            return "nothing arrived"
        return "no attempt ended" if not self["attempts"].sum() else "nothing was processed"


def unit_of(tables: RunTables) -> TimeUnit:
    """The unit of the time of a run."""
    return time_unit(float(tables.summary["end_s"]))


def peak(values: Floats) -> float:
    """The greatest value; 0 if there is none."""
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else 0.0


def moment(tables: RunTables, time_s: float) -> str:
    """A time of the run in the unit of the axes, as text."""
    unit = unit_of(tables)
    late = ", after the traffic had ended" if time_s >= float(tables.summary["duration_s"]) else ""
    time = f"{time_s / unit.size:.3g} {unit.name}" if time_s >= unit.size else seconds(time_s)
    return f"{time} into the run{late}"


def grouped(tables: RunTables) -> str:
    """The time that one point of a curve stands for, as text."""
    summary = tables.summary
    rows = len(tables.timeseries) // max(1, len(tables.mappings))
    return seconds(Grouping(rows, float(summary["interval_s"]), float(summary["end_s"])).seconds)
