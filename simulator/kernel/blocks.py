"""The measures that the kernel hands out: blocks of words, as kernel/c/measures/measured.h has them, by field."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.kernel.machine import Machine
from simulator.traffic.log import Integers

Block = NDArray[np.void]

SUM: Final = np.dtype([("high", "<i8"), ("low", "<i8")])  # high * 2**30 + low
CELL: Final = np.dtype([("integral", SUM), ("changes", "<i8")])
LEVEL_ROW: Final = np.dtype([("peak", "<i8"), ("cell", CELL)])
LEVEL: Final = np.dtype([(name, "<i8") for name in ("now", "peak")])
STREAM: Final = np.dtype(
    [
        *(
            (name, "<i8")
            for name in (
                "produced", "dropped", "throttled", "put_units", "kib", "load_interval_ns", "load_rows", "load_stride",
            )
        ),
        ("dropped_by_eighth", "<i8", 8),
    ]
)  # fmt: skip
STREAM_ROW: Final = np.dtype([(name, "<i8") for name in ("produced", "accepted", "accepted_bytes", "throttled")])
SHARD: Final = np.dtype(
    [
        (name, "<i8")
        for name in (
            "offered", "offered_bytes", "records", "bytes", "throttled", "busiest_records", "busiest_bytes",
            "second_ends_ns", "records_before", "bytes_before", "busiest_calls", "calls", "calls_second_ends_ns",
            "waiting",
        )
    ]
)  # fmt: skip
SPAN: Final = np.dtype(
    [
        ("parents", "<i8", 2),
        ("children", "<i8", 2),
        *((name, "<i8") for name in ("opens_ns", "closes_ns", "closed_by")),
        ("first", "<u8", 2),
        ("last", "<u8", 2),
    ]
)
REQUEST: Final = np.dtype(
    [
        (name, "<i8")
        for name in (
            "at_ns", "asker", "wants", "shards", "other", "part", "bits", "open_before", "open_after", "begun_ns",
            "done_ns", "refused",
        )
    ]
)  # fmt: skip
MAPPING: Final = np.dtype(
    [
        *(
            (name, "<i8")
            for name in (
                "attempts", "errors", "timeouts", "partial", "throttles", "cold_starts", "processed", "skipped",
                "dropped", "sent_to_destination", "expired", "filtered", "unprocessed", "backlog", "backlog_peak",
                "last_end_ns",
            )
        ),
        ("lag_ns", "<i8", 2),
        *((name, "<i8") for name in ("oldest_ns", "waiting_lanes", "stuck_lanes", "lost")),
        ("lost_as", "<i8", 3),
        ("nfailures", "<i8"),
        ("failures", "<i8", 4),
        ("by_failure", "<i8", 5),
        *(
            (name, "<i8")
            for name in (
                "unserved", "warm_records", "billed_on_demand_ms", "billed_provisioned_ms", "full_records",
                "all_records",
            )
        ),
        ("full", SUM),
        ("all", SUM),
        ("parts", SUM, 9),
        *((name, SUM) for name in ("lived", "stayed", "skipped_wait", "filtered_lived")),
    ]
)  # fmt: skip
MAPPING_ROW: Final = np.dtype(
    [
        *(
            (name, "<i8")
            for name in (
                "attempts", "errors", "throttles", "processed", "done_again", "dropped", "sent_to_destination",
                "expired", "filtered", "age_peak_ns", "latency_peak_ns", "backlog_peak", "backlog_changes",
                "lag_peak_ns",
            )
        ),
        ("latency_ns", "<f8", 2),
        ("age_ns", "<f8", 2),
        ("parts", SUM, 9),
        ("waiting", CELL, 25),
        ("filtered_waiting", CELL),
    ]
)  # fmt: skip
USUAL_ROW: Final = np.dtype([("age_peak_ns", "<i8")])
READER: Final = np.dtype(
    [(name, "<i8") for name in ("processed", "age_peak_ns", "calls", "refused", "skipped", "bytes", "finished_ns")]
)
OTHER_ROW: Final = np.dtype(
    [(name, "<i8") for name in ("calls", "refused", "skipped", "records", "bytes", "lag_peak_ns")]
)
OTHER_READS: Final = np.dtype([(name, "<i8") for name in ("calls", "refused", "skipped", "bytes")])
LANE: Final = np.dtype([(name, "<i8") for name in ("busy_ns", "worked_ns", "accepted", "processed")])
WASTED: Final = np.dtype([("records", "<i8"), ("on_demand", SUM), ("provisioned", SUM)])
HISTOGRAM: Final = np.dtype(
    [("n", "<i8"), ("least_ns", "<i8"), ("greatest_ns", "<i8"), ("sum", SUM), ("counts", "<i8", 12801)]
)
EIGHTHS: Final = np.dtype([("lost", "<i8", 8), ("counts", "<i8", (8, 12801))])
EPISODE: Final = np.dtype(
    [
        (name, "<i8")
        for name in (
            "begin_ns", "end_ns", "peak_ns", "delayed", "done_again", "lost", "sent_to_destination", "first_loss_ns",
        )
    ]
)  # fmt: skip
WORD: Final = np.dtype("<i8")

_KINDS: Final = {  # of the thing that a block belongs to: the first number, and the blocks
    "stream": (0, (STREAM, STREAM_ROW, SHARD, WORD, LEVEL, LEVEL_ROW, SPAN, REQUEST)),
    "function": (8, (LEVEL, LEVEL_ROW, LEVEL)),
    "mapping": (
        16,
        (
            MAPPING, MAPPING_ROW, USUAL_ROW, CELL, READER, LANE, WASTED, HISTOGRAM, HISTOGRAM, HISTOGRAM, HISTOGRAM,
            EPISODE, EIGHTHS,
        ),
    ),
    "other reader": (32, (OTHER_ROW, OTHER_READS)),
}  # fmt: skip


@dataclass(frozen=True)
class OfStream:
    """The measures of a stream."""

    totals: Block
    rows: Block
    shards: Block
    load: Integers
    unwritten: Block
    unwritten_rows: Block
    spans: Block
    requests: Block


@dataclass(frozen=True)
class OfFunction:
    """The measures of a function."""

    concurrency: Block
    rows: Block
    wanted: Block  # of the pool that it takes from


@dataclass(frozen=True)
class OfMapping:
    """The measures of a mapping."""

    totals: Block
    rows: Block
    usual_rows: Block
    usual_waiting: Block  # empty if the usual rows are the rows
    readers: Block
    lanes: Block
    wasted: Block
    latency: Block
    age: Block
    age_at_send: Block
    left: Block
    episodes: Block
    eighths: Block


@dataclass(frozen=True)
class OfOtherReader:
    """The measures of another reader."""

    rows: Block
    reads: Block


@dataclass(frozen=True)
class Blocks:
    """All measures of a run that is over, as words; they are copied when they are asked for."""

    machine: Machine

    def stream(self, number: int) -> OfStream:
        """Those of one of the scenario's streams."""
        return OfStream(*self._of("stream", number))

    def function(self, number: int) -> OfFunction:
        """Those of one of its functions."""
        return OfFunction(*self._of("function", number))

    def mapping(self, number: int) -> OfMapping:
        """Those of one of its mappings."""
        return OfMapping(*self._of("mapping", number))

    def other_reader(self, number: int) -> OfOtherReader:
        """Those of one of its other readers."""
        return OfOtherReader(*self._of("other reader", number))

    def _of(self, thing: str, number: int) -> list[Any]:
        first, dtypes = _KINDS[thing]
        return [self.machine.block(first + kind, number).view(dtype) for kind, dtype in enumerate(dtypes)]


def whole(sums: Any) -> Any:
    """Sums as Python's integers: an array of objects, or one of them."""
    high, low = sums["high"].astype(object), sums["low"].astype(object)
    return high * np.array(1 << 30, object) + low


def layouts() -> dict[str, tuple[int, dict[str, np.dtype[Any]]]]:
    """Of each thing that blocks belong to: the number of the first kind, and the rows of each by its field's name."""
    of = {"stream": OfStream, "function": OfFunction, "mapping": OfMapping, "other reader": OfOtherReader}
    return {
        thing: (_KINDS[thing][0], dict(zip((each.name for each in fields(named)), _KINDS[thing][1], strict=True)))
        for thing, named in of.items()
    }
