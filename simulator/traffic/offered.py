"""Records that producers offer to the shards of a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Columns, Integers
from simulator.traffic.written import by_shard


@dataclass(frozen=True)
class Offered:
    """Records that producers offer to the shards of a stream, with what is decided at their production."""

    records: Columns  # accepted as produced, as long as no limit has spoken
    shard: Integers
    drop: NDArray[np.bool_]
    origin: dict[str, NDArray[Any]] = field(
        default_factory=dict
    )  # where shards change: `producer`, and `draw` of a key

    def __len__(self) -> int:
        return len(self.shard)

    def rows(self, which: NDArray[np.generic] | slice) -> Offered:
        """Some of them."""
        origin = {name: column[which] for name, column in self.origin.items()}
        return Offered(self.records.rows(which), self.shard[which], self.drop[which], origin)

    def where(self, those: NDArray[np.bool_]) -> Offered:
        """Some of them, or all."""
        return self if those.all() else self.rows(those)

    def then(self, *more: Offered) -> Offered:
        """These, and more behind them."""
        if not more:
            return self
        return Offered(
            self.records.then(*(each.records for each in more)),
            np.concatenate((self.shard, *(each.shard for each in more))),
            np.concatenate((self.drop, *(each.drop for each in more))),
            {name: np.concatenate((of, *(each.origin[name] for each in more))) for name, of in self.origin.items()},
        )


def in_order(offered: Offered, shards: int) -> Offered:
    """The same records, in order of shard, of so many; those of a shard stay in theirs."""
    return offered if shards == 1 else offered.rows(by_shard(offered.shard))


def rows_by_shard(shard: Integers, shards: int) -> dict[int, slice]:
    """Of rows in order of shard, the rows of each that has some, of so many."""
    starts = np.searchsorted(shard, np.arange(shards + 1))
    some = np.flatnonzero(np.diff(starts)).tolist()
    return {j: slice(int(starts[j]), int(starts[j + 1])) for j in some}
