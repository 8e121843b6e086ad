"""What a shard accepts, and when (docs/model.md, section 3).

Each limit is a token bucket of one second of its rate, in the form of the generic cell rate algorithm: T is the time at
which the bucket would be full again.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RECORDS_PER_S = 1000.0
BYTES_PER_S = float(2**20)
BURST_S = 1.0
TOLERANCE_S = 1e-9
RECORD_COST_S = 1 / RECORDS_PER_S
HARMLESS_BYTES = int(BYTES_PER_S / RECORDS_PER_S)  # records this small meet the record limit first, always


@dataclass(slots=True)
class ShardWrites:
    """The two buckets of a shard: when each is full again."""

    records_full_s: float = -np.inf
    bytes_full_s: float = -np.inf

    def retry(self, produced_s: Floats, bytes_: NDArray[np.int64] | int | None) -> Floats:
        """Acceptance times of records that queue at their producer until both limits let them in.

        `bytes_` is None for a stream none of whose records exceeds HARMLESS_BYTES.
        """
        accepted, self.records_full_s = conforming(produced_s, RECORD_COST_S, self.records_full_s)
        if bytes_ is not None:
            accepted, self.bytes_full_s = conforming(accepted, bytes_ / BYTES_PER_S, self.bytes_full_s)
        return accepted

    def one_by_one(
        self, produced_s: Floats, bytes_: NDArray[np.int64] | int, drop: NDArray[np.bool_]
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Acceptance times where some producers drop what is not accepted at once, and which records are lost."""
        costs = np.broadcast_to(np.asarray(bytes_) / BYTES_PER_S, len(produced_s)).tolist()
        accepted, lost = produced_s.copy(), np.zeros(len(produced_s), bool)
        for k, (produced, cost, drops) in enumerate(zip(produced_s.tolist(), costs, drop.tolist(), strict=True)):
            records_full = max(produced, self.records_full_s) + RECORD_COST_S
            by_records = max(produced, records_full - BURST_S)
            bytes_full = max(by_records, self.bytes_full_s) + cost
            at = max(by_records, bytes_full - max(BURST_S, cost))
            if at - produced <= TOLERANCE_S:
                at = produced
            elif drops:
                lost[k] = True
                continue
            self.records_full_s, self.bytes_full_s, accepted[k] = records_full, bytes_full, at
        return accepted, lost


def conforming(arrival_s: Floats, cost_s: Floats | float, full_s: float) -> tuple[Floats, float]:
    """When each arrival is let through (`arrival_s` itself if none waits), and when the bucket is full after the last.

    T_k = max(arrival_k, T_(k-1)) + cost_k, unrolled: T_k = S_k + max over j <= k of (arrival_j - S_(j-1)), with S the
    sum of the costs.
    """
    spent_before = _multiples(cost_s, len(arrival_s)) if isinstance(cost_s, float) else np.cumsum(cost_s) - cost_s
    ahead = arrival_s - spent_before
    furthest = ahead.copy()
    furthest[0] = max(furthest[0], full_s)
    np.maximum.accumulate(furthest, out=furthest)
    missing = furthest - ahead  # T_k - cost_k - arrival_k: what the bucket lacks, in seconds
    last_cost = cost_s if isinstance(cost_s, float) else float(cost_s[-1])
    last = float(arrival_s[-1] + missing[-1]) + last_cost
    spare = np.maximum(BURST_S - cost_s, 0.0)
    if (missing <= spare + TOLERANCE_S).all():
        return arrival_s, last
    return np.where(missing > spare + TOLERANCE_S, arrival_s + missing - spare, arrival_s), last


def _multiples(cost_s: float, n: int) -> Floats:
    return _many_multiples(cost_s, n.bit_length())[:n]


@cache
def _many_multiples(cost_s: float, bits: int) -> Floats:
    return np.arange(1 << bits, dtype=np.float64) * cost_s
