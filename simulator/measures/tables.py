"""The tables of a result, as pandas DataFrames; pandas is imported where a table is made."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.bill import Item
from simulator.measures.histogram import PERCENTILES
from simulator.measures.incidents import Incident
from simulator.measures.mapping import MappingMeasures
from simulator.measures.parts import PARTS
from simulator.measures.stream import StreamMeasures
from simulator.model.losses import LOSSES

if TYPE_CHECKING:
    import pandas as pd

    from simulator.measures.result import MappingResult, Result

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SERIES_PERCENTILES: Final = (50.0, 99.0)
COUNTS: Final = (
    "accepted_bytes", "attempts", "errors", "throttles", "function_concurrency_max", "get_records_calls",
    "get_records_refused", "polls_skipped",
)  # fmt: skip
READ: Final = (
    "processed_records", *(f"{name}_records" for name in LOSSES), "done_again_records", "backlog_records", "attempts",
    "errors", "throttles", "function_concurrency_mean", "function_concurrency_max",
    *(f"{what}_{statistic}_s" for what in ("iterator_age", "latency") for statistic in ("p50", "p99", "max")),
    *(f"{part}_mean_s" for part in PARTS),
)  # fmt: skip
READ_BY_SHARD: Final = (
    "processed_records", "iterator_age_max_s", "get_records_calls", "get_records_refused", "polls_skipped",
    "lane_busy_mean", "lane_busy_max",
)  # fmt: skip


def percentile_name(percent: float) -> str:
    """p50, p99.9, p100."""
    return f"p{percent:g}"


def backlog(stream: StreamMeasures, measures: MappingMeasures, skipped: int, rows: int) -> Floats:
    """Records accepted and not yet ended at the end of each row; those before the starting position are left out."""
    accepted = stream.accepted_before + np.cumsum(stream.accepted.upto(rows))
    return accepted - np.minimum(accepted, skipped) - np.cumsum(measures.ended.upto(rows))


def timeseries(result: Result) -> pd.DataFrame:
    """One row an interval and mapping; incoming columns are those of the mapping's stream.

    A stream that no mapping reads has rows of its own, with an empty mapping.
    """
    import pandas as pd

    rows, interval = result.rows, result.measures.interval_s
    tables = [
        pd.DataFrame(
            {
                "time_s": np.arange(rows) * interval,
                "mapping": mapping.name if mapping else "",
                "stream": stream,
                **_written(result, stream, rows),
                **(_read(result, mapping, rows) if mapping else {}),
            }
        )
        for stream, mapping in _readers(result)
    ]
    return _together(tables, READ)


def _readers(result: Result) -> list[tuple[str, MappingResult | None]]:
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
    return column.endswith("_records") or column in COUNTS


def _written(result: Result, name: str, rows: int) -> dict[str, Floats]:
    stream = result.measures.streams[name]
    return {
        "produced_records": stream.produced.upto(rows),
        "accepted_records": stream.accepted.upto(rows),
        "accepted_bytes": stream.accepted_bytes.upto(rows),
        "write_throttled_records": stream.throttled.upto(rows),
    }


def _read(result: Result, mapping: MappingResult, rows: int) -> dict[str, Floats]:
    interval, mine = result.measures.interval_s, mapping.measures
    stream, function = result.measures.streams[mapping.stream], result.measures.functions[mapping.function]
    ages = mine.age_rows.percentiles_s(rows, SERIES_PERCENTILES)
    latencies = mine.latency_rows.percentiles_s(rows, SERIES_PERCENTILES)
    peak_latency, peak_age = mine.latency_peaks.upto(rows), mine.age_peaks.upto(rows)
    processed = mine.processed.upto(rows)
    return {
        "processed_records": processed,
        **{f"{name}_records": mine.lost[i].upto(rows) for i, name in enumerate(LOSSES)},
        "done_again_records": mine.done_again.upto(rows),
        "backlog_records": backlog(stream, mine, mapping.ends.skipped, rows),
        "attempts": mine.attempts.upto(rows),
        "errors": mine.errors.upto(rows),
        "throttles": mine.throttles.upto(rows),
        "function_concurrency_mean": function.busy_s.upto(rows) / interval,
        "function_concurrency_max": np.nan_to_num(function.peaks.upto(rows)),
        "iterator_age_p50_s": np.minimum(ages[:, 0], peak_age),
        "iterator_age_p99_s": np.minimum(ages[:, 1], peak_age),
        "iterator_age_max_s": peak_age,
        "latency_p50_s": np.minimum(latencies[:, 0], peak_latency),
        "latency_p99_s": np.minimum(latencies[:, 1], peak_latency),
        "latency_max_s": peak_latency,
        **{
            f"{part}_mean_s": np.divide(s.upto(rows), processed, out=np.full(rows, np.nan), where=processed > 0)
            for part, s in zip(PARTS, mine.part_rows, strict=True)
        },
    }


def latency(result: Result) -> pd.DataFrame:
    """Long form: mapping, measure, statistic, value_s."""
    import pandas as pd

    rows = []
    for mapping in result.mappings:
        mine = mapping.measures
        for name, histogram in (
            ("latency", mine.latency), ("iterator_age", mine.age), ("iterator_age_at_send", mine.age_at_send)
        ):  # fmt: skip
            rows += [(mapping.name, name, percentile_name(p), histogram.percentile_s(p)) for p in PERCENTILES]
            rows.append((mapping.name, name, "mean", histogram.mean_s))
        rows += [(mapping.name, "latency_part", part, mean) for part, mean in mapping.parts_mean_s.items()]
    return pd.DataFrame(rows, columns=["mapping", "measure", "statistic", "value_s"])


def shards(result: Result) -> pd.DataFrame:
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


def _written_by_shard(result: Result, name: str) -> dict[str, Floats | Integers]:
    stream = result.measures.streams[name]
    records = stream.records_by_shard
    return {
        "shard": np.arange(stream.shards),
        "accepted_records": records,
        "accepted_bytes": stream.bytes_by_shard,
        "part_of_stream": records / max(1, records.sum()),
        "busiest_interval_records_per_s": stream.load.max(axis=0, initial=0) / result.measures.interval_s,
        "write_throttled_records": stream.throttled_by_shard,
    }


def _read_by_shard(result: Result, mapping: MappingResult) -> dict[str, Floats | Integers | list[int]]:
    mine = mapping.measures
    lanes = mine.busy_s.reshape(mine.mapping.shards, -1) / result.end_s
    return {
        "processed_records": mine.processed_by_shard,
        "iterator_age_max_s": mine.age_by_shard,
        "get_records_calls": _of_pollers(mine, "calls"),
        "get_records_refused": _of_pollers(mine, "refused"),
        "polls_skipped": _of_pollers(mine, "skipped"),
        "lane_busy_mean": lanes.mean(axis=1),
        "lane_busy_max": lanes.max(axis=1),
    }


def _of_pollers(measures: MappingMeasures, name: str) -> list[int]:
    """A count of each shard's poller; 0 for a pushed mapping."""
    mapping = measures.mapping
    return [getattr(poller, name) for poller in mapping.pollers] or [0] * mapping.shards


def incidents(result: Result) -> pd.DataFrame:
    """One row an incident and mapping."""
    import pandas as pd

    found = [incident.as_dict() for mapping in result.mappings for incident in mapping.incidents]
    return pd.DataFrame(found, columns=list(Incident.__dataclass_fields__))


def bill(result: Result) -> pd.DataFrame:
    """One row an item of the bill and what it is for."""
    import pandas as pd

    return pd.DataFrame([asdict(item) for item in result.bill.items], columns=list(Item.__dataclass_fields__))


def shard_load(result: Result, stream: str, rows: int = 120) -> pd.DataFrame:
    """Accepted records a second by time and shard: one row an interval, at most `rows`, one column a shard."""
    import pandas as pd

    load = result.measures.streams[stream].load
    wanted = -(-max(result.rows, len(load)) // rows)
    missing = max(result.rows - len(load), 0)  # after the last record
    missing += -(len(load) + missing) % wanted
    padded = np.concatenate((load, np.zeros((missing, load.shape[1]), load.dtype)))
    interval = wanted * result.measures.interval_s
    rates = padded.reshape(-1, wanted, load.shape[1]).sum(axis=1) / interval
    table = pd.DataFrame(rates, columns=[f"shard_{j}" for j in range(load.shape[1])])
    table.insert(0, "time_s", np.arange(len(rates)) * interval)
    return table
