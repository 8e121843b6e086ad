"""What the sections of a run ask of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.measures.verdict import STATES
from simulator.report.clock import Clock
from simulator.report.latencies import mean_percentile, of_summary
from simulator.report.open_shards import open_shards
from simulator.report.page.view import plural
from simulator.report.page.wide import interval_in_json
from simulator.report.results import RunResult
from simulator.report.run_files import RunFiles
from simulator.report.tables import endless
from simulator.study.episodes import Common
from simulator.study.figures import COUNTS, Figures
from simulator.study.objectives import COST, Assessment
from simulator.study.statistics import Interval, interval

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
OF_ONE = ("mapping", "event", "start_s", "end_s", "cause", "peak_lag_s", "recovery_time_s")
ENDED = ("delayed", "done_again", "lost", "sent_to_destination")


@dataclass(frozen=True)
class RunView:
    """A run as the page sees it. Of replications, measures are of all with intervals; the rest is of the first."""

    result: RunResult

    @property
    def files(self) -> RunFiles:
        return self.result.files

    @property
    def summary(self) -> dict[str, Any]:
        return self.files.summary

    @property
    def resolved(self) -> dict[str, Any]:
        """The resolved scenario as plain data."""
        return self.result.resolved

    @property
    def mappings(self) -> dict[str, dict[str, Any]]:
        """The summaries of the mappings, by name."""
        found: dict[str, dict[str, Any]] = self.summary["event_source_mappings"]
        return found

    @property
    def streams(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.summary["streams"]
        return found

    @property
    def bill(self) -> dict[str, Any] | None:
        """The bill; nothing if the result was made without."""
        found: dict[str, Any] | None = self.summary.get("bill")
        return found

    @cached_property
    def worst_first(self) -> list[str]:
        """The mappings' names: the furthest behind first."""
        return sorted(self.mappings, key=lambda name: (-self._state(name), -_max_age_s(self.mappings[name])))

    @property
    def worst(self) -> str:
        """The mapping that is the furthest behind; empty if there is none."""
        return self.worst_first[0] if self.mappings else ""

    def _state(self, mapping: str) -> int:
        return STATES.index(self.mappings[mapping]["verdict"])

    def named(self, mapping: str) -> str:
        """' of NAME' where there are several mappings, else nothing."""
        return f" of {mapping}" if len(self.mappings) > 1 else ""

    @property
    def produced(self) -> int:
        return sum(each["records_produced"] for each in self.streams.values())

    @property
    def lost(self) -> int:
        """Records of which nothing is left, each counted once at write and once for every mapping that lost it."""
        at_write = sum(int(each["records_dropped_at_write"]) for each in self.streams.values())
        later = ("dropped", "expired")
        return at_write + sum(int(each["records"][way]) for each in self.mappings.values() for way in later)

    @property
    def offered(self) -> list[tuple[str, float]]:
        """What was offered to the limits of all mappings and streams, over the traffic, as parts of what they allow."""
        each = [*self.mappings.values(), *self.streams.values()]
        return [(limit, endless(of["limits"][limit]["offered_mean"])) for of in each for limit in of["limits"]]

    @property
    def shards(self) -> int:
        return sum(each["shards"] for each in self.streams.values())

    @property
    def shards_text(self) -> str:
        """4 shards; 6 shards in 2 streams."""
        streams = f" in {len(self.streams)} streams" if len(self.streams) > 1 else ""
        if self.changes:
            open_ = open_shards(self.files.shards)[1]
            least, most = int(open_.min()), int(open_.max())
            return (f"{least:,} to {most:,} shards" if most > least else plural(most, "shard")) + streams
        return plural(self.shards, "shard") + streams

    @property
    def changes(self) -> bool:
        """Whether shards open and close in the run."""
        return self.files.reshardings is not None and bool(self.files.reshardings["done_at_s"].notna().any())

    def changing(self, stream: str) -> bool:
        """Whether the scenario has what changes a stream's shards: requests, a rule, or on-demand mode."""
        spec = self.resolved["streams"][stream]
        return bool(spec.get("resharding")) or isinstance(spec.get("scaling"), dict) or spec.get("mode") == "on_demand"

    def open_shards(self, stream: str) -> tuple[int, int]:
        """The open shards of a stream at the start, and at most."""
        begin = int(self.resolved["streams"][stream]["shards"])
        shards = self.files.shards
        return begin, max(begin, int(open_shards(shards[shards["stream"] == stream])[1].max(initial=0)))

    @cached_property
    def clock(self) -> Clock:
        """Tells times of the run."""
        summary = self.summary
        return Clock.of(summary.get("start_time"), float(summary.get("end_s", summary["duration_s"])))

    @cached_property
    def runs(self) -> list[Figures]:
        """The figures of each run, in order of replication."""
        table = self.files.replications
        return [_of_summary(self)] if table is None else _of_replications(table)

    @property
    def replications(self) -> int:
        """How many runs there are."""
        return len(self.runs)

    def measure(self, mapping: str, name: str) -> Interval:
        """A measure of all replications; of a single run its one value, of what was not measured NaN."""
        if mapping and self.replications > 1:
            found = self.summary["replications"][mapping].get(name, {"mean": None, "half_width_95": None, "n": 0})
            return interval_in_json(found["mean"], found["half_width_95"], found["n"])
        return interval(self.values(mapping, name))

    def values(self, mapping: str, name: str) -> list[float]:
        """A measure of each replication; NaN where nothing was measured. `mapping` '' for the scenario as a whole."""
        return [(run.values.get(mapping, {}) if mapping else run.whole).get(name, NAN) for run in self.runs]

    def contributions(self, mapping: str, name: str) -> list[float]:
        """What each replication has in the measure of all (see simulator.study.figures.contributions)."""
        found = self.summary["replications"][mapping].get(name, {}) if mapping and self.replications > 1 else {}
        known = [value for value in found.get("pseudovalues", ()) if value is not None]
        return known or self.values(mapping, name)  # without any, it is infinite or was not measured

    def latency(self, mapping: str, statistic: str) -> str:
        """A percentile of latency, such as p99: what lost and unprocessed records make of it included."""
        if self.replications == 1:
            return of_summary(self.mappings[mapping], statistic)
        least, most = (self.measure(mapping, f"latency_{statistic}{end}_s") for end in ("", "_most"))
        return mean_percentile(least, most)

    @cached_property
    def episodes(self) -> list[Common]:
        """The episodes of all runs, in order of time; of a single run each by itself."""
        if self.replications == 1:
            return [_alone(row) for _, row in self.files.incidents.iterrows()]
        told = [each for of in self.mappings.values() for each in of.get("episodes_of_all", ())]
        found = [_of_all(each) for each in told]
        return sorted(found, key=lambda each: (each.start_s, each.mapping))

    @cached_property
    def assessments(self) -> list[Assessment]:
        """What the runs say of the scenario's objectives; nothing if it states none."""
        return [_assessment(each) for each in self.summary["objectives"]]

    def differs(self, mapping: str) -> dict[str, int]:
        """In how many runs a mapping had each verdict."""
        found = [run.verdicts[mapping] for run in self.runs]
        return {state: found.count(state) for state in STATES if state in found}


def _assessment(told: dict[str, Any]) -> Assessment:
    return Assessment(
        objective=told["name"],
        mapping=told["mapping"],
        bound=told["bound"],
        seen=interval_in_json(told["seen"], told["half_width_95"], told["runs"]),
        above=told["runs_above"],
        met=told["runs_met"],
        state=told["state"],
        at_least=told["seen_at_least"],
        batches=told["batches"],
        batches_needed=told["batches_needed"],
    )


def _of_all(told: dict[str, Any]) -> Common:
    """An episode of several runs, from the summary; what is not known is null there."""
    known: dict[str, Any] = {each.name: NAN if told[each.name] is None else told[each.name] for each in fields(Common)}
    return Common(**known)


def _alone(row: pd.Series) -> Common:
    """An episode of a single run, from its table."""
    known: dict[str, Any] = {name: row[name] for name in (*OF_ONE, *(f"records_{what}" for what in ENDED))}
    not_over = int(row["end_s"] != row["end_s"])
    return Common(runs=1, of=1, cause_runs=1, not_over=not_over, peak_lag_mean_s=row["peak_lag_s"], **known)


def _max_age_s(mapping: dict[str, Any]) -> float:
    return float(mapping["iterator_age"].get("max_s", 0.0))


def _of_replications(table: pd.DataFrame) -> list[Figures]:
    """The figures that replications.csv holds."""
    runs = []
    for number, rows in table.groupby("replication", sort=True):
        values: dict[str, dict[str, float]] = {}
        for mapping, measure, value in zip(rows["mapping"], rows["measure"], rows["value"], strict=True):
            values.setdefault(mapping, {})[measure] = float(value)
        verdicts = dict(zip(rows["mapping"], rows["verdict"], strict=True))
        whole = values.pop("", {})
        verdicts.pop("", None)
        runs.append(Figures(int(str(number)), verdicts, {}, values, whole=whole))
    return runs


def _of_summary(run: RunView) -> Figures:
    """The figures of a single run from its summary and its episodes."""
    return Figures(
        replication=int(run.summary["replication"]),
        verdicts={name: str(each["verdict"]) for name, each in run.mappings.items()},
        binding={name: str(each["binding_cause"] or "") for name, each in run.mappings.items()},
        values={name: dict(_measures(run, name, each)) for name, each in run.mappings.items()},
        whole={COST: float(run.bill["usd_per_month"])} if run.bill else {},
    )


def _measures(run: RunView, name: str, mapping: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for group in ("latency", "iterator_age", "iterator_age_at_send"):
        for statistic in ("p50", "p95", "p99", "max", "mean"):
            yield f"{group}_{statistic}_s", endless(mapping[group].get(f"{statistic}_s", NAN))
    for statistic, most_s in mapping["latency_at_most"].items():
        yield f"latency_{statistic.replace('_s', '_most_s')}", endless(most_s)
    for count in (*COUNTS, "records_lost", "records_to_destination"):
        yield count, float(mapping[count])
    yield "records_unprocessed", float(mapping["records"]["unprocessed"])
    yield "recovery_s", _recovery_s(run, name)


def _recovery_s(run: RunView, mapping: str) -> float:
    """The longest recovery; infinite if one was not over, NaN without episodes."""
    table = run.files.incidents
    if table.empty or mapping not in set(table["mapping"]):
        return NAN
    times = table.loc[table["mapping"] == mapping, "recovery_time_s"].to_numpy(float)
    return float("inf") if np.isnan(times).any() else float(times.max())
