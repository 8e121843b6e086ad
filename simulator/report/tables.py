"""A finished run as tables: what the files of its folder hold, and all that the plots are drawn from."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.files.whole import write_new
from simulator.measures import tables
from simulator.report.csvfiles import decimals_of, rounded, write_csv
from simulator.report.run_summary import run_summary
from simulator.scenario.spec import SCENARIO
from simulator.study.figures import Figures, figures

if TYPE_CHECKING:
    import pandas as pd

    from simulator.measures.result import Result

LOAD_DECIMALS: Final = 3  # of records/s
BILL_DECIMALS: Final = 12  # a request costs 0.0000002 USD
NAMES: Final = ("timeseries", "shards", "latency", "incidents", "bill")
MORE: Final = ("reshardings", "readers")  # where there is something to tell


@dataclass(frozen=True)
class RunTables:
    """Summary and tables of a run with the numbers that the files have.

    `resolved` is the resolved scenario as plain data: names, numbers and texts such as `10m`.
    """

    summary: dict[str, Any]
    resolved: dict[str, Any]
    timeseries: pd.DataFrame
    shards: pd.DataFrame
    latency: pd.DataFrame
    incidents: pd.DataFrame
    bill: pd.DataFrame
    shard_load: dict[str, pd.DataFrame]  # by stream: records/s, one row an interval, one column a shard
    more: dict[str, pd.DataFrame]  # by name

    @classmethod
    def of(cls, result: Result, runs: Sequence[Figures] = ()) -> RunTables:
        """The tables of a run that has finished; `runs`: the figures of all replications, by default of this one."""
        return cls(
            summary=plain(run_summary(result, runs or [figures(result)])),
            resolved=dict(SCENARIO.write(result.scenario, Path())),
            **{name: _table(result, name) for name in NAMES},
            shard_load={stream: _load(result, stream) for stream in result.scenario.streams},
            more={name: table for name in MORE if len(table := _table(result, name))},
        )

    def write(self, folder: Path) -> None:
        """Write summary.json and the CSV files."""
        text = json.dumps(self.summary, indent=2, ensure_ascii=False, allow_nan=False)
        write_new(folder / "summary.json", text + "\n")
        for name in NAMES:
            write_csv(getattr(self, name), folder / f"{name}.csv")
        for name, table in self.more.items():
            write_csv(table, folder / f"{name}.csv")
        for stream, file in load_files(list(self.shard_load)).items():
            write_csv(self.shard_load[stream], folder / file)

    @property
    def mappings(self) -> list[str]:
        """The mappings' names in the scenario's order."""
        return list(self.summary["event_source_mappings"])

    def load_interval_s(self, stream: str) -> float:
        """The time that a row of a stream's load spans."""
        return load_interval_s(self.shard_load[stream], float(self.summary["interval_s"]))

    def series(self, mapping: str) -> pd.DataFrame:
        """A mapping's rows of the time series."""
        return self.timeseries[self.timeseries["mapping"] == mapping]


def _table(result: Result, name: str) -> pd.DataFrame:
    table: pd.DataFrame = getattr(tables, name)(result)
    return rounded(table, BILL_DECIMALS if name == "bill" else decimals_of(result.measures.interval_s))


def _load(result: Result, stream: str) -> pd.DataFrame:
    """The load of each shard, so exact that a record more or less in an interval makes a difference."""
    table = tables.shard_load(result, stream)
    interval_s = load_interval_s(table, result.measures.interval_s)
    loads = rounded(table, max(LOAD_DECIMALS, 1 + math.floor(math.log10(interval_s))))
    return loads.assign(time_s=table["time_s"].round(decimals_of(interval_s)))


def load_interval_s(load: pd.DataFrame, interval_s: float) -> float:
    """The time that a row of a stream's load spans; a single row is of the interval of the time series."""
    starts = load["time_s"].to_numpy(float)
    return float(starts[1] - starts[0]) if len(starts) > 1 else interval_s


def load_files(streams: list[str]) -> dict[str, str]:
    """The file of each stream's shard load; a stream's name may hold what a file's name may not."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    for number, stream in enumerate(streams, 1):
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", stream)
        name = safe if safe == stream else f"{safe}-{number}"
        while name.lower() in taken:  # some file systems do not tell a from A
            name += f"-{number}"
        taken.add(name.lower())
        files[stream] = f"shard_load-{name}.csv"
    return files


def endless(value: float | None) -> float:
    """A figure of a JSON file, where null is infinite."""
    return float("inf") if value is None else float(value)


def plain(value: Any) -> Any:
    """As JSON gives it back: NaN and infinity are null."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
