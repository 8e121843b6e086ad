"""What happened at the writing end of a stream in one window of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Columns, Integers
from simulator.traffic.requests import Request


@dataclass(frozen=True)
class Produced:
    """Records that producers offered, one row each, in order of shard, then of production."""

    produced_ns: Integers
    shard: Integers
    bytes: Integers
    throttled: NDArray[np.bool_]  # it had to wait, or was dropped: one WriteProvisionedThroughputExceeded
    dropped: NDArray[np.bool_]  # lost at write

    @staticmethod
    def together(parts: Sequence[Produced]) -> Produced:
        """What producers offered in several stretches of time, one after the other."""
        if len(parts) == 1:
            return parts[0]
        columns = [np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Produced)]
        order = by_shard(columns[1])
        return Produced(*(column[order] for column in columns))


@dataclass(frozen=True)
class Waiting:
    """Records that wait at their producers when the window ends, in order of shard, then of acceptance."""

    produced_ns: Integers
    let_in_ns: Integers  # when the record limit lets it in, perhaps later than the window
    accepted_ns: Integers  # at or after the window's end
    bytes: Integers
    shard: Integers


@dataclass(frozen=True)
class ByteWaits:
    """Stretches of time in which records waited for the byte limit of a shard that closed before it let them in.

    They waited on for a child; `let_in_ns` of a record is of the shard that has accepted it, or will.
    """

    records: Columns  # one row each
    begin_ns: Integers
    end_ns: Integers


@dataclass(frozen=True)
class Written:
    """One window of a stream. What was accepted stands in the shards' logs, from `accepted_from` on."""

    produced: Produced
    waiting: Waiting
    accepted_from: list[int]  # by shard: the place of the first record that was accepted in this window
    moved: ByteWaits | None = None  # of records accepted in this window
    moved_waiting: ByteWaits | None = None  # of those that wait when it ends
    requests: Sequence[Request] = ()  # to change the shards: what is known of them so far


def by_shard(shard: Integers) -> Integers:
    """The order that puts records in order of shard, and leaves those of a shard in theirs."""
    few = shard.astype(np.uint16) if shard.max(initial=0) < 1 << 16 else shard  # they are sorted without comparing
    return np.argsort(few, kind="stable")
