"""What a shard accepts, and when (docs/model.md, section 3).

Each limit is a token bucket of one second of its rate, in the form of the generic cell rate algorithm: T is the time at
which the bucket would be full again. T is kept exactly, in ticks: a record costs a whole number of nanoseconds of the
record limit, and a byte 10^9 / 2^20 ns = 1,953,125 / 2,048 ns of the byte limit. So nothing accumulates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.nanoseconds import NEVER, NS

Integers = NDArray[np.int64]
RECORDS_PER_S: Final = 1000.0
BYTES_PER_S: Final = float(2**20)
HARMLESS_BYTES: Final = int(BYTES_PER_S / RECORDS_PER_S)  # records this small meet the record limit first, always
LONGEST_NS: Final = 1 << 49  # of a window (6.5 days), and
MOST_BYTES: Final = 1 << 39  # in one: then ticks stay within 64 bits


@dataclass(frozen=True)
class Limit:
    """A limit of a shard, in ticks of 1 / `ticks_a_ns` ns: each unit of it takes `ticks_a_unit`."""

    ticks_a_ns: int
    ticks_a_unit: int

    @property
    def burst(self) -> int:
        """What the bucket holds: a second."""
        return NS * self.ticks_a_ns


RECORDS: Final = Limit(1, 1_000_000)
BYTES: Final = Limit(2048, 1_953_125)


@dataclass(frozen=True)
class Bucket:
    """When a bucket is full again: so many nanoseconds, and ticks (less than one nanosecond) behind them."""

    full_ns: int = -NEVER
    ticks: int = 0


def conforming(limit: Limit, arrival_ns: Integers, units: Integers, bucket: Bucket) -> tuple[Integers, Bucket]:
    """When each arrival of one window is let through, and the bucket after the last. At least one arrival, in order.

    T_k = max(arrival_k, T_(k-1)) + cost_k, unrolled: T_k = S_k + max over j <= k of (arrival_j - S_(j-1)), with S the
    sum of the costs. Ticks are counted from the first arrival; where T lies far behind all arrivals of a window, the
    excess is left out, and added at the end.
    """
    base_ns = int(arrival_ns[0])
    cost = units * limit.ticks_a_unit
    spent = np.cumsum(cost)
    ahead = (arrival_ns - base_ns) * limit.ticks_a_ns - (spent - cost)
    if bucket.full_ns >= base_ns:
        far_ns = max(0, bucket.full_ns - base_ns - LONGEST_NS)
        base_ns += far_ns
        ahead[0] = max(int(ahead[0]), (bucket.full_ns - base_ns) * limit.ticks_a_ns + bucket.ticks)
    full = np.maximum.accumulate(ahead) + spent
    through = full - np.maximum(limit.burst, cost)
    let_in_ns = np.maximum(arrival_ns, base_ns + (through + limit.ticks_a_ns // 2) // limit.ticks_a_ns)
    last_ns, ticks = divmod(int(full[-1]), limit.ticks_a_ns)
    return let_in_ns, Bucket(base_ns + last_ns, ticks)


def at_once(limit: Limit, arrival_ns: int, units: int, bucket: Bucket) -> tuple[int, Bucket]:
    """`conforming` for a single arrival."""
    cost = units * limit.ticks_a_unit
    full = max(0, (bucket.full_ns - arrival_ns) * limit.ticks_a_ns + bucket.ticks) + cost  # from the arrival on
    through = full - max(limit.burst, cost)
    waits_ns, (full_ns, ticks) = (through + limit.ticks_a_ns // 2) // limit.ticks_a_ns, divmod(full, limit.ticks_a_ns)
    return max(arrival_ns, arrival_ns + waits_ns), Bucket(arrival_ns + full_ns, ticks)


@dataclass
class ShardWrites:
    """The two buckets of a shard."""

    records: Bucket = Bucket()
    bytes: Bucket = Bucket()

    def retry(self, produced_ns: Integers, bytes_: Integers, any_large: bool) -> tuple[Integers, Integers]:
        """When the record limit lets each record in that queues at its producer, and when the byte limit does.

        `any_large`: some record of the stream exceeds HARMLESS_BYTES.
        """
        let_in_ns, self.records = conforming(RECORDS, produced_ns, np.ones_like(bytes_), self.records)
        if not any_large:
            return let_in_ns, let_in_ns
        accepted_ns, self.bytes = conforming(BYTES, let_in_ns, bytes_, self.bytes)
        return let_in_ns, accepted_ns

    def one_by_one(
        self, produced_ns: Integers, bytes_: Integers, drop: NDArray[np.bool_]
    ) -> tuple[Integers, Integers, NDArray[np.bool_]]:
        """The same where some producers drop what is not accepted at once; and which records are lost."""
        let_in_ns, accepted_ns, lost = produced_ns.copy(), produced_ns.copy(), np.zeros(len(produced_ns), bool)
        for k, (produced, size) in enumerate(zip(produced_ns.tolist(), bytes_.tolist(), strict=True)):
            let_in, records = at_once(RECORDS, produced, 1, self.records)
            accepted, of_bytes = at_once(BYTES, let_in, size, self.bytes)
            if accepted > produced and drop[k]:
                lost[k] = True
                continue
            self.records, self.bytes, let_in_ns[k], accepted_ns[k] = records, of_bytes, let_in, accepted
        return let_in_ns, accepted_ns, lost
