"""The files of a run: what the page asks of each of them, and where they must agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.measures.parts import PARTS
from simulator.measures.verdict import STATES
from simulator.reading.documents import read_json
from simulator.reading.files import UnreadableError
from simulator.reading.shapes import Group, ListOf, Number, OrNull, Text, Whole, Word, shown
from simulator.reading.tables import Columns, read_table
from simulator.report.resolved import SHARDS, Resolved, read_resolved
from simulator.study.objectives import COST, MEASURES

if TYPE_CHECKING:
    import pandas as pd

NUMBER: Final = Number()
COUNT: Final = Whole()
USE: Final = Group({"mean": Number(0), "hottest": Number(0)})
WRITTEN: Final = {"write records": USE, "write bytes": USE}  # the limits that every stream and mapping has
TIMES: Final = Group({"n": COUNT}, known={f"{name}_s": NUMBER for name in ("mean", "p50", "p95", "p99", "max")})
ENDS: Final = (
    "produced", "processed", "dropped_at_write", "dropped", "expired", "unprocessed",
)  # fmt: skip
STREAM: Final = Group(
    {
        "shards": SHARDS,
        "records_produced": COUNT,
        "records_dropped_at_write": COUNT,
        "use": Group(WRITTEN, others=USE),
    }
)
MAPPING: Final = Group(
    {
        "stream": Text(),
        "function": Text(),
        "verdict": Word(*STATES),
        "verdict_reason": Text(),
        "binding_limit": Text(),
        "binding_reason": Text(),
        "records": Group(dict.fromkeys(ENDS, COUNT)),
        "records_lost": COUNT,
        "attempts": COUNT,
        "errors": COUNT,
        "throttles": COUNT,
        "latency": TIMES,
        "latency_parts_mean_s": Group(dict.fromkeys(PARTS, NUMBER), others=NUMBER),
        "iterator_age": TIMES,
        "use": Group({**WRITTEN, "function time per lane": USE}, others=USE),
        "incidents": COUNT,
    }
)
BILL: Final = Group(
    {
        "price_sheet": Text(),
        "price_sheet_collected": Text(),
        "traffic_s": NUMBER,
        "usd_per_month": NUMBER,
        "wasted_usd_per_month": NUMBER,
        "usd_per_million_records": OrNull(NUMBER),
        "on_demand_usd_per_month": OrNull(NUMBER),
        "items": ListOf(
            Group(
                {
                    **dict.fromkeys(("item", "resource", "unit"), Text(1)),
                    **dict.fromkeys(
                        ("quantity", "unit_price_usd", "usd_per_month", "wasted_usd_per_month"), NUMBER
                    ),
                }
            )
        ),
    }
)  # fmt: skip
SUMMARY: Final = Group(
    {
        "scenario": Text(1),
        "seed": COUNT,
        "replication": COUNT,
        "duration_s": NUMBER,
        "interval_s": NUMBER,
        "streams": Group(others=STREAM),
        "event_source_mappings": Group(others=MAPPING),
    },
    known={"bill": OrNull(BILL)},
)
UNKNOWN: Final = Number(unknown=True)
SHARDS_CSV: Final = Columns(
    {
        "stream": Text(),
        "shard": COUNT,
        "accepted_records": COUNT,
        "write_throttled_records": COUNT,
        "busiest_second_records": COUNT,
        **dict.fromkeys(("part_of_stream", "iterator_age_max_s", "lane_busy_max"), UNKNOWN),
    }
)
INCIDENTS_CSV: Final = Columns(
    {
        "mapping": Text(),
        "kind": Word("outage", "slow", "poison"),
        "start_s": NUMBER,
        **dict.fromkeys(("end_s", "peak_iterator_age_s", "recovery_time_s"), UNKNOWN),
        "peak_backlog_records": COUNT,
        **{f"records_{what}": COUNT for what in ("delayed", "done_again", "lost", "sent_to_destination")},
    }
)
REPLICATIONS_CSV: Final = Columns(
    {
        "replication": COUNT,
        "mapping": Text(),
        "verdict": Word(*STATES, ""),
        "measure": Text(1),
        "value": Number(unknown=True, endless=True),
    }
)
OF_NO_LIMIT: Final = ("none", "retries")  # what can bind although there is no use of it


@dataclass(frozen=True)
class RunFiles:
    """What the files of a run say, checked."""

    summary: dict[str, Any]
    scenario: Resolved
    shards: pd.DataFrame
    incidents: pd.DataFrame
    replications: pd.DataFrame | None  # one row a replication, mapping and measure

    @classmethod
    def read(cls, folder: Path) -> RunFiles:
        """Read the folder of a run. Raises UnreadableError if a file is not as it should be."""
        several = folder / "replications.csv"
        files = cls(
            read_json(folder / "summary.json", SUMMARY),
            read_resolved(folder / "scenario.yaml"),
            read_table(folder / "shards.csv", SHARDS_CSV),
            read_table(folder / "incidents.csv", INCIDENTS_CSV),
            read_table(several, REPLICATIONS_CSV) if several.exists() else None,
        )
        for name, why in files._contradictions():
            raise UnreadableError(folder / name, why)
        return files

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        """A file, and what it says otherwise than the others."""
        mappings, streams = self.summary["event_source_mappings"], self.summary["streams"]
        specs = {each["name"]: each for each in self.scenario.data["event_source_mappings"]}
        if set(streams) != set(self.scenario.data["streams"]):
            yield "summary.json", "its streams are not those of scenario.yaml"
        if set(mappings) != set(specs):
            yield "summary.json", "its event source mappings are not those of scenario.yaml"
        for name, mapping in mappings.items():
            if any(mapping[of] != specs[name][of] for of in ("stream", "function")):
                yield "summary.json", f"{shown(name)} is another mapping in scenario.yaml"
            limit = mapping["binding_limit"]
            if limit not in OF_NO_LIMIT and limit not in mapping["use"]:
                yield "summary.json", f"the limit {shown(limit)} binds {shown(name)}, which makes no use of it"
        seen = self.incidents["mapping"].value_counts()
        if {name: each["incidents"] for name, each in mappings.items() if each["incidents"]} != seen.to_dict():
            yield "incidents.csv", "its incidents are not those that summary.json counts"
        if self.replications is not None:
            yield from (("replications.csv", why) for why in _unlike(self.replications, set(mappings)))


def _unlike(table: pd.DataFrame, mappings: set[str]) -> Iterator[str]:
    """What is wrong with replications: each has a value for every measure of every mapping."""
    if table.empty:
        yield "holds no replication"
        return
    asked = {(mapping, measure) for mapping in mappings for measure in MEASURES.values() if measure != COST}
    runs = [set(zip(rows["mapping"], rows["measure"], strict=True)) for _, rows in table.groupby("replication")]
    if len(table) != sum(map(len, runs)):
        yield "tells a measure twice"
    if any(run != runs[0] for run in runs):
        yield "tells other measures of one replication than of another"
    if not asked <= runs[0] or {mapping for mapping, _ in runs[0]} - {""} != mappings:
        yield "does not tell the measures of all mappings"
