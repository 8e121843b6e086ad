"""What a shard accepts, and when (docs/model.md, section 3).

Each limit is a token bucket of one second of its rate, in the form of the generic cell rate algorithm: T is the time at
which the bucket would be full again.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RECORDS_PER_S = 1000.0
BYTES_PER_S = float(2**20)
BURST_S = 1.0
TOLERANCE_S = 1e-9
RECORD_COST_S = 1 / RECORDS_PER_S
HARMLESS_BYTES = int(BYTES_PER_S / RECORDS_PER_S)  # records this small meet the record limit first, always
BLOCK = 64  # rows that are looked at as one
ROUNDINGS = 4  # of sums in far_from_full: more than are made


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


class StreamWrites:
    """The buckets of all shards of a stream."""

    def __init__(self, shards: int) -> None:
        self._full_s = np.full((2, shards), -np.inf)  # of records, of bytes

    def let_pass(self, produced_s: Floats, bytes_: NDArray[np.int64] | int | None, starts: Integers) -> list[int]:
        """Accept at once the records of the shards in which surely none has to wait; the other shards with records.

        Rows `starts[j]` to `starts[j + 1]` are shard j's, at least one in all; `bytes_` is as for ShardWrites.retry.
        """
        shards = np.flatnonzero(np.diff(starts))
        costs_s: list[Floats | float] = [RECORD_COST_S] if bytes_ is None else [RECORD_COST_S, bytes_ / BYTES_PER_S]
        then = [
            far_from_full(produced_s, cost_s, starts[shards], full_s[shards])
            for cost_s, full_s in zip(costs_s, self._full_s, strict=False)
        ]
        calm = np.logical_and.reduce([far for far, _ in then])
        for full_s, (_, full_then_s) in zip(self._full_s, then, strict=False):
            full_s[shards[calm]] = full_then_s[calm]
        return shards[~calm].tolist()  # type: ignore[no-any-return]

    def of(self, shard: int) -> ShardWrites:
        """The buckets of one shard."""
        return ShardWrites(*self._full_s[:, shard].tolist())

    def put(self, shard: int, writes: ShardWrites) -> None:
        """Set the buckets of one shard."""
        self._full_s[:, shard] = writes.records_full_s, writes.bytes_full_s


def far_from_full(
    arrival_s: Floats, cost_s: Floats | float, starts: Integers, full_s: Floats
) -> tuple[NDArray[np.bool_], Floats]:
    """For each of several buckets whether surely no arrival waits; and if so, when it is full after the last.

    Rows from `starts[i]` on are for bucket i, which was to be full at `full_s[i]`. It is `conforming` for all of them
    at once, told from the extremes of blocks of rows: a row lacks at most the greatest `ahead` of the blocks before its
    own, less the least of its own, or else what its own block costs.
    """
    spent_before = _spent_before(cost_s, len(arrival_s))
    ahead = arrival_s - spent_before  # but for a constant of each bucket
    ends = np.append(starts[1:], len(ahead))
    many = -(-(ends - starts) // BLOCK)  # blocks of each bucket
    first = np.cumsum(many) - many
    blocks = np.repeat(starts - BLOCK * first, many) + BLOCK * np.arange(many.sum())
    greatest, least = np.maximum.reduceat(ahead, blocks), np.minimum.reduceat(ahead, blocks)
    before = np.append(0.0, greatest[:-1])
    before[first] = full_s - spent_before[starts]
    apart = np.arange(len(starts)) * (max(before.max(), greatest[-1]) - least.min())  # no bucket sees the one before it
    apart_by_block = np.repeat(apart, many)
    missing = np.maximum.accumulate(before + apart_by_block) - apart_by_block - least
    spare = max(BURST_S - np.max(cost_s), 0.0) - ROUNDINGS * np.spacing(apart[-1])
    far = np.maximum(np.maximum.reduceat(missing, first), BLOCK * np.max(cost_s)) <= spare
    furthest = np.maximum(np.maximum.reduceat(greatest, first), before[first])
    last = ends - 1
    last_cost_s = cost_s if isinstance(cost_s, float) else cost_s[last]
    return far, arrival_s[last] + (furthest - ahead[last]) + last_cost_s


def conforming(arrival_s: Floats, cost_s: Floats | float, full_s: float) -> tuple[Floats, float]:
    """When each arrival is let through (`arrival_s` itself if none waits), and when the bucket is full after the last.

    T_k = max(arrival_k, T_(k-1)) + cost_k, unrolled: T_k = S_k + max over j <= k of (arrival_j - S_(j-1)), with S the
    sum of the costs.
    """
    spent_before = _spent_before(cost_s, len(arrival_s))
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


def _spent_before(cost_s: Floats | float, n: int) -> Floats:
    if isinstance(cost_s, float):
        return _multiples(cost_s, n.bit_length())[:n]
    return np.cumsum(cost_s) - cost_s


@cache
def _multiples(cost_s: float, bits: int) -> Floats:
    return np.arange(1 << bits, dtype=np.float64) * cost_s
