"""The tables of a result, as pandas DataFrames; pandas is imported where a table is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simulator.measures.bill import Item
from simulator.measures.bill import bill as bill_of
from simulator.measures.episodes import Episode
from simulator.measures.finished import Finished, MappingResult
from simulator.measures.histogram import PERCENTILES
from simulator.measures.level import Level
from simulator.measures.mapping import UNDONE, MappingMeasures
from simulator.measures.parts import PARTS
from simulator.measures.reshardings import Resharding
from simulator.measures.reshardings import reshardings as reshardings_of
from simulator.measures.waiting import CAUSES
from simulator.measures.wide import seconds
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NEVER, NS

if TYPE_CHECKING:
    import pandas as pd

COUNTS: Final = (
    "accepted_bytes", "attempts", "errors", "throttles", "function_concurrency_max", "get_records_calls",
    "get_records_refused", "polls_skipped", "busiest_second_bytes", "open_shards", "closed_shards_left",
    "read_bytes",
)  # fmt: skip
MEANS: Final = ("unwritten_mean_records", "backlog_mean_records")  # over time: no whole numbers
READ: Final = (
    "processed_records", *(f"{name}_records" for name in UNDONE), "done_again_records", "backlog_records",
    "backlog_mean_records", "backlog_max_records", "lag_max_s", "attempts", "errors", "throttles",
    "function_concurrency_mean", "function_concurrency_max",
    *(f"{what}_{statistic}_s" for what in ("iterator_age", "latency") for statistic in ("p50", "p99", "max")),
    "closed_shards_left",
    *(f"{part}_mean_s" for part in PARTS), *(f"waiting_{cause}_s" for cause in CAUSES),
)  # fmt: skip
READ_BY_SHARD: Final = (
    "processed_records", "iterator_age_max_s", "get_records_calls", "get_records_refused", "polls_skipped",
    "lane_busy_mean", "lane_busy_max",
)  # fmt: skip


def percentile_name(percent: float) -> str:
    """p50, p99.9, p100."""
    return f"p{percent:g}"


def timeseries(result: Finished) -> pd.DataFrame:
    """One row an interval and mapping; incoming columns are those of the mapping's stream.

    A stream that no mapping reads has rows of its own, with an empty mapping.
    """
    import pandas as pd

    tables = [
        pd.DataFrame(
            {
                "time_s": seconds(row_starts_ns(result)),
                "mapping": mapping.name if mapping else "",
                "stream": stream,
                **_written(result, stream),
                **(_read(result, mapping) if mapping else {}),
            }
        )
        for stream, mapping in _readers(result)
    ]
    return _together(tables, READ)


def _readers(result: Finished) -> list[tuple[str, MappingResult | None]]:
    """Each mapping with its stream, and each stream that none reads."""
    read = {mapping.stream for mapping in result.mappings}
    unread = [(stream, None) for stream in result.scenario.streams if stream not in read]
    return [*((mapping.stream, mapping) for mapping in result.mappings), *unread]


def _together(tables: list[pd.DataFrame], read: tuple[str, ...]) -> pd.DataFrame:
    """Tables one below the other. What is `read` of a stream that no mapping reads: counts of 0, and no times."""
    import pandas as pd

    whole = [
        table.assign(**{name: 0 if _is_count(name) else np.nan for name in read if name not in table})
        for table in tables
    ]
    table = pd.concat(whole, ignore_index=True)
    return table.astype(dict.fromkeys(filter(_is_count, table.columns), "int64"))


def _is_count(column: str) -> bool:
    return (column.endswith("_records") or column in COUNTS) and column not in MEANS


def row_starts_ns(result: Finished) -> Integers:
    """When each row begins."""
    return np.arange(result.rows) * result.measures.interval_ns


def row_ends_ns(result: Finished) -> Integers:
    """When each row ends; the last one may be short."""
    return np.minimum(row_starts_ns(result) + result.measures.interval_ns, result.end_ns)


def _closed_shards_left(result: Finished, mapping: MappingResult) -> Integers:
    """How many shards had closed at the end of each row that the mapping had not finished."""
    stream, ends_ns = result.measures.streams[mapping.stream], row_ends_ns(result)
    finished_ns = np.sort(np.array([*mapping.measures.finished_ns.values()], np.int64))
    closed = np.searchsorted(stream.closes_ns, ends_ns, "right")
    left: Integers = closed - np.searchsorted(finished_ns, ends_ns, "right")
    return left


def _means(result: Finished, level: Level) -> Floats:
    """The time-weighted mean of each row; the last one may be short."""
    lengths_ns = np.diff(row_starts_ns(result), append=result.end_ns)
    means: Floats = level.areas.upto(result.rows).astype(np.float64) / lengths_ns
    return means


def _written(result: Finished, name: str) -> dict[str, Floats | Integers]:
    stream, rows = result.measures.streams[name], result.rows
    return {
        "open_shards": stream.open_shards(row_ends_ns(result)),
        "produced_records": stream.produced.upto(rows),
        "accepted_records": stream.accepted.upto(rows),
        "accepted_bytes": stream.accepted_bytes.upto(rows),
        "write_throttled_records": stream.throttled.upto(rows),
        "unwritten_mean_records": _means(result, stream.unwritten),
        "unwritten_max_records": stream.unwritten.peaks.upto(rows),
    }


def _read(result: Finished, mapping: MappingResult) -> dict[str, Floats | Integers]:
    mine, rows = mapping.measures, result.rows
    backlog, concurrency = mine.backlog.level, result.measures.functions[mapping.function].level
    ages, latencies = mine.age_rows.seconds_upto(rows), mine.latency_rows.seconds_upto(rows)
    peak_latency, peak_age = mine.latency_peaks.seconds_upto(rows), mine.age_peaks.seconds_upto(rows)
    return {
        "processed_records": mine.processed.upto(rows),
        **{f"{name}_records": undone.upto(rows) for name, undone in mine.undone.items()},
        "done_again_records": mine.done_again.upto(rows),
        "backlog_records": backlog.at_ends(rows),
        "backlog_mean_records": _means(result, backlog),
        "backlog_max_records": backlog.peaks.upto(rows),
        "lag_max_s": seconds(mine.lag.peaks_ns(rows)),
        "attempts": mine.attempts.upto(rows),
        "errors": mine.errors.upto(rows),
        "throttles": mine.throttles.upto(rows),
        "function_concurrency_mean": _means(result, concurrency),
        "function_concurrency_max": concurrency.peaks.upto(rows),
        "iterator_age_p50_s": np.minimum(ages[:, 0], peak_age),
        "iterator_age_p99_s": np.minimum(ages[:, 1], peak_age),
        "iterator_age_max_s": peak_age,
        "latency_p50_s": np.minimum(latencies[:, 0], peak_latency),
        "latency_p99_s": np.minimum(latencies[:, 1], peak_latency),
        "latency_max_s": peak_latency,
        "closed_shards_left": _closed_shards_left(result, mapping),
        **_parts(mine, rows),
        **{f"waiting_{cause}_s": _seconds(waited) for cause, waited in mine.waiting.by_row_ns(rows).items()},
    }


def _parts(measures: MappingMeasures, rows: int) -> dict[str, Floats]:
    """By part the mean of the records processed in each row; NaN where there are none."""
    processed = measures.processed.upto(rows)
    return {
        f"{part}_mean_s": np.divide(_seconds(sums), processed, out=np.full(rows, np.nan), where=processed > 0)
        for part, sums in measures.parts.by_row_ns(rows).items()
    }


def _seconds(sums_ns: Sequence[int]) -> Floats:
    return np.array([each / NS for each in sums_ns])


def latency(result: Finished) -> pd.DataFrame:
    """Long form: mapping, measure, statistic, value_s."""
    import pandas as pd

    rows = []
    for mapping in result.mappings:
        mine = mapping.measures
        rows += [(mapping.name, "latency", percentile_name(p), mapping.latency(p).least_s) for p in PERCENTILES]
        rows.append((mapping.name, "latency", "mean", mine.latency.mean_s))
        for name, histogram in (("iterator_age", mine.age), ("iterator_age_at_send", mine.age_at_send)):
            rows += [(mapping.name, name, percentile_name(p), histogram.percentile_s(p)) for p in PERCENTILES]
            rows.append((mapping.name, name, "mean", histogram.mean_s))
        rows += [(mapping.name, "latency_part", part, mean) for part, mean in mapping.parts_mean_s.items()]
    return pd.DataFrame(rows, columns=["mapping", "measure", "statistic", "value_s"])


def shards(result: Finished) -> pd.DataFrame:
    """One row a mapping and shard: load, throttles, reads, the lanes' busy time.

    The shards of a stream that no mapping reads have rows of their own, with an empty mapping.
    """
    import pandas as pd

    tables = [
        pd.DataFrame(
            {
                "mapping": mapping.name if mapping else "",
                "stream": stream,
                **_written_by_shard(result, stream),
                **(_read_by_shard(result, mapping) if mapping else {}),
            }
        )
        for stream, mapping in _readers(result)
    ]
    return _together(tables, READ_BY_SHARD)


def _written_by_shard(result: Finished, name: str) -> dict[str, Any]:
    stream = result.measures.streams[name]
    records = stream.records_by_shard
    return {
        "shard": np.arange(stream.shards),
        "parents": np.array([" ".join(map(str, span.parents)) for span in stream.spans], object),
        "opened_at_s": seconds(np.array([span.opens_ns for span in stream.spans], np.int64)),
        "closed_at_s": np.array([_time_s(span.closes_ns) for span in stream.spans]),
        "offered_records": stream.offered_by_shard,
        "busiest_second_records": stream.busiest_records_by_shard,
        "busiest_second_bytes": stream.busiest_bytes_by_shard,
        "accepted_records": records,
        "accepted_bytes": stream.bytes_by_shard,
        "part_of_stream": records / max(1, records.sum()),
        "write_throttled_records": stream.throttled_by_shard,
    }


def _time_s(time_ns: int) -> float:
    return np.nan if time_ns == NEVER else time_ns / NS


def _read_by_shard(result: Finished, mapping: MappingResult) -> Mapping[str, Floats | Integers]:
    mine, shards = mapping.measures, result.measures.streams[mapping.stream].shards
    lanes = mine.busy_ns.reshape(shards, -1) / result.end_ns
    return {
        "processed_records": mine.processed_by_shard.upto(shards),
        "iterator_age_max_s": seconds(np.maximum(mine.age_by_shard.upto(shards), 0)),
        "get_records_calls": mine.reads.calls.upto(shards),
        "get_records_refused": mine.reads.refused.upto(shards),
        "polls_skipped": mine.reads.skipped.upto(shards),
        "lane_busy_mean": lanes.mean(axis=1),
        "lane_busy_max": lanes.max(axis=1),
    }


def incidents(result: Finished) -> pd.DataFrame:
    """One row an episode of a mapping."""
    import pandas as pd

    found = [episode.as_dict() for mapping in result.mappings for episode in mapping.episodes]
    return pd.DataFrame(found, columns=list(Episode.__dataclass_fields__))


def reshardings(result: Finished) -> pd.DataFrame:
    """One row a request that changes the shards of a stream, and a mapping that reads it."""
    import pandas as pd

    found = [each.as_dict() for each in reshardings_of(result)]
    return pd.DataFrame(found, columns=list(Resharding.__dataclass_fields__))


def readers(result: Finished) -> pd.DataFrame:
    """One row an interval and other reader: its calls, what it read, and how far it was behind."""
    import pandas as pd

    rows, columns = result.rows, ("get_records_calls", "get_records_refused", "polls_skipped", "read_records")
    tables = []
    for spec, mine in zip(result.scenario.readers, result.measures.readers, strict=True):
        counts = zip(
            (*columns, "read_bytes"), (mine.calls, mine.refused, mine.skipped, mine.records, mine.bytes), strict=True
        )
        about = {"time_s": seconds(row_starts_ns(result)), "reader": spec.name, "stream": spec.stream}
        series = {name: each.upto(rows) for name, each in counts}
        tables.append(pd.DataFrame({**about, **series, "lag_max_s": seconds(mine.lag.peaks_ns(rows))}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def bill(result: Finished) -> pd.DataFrame:
    """One row an item of the bill and what it is for."""
    import pandas as pd

    return pd.DataFrame([asdict(item) for item in bill_of(result).items], columns=list(Item.__dataclass_fields__))


def shard_load(result: Finished, stream: str) -> pd.DataFrame:
    """Accepted records a second by time and shard: one row an interval of its own, one column a shard."""
    import pandas as pd

    interval_ns, load = result.measures.streams[stream].load.rows_until(result.end_ns)
    table = pd.DataFrame(load * (NS / interval_ns), columns=[f"shard_{j}" for j in range(load.shape[1])])
    table.insert(0, "time_s", seconds(np.arange(len(load)) * interval_ns))
    return table
