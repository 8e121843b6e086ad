"""The files of a run, read and checked by themselves and against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.scalars import shown
from simulator.reading.tables import Columns, read_table
from simulator.report.resolved import Resolved, read_resolved
from simulator.report.run_shapes import HANDLED, INCIDENTS, READERS, REPLICATIONS, RESHARDINGS, SHARDS, SUMMARY
from simulator.study.objectives import COST, MEASURES

if TYPE_CHECKING:
    import pandas as pd

ASKED: Final = tuple(measure for measure in MEASURES.values() if measure != COST)

HANDLED_FILE: Final = "handlers.json"


@dataclass(frozen=True)
class RunFiles:
    """What the files of a run say, checked."""

    summary: dict[str, Any]
    scenario: Resolved
    shards: pd.DataFrame
    incidents: pd.DataFrame
    replications: pd.DataFrame | None  # one row a replication, mapping and measure
    reshardings: pd.DataFrame | None  # one row a request that changes shards, and mapping
    readers: pd.DataFrame | None  # one row an interval and other reader
    handled: dict[str, Any] | None  # what functions' own handlers made of it

    @classmethod
    def read(cls, folder: Path) -> RunFiles:
        """Read the folder of a run. Raises UnreadableError if a file is not as it should be."""
        files = cls(
            read_json(folder / "summary.json", SUMMARY),
            read_resolved(folder / "scenario.yaml"),
            read_table(folder / "shards.csv", SHARDS),
            read_table(folder / "incidents.csv", INCIDENTS),
            _if_there(folder / "replications.csv", REPLICATIONS),
            _if_there(folder / "reshardings.csv", RESHARDINGS),
            _if_there(folder / "readers.csv", READERS),
            read_json(folder / HANDLED_FILE, HANDLED) if (folder / HANDLED_FILE).exists() else None,
        )
        for name, why in files._contradictions():
            raise UnreadableError(folder / name, why)
        return files

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        """A file, and what it says otherwise than the others. What comes later takes for granted what was before."""
        mappings, streams = self.summary["event_source_mappings"], self.summary["streams"]
        specs = {each["name"]: each for each in self.scenario.data["event_source_mappings"]}
        if set(streams) != set(self.scenario.data["streams"]):
            yield "summary.json", "its streams are not those of scenario.yaml"
        if set(mappings) != set(specs):
            yield "summary.json", "its event source mappings are not those of scenario.yaml"
        for name, mapping in mappings.items():
            if any(mapping[of] != specs[name][of] for of in ("stream", "function")):
                yield "summary.json", f"{shown(name)} is another mapping in scenario.yaml"
        seen = self.incidents["mapping"].value_counts()
        if {name: len(each["episodes"]) for name, each in mappings.items() if each["episodes"]} != seen.to_dict():
            yield "incidents.csv", "its episodes are not as many as summary.json tells"
        if self.replications is not None:
            of_all = self.summary.get("replications", {})
            if set(of_all) != set(mappings) or any(not set(ASKED) <= set(of_all[name]) for name in mappings):
                yield "summary.json", "does not tell the measures of all replications"
            yield from (("replications.csv", why) for why in _unlike(self.replications, set(mappings)))


def _if_there(path: Path, columns: Columns) -> pd.DataFrame | None:
    return read_table(path, columns) if path.exists() or path.is_symlink() else None


def _unlike(table: pd.DataFrame, mappings: set[str]) -> Iterator[str]:
    """What is wrong with replications: each has a value for every measure of every mapping."""
    if table.empty:
        yield "holds no replication"
        return
    asked = {(mapping, measure) for mapping in mappings for measure in ASKED}
    runs = [set(zip(rows["mapping"], rows["measure"], strict=True)) for _, rows in table.groupby("replication")]
    if len(table) != sum(map(len, runs)):
        yield "tells a measure twice"
    if any(run != runs[0] for run in runs):
        yield "tells other measures of one replication than of another"
    if not asked <= runs[0] or {mapping for mapping, _ in runs[0]} - {""} != mappings:
        yield "does not tell the measures of all mappings"
