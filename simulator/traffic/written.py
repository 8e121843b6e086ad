"""What happened at the writing end of a stream in one window of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Integers


@dataclass(frozen=True)
class Produced:
    """Records that producers offered, one row each, in order of shard, then of production."""

    produced_ns: Integers
    shard: Integers
    bytes: Integers
    throttled: NDArray[np.bool_]  # it had to wait, or was dropped: one WriteProvisionedThroughputExceeded
    dropped: NDArray[np.bool_]  # lost at write


@dataclass(frozen=True)
class Waiting:
    """Records that wait at their producers when the window ends, in order of shard, then of acceptance."""

    produced_ns: Integers
    let_in_ns: Integers  # when the record limit lets it in, perhaps later than the window
    accepted_ns: Integers  # at or after the window's end
    bytes: Integers
    shard: Integers


@dataclass(frozen=True)
class Written:
    """One window of a stream. What was accepted stands in the shards' logs, from `accepted_from` on."""

    produced: Produced
    waiting: Waiting
    accepted_from: list[int]  # by shard: the place of the first record that was accepted in this window
