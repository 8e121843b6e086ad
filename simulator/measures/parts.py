"""Where latency comes from: its parts, added up over the records of each attempt (docs/model.md, section 8)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.records import Processed

Floats = NDArray[np.float64]

PARTS: Final = (
    "write_wait", "pickup", "queueing", "batching", "throttled", "retrying", "cold_start", "processing",
)  # fmt: skip
TOLERANCE_S: Final = 1e-6


class PartsDoNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


def parts_s(processed: Processed, batching_s: Floats) -> Floats:
    """One row an attempt, one column a part: seconds, added up over the records that the attempt processed.

    `batching_s`: that part, by attempt.

    Raises PartsDoNotAddUpError if they do not add up to the latencies, or one is negative.
    """
    column, n = processed.attempts.column, processed.records
    produced = processed.sums(processed.produced_s)
    accepted = produced if processed.accepted_s is processed.produced_s else processed.sums(processed.accepted_s)
    cut, begun = column("first_cut_s"), column("begun_s")
    queueing = n * column("busy_s") - processed.sums(processed.busy_s)
    parts = np.column_stack(
        (
            accepted - produced,
            n * cut - accepted - queueing - batching_s,
            queueing,
            batching_s,
            n * column("throttled_s"),
            n * (begun - cut - column("throttled_s")),
            n * column("cold_start_s"),
            n * (column("finished_s") - begun - column("cold_start_s")),
        )
    )
    _check(parts, n, processed.sums(processed.latency_s))
    return parts


def _check(parts: Floats, records: NDArray[np.int64], latency: Floats) -> None:
    allowed = TOLERANCE_S * records
    wrong = (np.abs(parts.sum(axis=1) - latency) > allowed) | (parts < -allowed[:, None]).any(axis=1)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        shown = ", ".join(f"{name} {value:.6f}" for name, value in zip(PARTS, parts[first], strict=True))
        raise PartsDoNotAddUpError(f"{records[first]} latencies: {latency[first]:.6f} s; their parts: {shown}")
