"""Where latency comes from: its parts, added up over the records of each attempt (docs/model.md, section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.lanes import Doings
from simulator.measures.times import Reading, Times, Window
from simulator.traffic.log import Integers

PARTS: Final = (
    "write_wait", "pickup", "queueing", "batching", "throttled", "retrying", "cold_start", "processing",
)  # fmt: skip


class PartsDoNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


@dataclass(frozen=True)
class Processed:
    """The records that a window's finished attempts have processed, attempt after attempt in order of finish."""

    finished_ns: Integers  # by attempt
    shard: Integers  # by attempt
    records: Integers  # by attempt: how many it has processed, never 0
    latency_ns: Integers  # by record
    warm: NDArray[np.bool_]  # by record: accepted after the warm-up


class Parts:
    """Latency and its parts of one mapping's processed records; exact.

    `records`, `sums_ns` (by part): of the records accepted after the warm-up.
    """

    records: int
    sums_ns: list[int]

    def __init__(self, reading: Reading, interval_ns: int, warmup_ns: int) -> None:
        """`warmup_ns`: records accepted before it are left out of `sums_ns` (not of the rows)."""
        raise NotImplementedError

    def observe(self, window: Window, times: Times, doings: Doings) -> Processed:
        """Take the attempts that finish in this window. Raises PartsDoNotAddUpError."""
        raise NotImplementedError

    def by_row_ns(self, rows: int) -> dict[str, list[int]]:
        """By part, the sums over the records processed in each of the first rows of the time series (row = finish //
        interval), of the warm-up too."""
        raise NotImplementedError
