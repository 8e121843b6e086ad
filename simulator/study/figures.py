"""Figures: what one finished run leaves for a study. Small, and plain data, so that it can be sent and stored."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simulator.measures.bill import bill
from simulator.measures.episodes import Episode
from simulator.measures.finished import MappingResult
from simulator.measures.result import Result
from simulator.study.exceeding import Exceeding, exceeding
from simulator.study.quantiles import is_quantile, pooled
from simulator.study.statistics import CONFIDENCE, QUANTILE_ERROR, Interval, interval
from simulator.study.tallies import Tallies
from simulator.traffic.nanoseconds import NS, seconds

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS: Final = 300  # of the lag over time
MOST_EPISODES: Final = 100
COSTS: Final = ("usd_per_month", "wasted_usd_per_month", "usd_per_million_records", "on_demand_usd_per_month")
COUNTS: Final = ("attempts", "errors", "throttles")
SUMS: Final = (*COUNTS, "records_lost", "records_to_destination", "records_unprocessed", "offered_concurrency")
MOSTS: Final = (
    "latency_max_s", "latency_max_most_s", "iterator_age_max_s", "iterator_age_at_send_max_s", "drain_s", "recovery_s",
    "on_demand_usd_per_month",
)  # fmt: skip
STATISTICS: Final = (("p50", 50.0), ("p95", 95.0), ("p99", 99.0), ("max", 100.0))


@dataclass(frozen=True)
class Curves:
    """What plots show of one mapping, in seconds."""

    records: int  # whose latency was measured
    lag_interval_s: float
    lag_max_s: list[float]  # the greatest age of the oldest record that has not ended, in each interval of the run


@dataclass(frozen=True)
class Figures:
    """The figures of one finished run.

    Times are in seconds. NaN: there was nothing to measure. Infinity: it had not come to pass when the run ended, as
    the `drain_s` of a mapping that had not processed everything. `use_...` are parts of a limit, of the hottest shard
    or lane.
    """

    replication: int
    verdicts: dict[str, str]  # by mapping: one of measures.verdict.STATES
    binding: dict[str, str]  # by mapping: the cause of waiting that binds, or ""
    values: dict[str, dict[str, float]]  # by mapping and measure
    reasons: dict[str, str] = field(default_factory=dict)  # by mapping: why it has its verdict
    binding_reasons: dict[str, str] = field(default_factory=dict)  # by mapping: why that cause, or none, binds
    whole: dict[str, float] = field(default_factory=dict)  # by measure: of the whole scenario, as usd_per_month
    curves: dict[str, Curves] = field(default_factory=dict)  # by mapping
    tallies: dict[str, Tallies] = field(default_factory=dict)  # by mapping: what its quantiles follow from
    episodes: dict[str, list[Episode]] = field(default_factory=dict)  # by mapping: of many those that went the furthest

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Figures:
        """From plain data, of which what is not known is left alone."""
        curves = {mapping: Curves(**_known(Curves, each)) for mapping, each in data["curves"].items()}
        tallies = {mapping: Tallies.from_dict(each) for mapping, each in data["tallies"].items()}
        episodes = {name: [Episode(**_known(Episode, of)) for of in some] for name, some in data["episodes"].items()}
        return cls(**{**_known(cls, data), "curves": curves, "tallies": tallies, "episodes": episodes})


def _known(cls: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: data[each.name] for each in fields(cls)}


def figures(result: Result, times: float = 1.0) -> Figures:
    """Draw the figures from a result.

    times: it is of some shards of which there are so many times as many, all alike, and so are counts, what is offered
    to a pool, and costs. What is the most of all shards, or is billed by the stream, is not known then: NaN.
    """
    mappings = result.mappings
    of_all = result.bill if times == 1 else bill(result, times)
    return Figures(
        replication=result.replication,
        verdicts={mapping.name: mapping.verdict.state for mapping in mappings},
        binding={mapping.name: mapping.verdict.cause for mapping in mappings},
        values={mapping.name: _of_all(dict(_measures(result, mapping)), times) for mapping in mappings},
        reasons={mapping.name: mapping.verdict.reason for mapping in mappings},
        binding_reasons={mapping.name: mapping.verdict.why for mapping in mappings},
        whole=_of_all({name: getattr(of_all, name) for name in COSTS}, times),
        curves={mapping.name: _curves(result, mapping) for mapping in mappings},
        tallies={mapping.name: Tallies.of(mapping) for mapping in mappings},
        episodes={mapping.name: _furthest(mapping.episodes) for mapping in mappings},
    )


def _of_all(values: dict[str, float], times: float) -> dict[str, float]:
    if times == 1:
        return values
    known = {name: value * times if name in SUMS else value for name, value in values.items()}
    return {name: math.nan if name in MOSTS else value for name, value in known.items()}


def _measures(result: Result, mapping: MappingResult) -> Iterator[tuple[str, float]]:
    """The measures of a mapping, with their units in their names."""
    mine = mapping.measures
    for statistic, percent in STATISTICS:
        found = mapping.latency(percent)
        yield f"latency_{statistic}_s", found.least_s
        yield f"latency_{statistic}_most_s", found.most_s
    yield "latency_mean_s", mine.latency.mean_s
    for name, histogram in (("iterator_age", mine.age), ("iterator_age_at_send", mine.age_at_send)):
        for statistic, percent in STATISTICS:
            yield f"{name}_{statistic}_s", histogram.percentile_s(percent)
        yield f"{name}_mean_s", histogram.mean_s
    for part, mean_s in mapping.parts_mean_s.items():
        yield f"{part}_mean_s", mean_s
    for count in COUNTS:
        yield count, float(mine.counts[count])
    yield "records_lost", float(mapping.ends.lost)
    yield "records_to_destination", float(mapping.ends.sent_to_destination)
    yield "records_unprocessed", float(mapping.ends.unprocessed)
    yield "drain_s", _drain_s(result, mapping)
    yield "recovery_s", _recovery_s(mapping)
    yield "binding_share", mapping.verdict.share
    for limit in mapping.limits:
        yield f"offered_{limit.limit}", limit.mean


def _drain_s(result: Result, mapping: MappingResult) -> float:
    """From the end of the traffic until the last record has ended."""
    if mapping.ends.unprocessed:
        return math.inf
    last_end_ns = mapping.measures.backlog.last_end_ns
    return 0.0 if last_end_ns is None else max(0.0, seconds(last_end_ns) - result.scenario.duration)


def _recovery_s(mapping: MappingResult) -> float:
    """The longest recovery from an episode; NaN without episodes."""
    times = [each.recovery_time_s for each in mapping.episodes]
    return math.nan if not times else math.inf if any(map(math.isnan, times)) else max(times)


def _curves(result: Result, mapping: MappingResult) -> Curves:
    lags_s = mapping.measures.lag.peaks_ns(result.rows) / NS
    together = 1
    while len(lags_s) > MOST_POINTS * together:
        together *= 2  # so that the intervals of one run are whole multiples of those of another
    padded = np.pad(lags_s, (0, -len(lags_s) % together))
    return Curves(
        records=mapping.measures.latency.n,
        lag_interval_s=seconds(together * result.measures.interval_ns),
        lag_max_s=padded.reshape(-1, together).max(axis=1).tolist(),
    )


def _furthest(episodes: Sequence[Episode]) -> list[Episode]:
    kept = sorted(episodes, key=lambda each: -each.peak_lag_s)[:MOST_EPISODES]
    return [each for each in episodes if each in kept]


def leaves_work(runs: Sequence[Figures]) -> bool:
    """Whether some run left records unprocessed, so that what it costs is the least that all of the work can cost."""
    return any(measures.get("records_unprocessed", 0) > 0 for run in runs for measures in run.values.values())


def tidy(runs: Sequence[Figures]) -> pd.DataFrame:
    """One row a replication, mapping and measure; measures of the scenario as a whole have no mapping."""
    import pandas as pd

    return pd.DataFrame(
        [row for run in runs for row in tidy_rows(run)],
        columns=["replication", "mapping", "verdict", "measure", "value"],
    )


def tidy_rows(run: Figures) -> Iterator[tuple[int, str, str, str, float]]:
    """Replication, mapping, verdict, measure and value."""
    for mapping, values in run.values.items():
        for measure, value in values.items():
            yield run.replication, mapping, run.verdicts[mapping], measure, value
    for measure, value in run.whole.items():
        yield run.replication, "", "", measure, value


def intervals(runs: Sequence[Figures]) -> dict[str, dict[str, Interval]]:
    """By mapping and measure."""
    return {name: {measure: seen(runs, name, measure) for measure in of} for name, of in runs[0].values.items()}


def whole_intervals(runs: Sequence[Figures]) -> dict[str, Interval]:
    """By measure: of the scenario as a whole."""
    return {measure: seen(runs, "", measure) for measure in runs[0].whole}


def seen(runs: Sequence[Figures], mapping: str, measure: str, confidence: float = CONFIDENCE) -> Interval:
    """A measure of all replications: a quantile of all of them together, of what else there is the mean.

    The interval is Student's of what each replication has in it; that of a quantile is wider by what its histogram may
    be off, and of infinite width where one replication decides whether the quantile is infinite.
    """
    tallies = _tallies(runs, mapping, measure)
    if tallies is None:
        return interval(values_of(runs, mapping, measure), confidence=confidence)
    found, parts = pooled(measure, tallies)
    if len(parts) > 1 and not math.isnan(found) and any(map(math.isnan, parts)):
        return Interval(found, math.inf, len(parts))
    return interval(parts, QUANTILE_ERROR * abs(found), confidence)


def exceeding_of(runs: Sequence[Figures], mapping: str, measure: str, bound_s: float, confidence: float) -> Exceeding:
    """Whether a quantile keeps a bound, by several replications."""
    return exceeding(measure, bound_s, [run.tallies[mapping] for run in runs], confidence)


def batches_of(runs: Sequence[Figures], mapping: str) -> int:
    """The batches of all replications, as far as quantiles tell of them."""
    return sum(run.tallies[mapping].batches for run in runs)


def contributions(runs: Sequence[Figures], mapping: str, measure: str) -> list[float]:
    """What each replication has in the measure of all: of a quantile its pseudo-value, else its own value."""
    tallies = _tallies(runs, mapping, measure)
    return values_of(runs, mapping, measure) if tallies is None else pooled(measure, tallies)[1]


def _tallies(runs: Sequence[Figures], mapping: str, measure: str) -> list[Tallies] | None:
    """What a quantile of a mapping follows from; None for other measures."""
    return [run.tallies[mapping] for run in runs] if mapping and is_quantile(measure) else None


def values_of(runs: Sequence[Figures], mapping: str, measure: str) -> list[float]:
    """A measure of each replication, NaN where it was not measured; `mapping` '' for one of the whole scenario."""
    return [(run.values[mapping] if mapping else run.whole).get(measure, math.nan) for run in runs]
