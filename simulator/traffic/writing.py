"""What shards accept of what producers offer, and when, while some of them close (docs/model.md, sections 3 and 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.log import Integers
from simulator.traffic.moved import Moved
from simulator.traffic.offered import Offered, in_order, rows_by_shard
from simulator.traffic.partition_keys import Keys
from simulator.traffic.shard_map import ShardMap, above
from simulator.traffic.shards import Shard
from simulator.traffic.write_limits import ShardWrites


class Writing:
    """The write limits of a stream's shards."""

    def __init__(self, keys: Sequence[Keys], any_large: bool) -> None:
        """`keys`: of each producer; `any_large`: some record of the stream exceeds HARMLESS_BYTES."""
        self._keys, self._any_large = keys, any_large
        self._limits: list[ShardWrites] = []
        self.moved = Moved()

    def write(
        self, held: Offered, new: Offered, shards: Sequence[Shard], closing: Sequence[Shard]
    ) -> tuple[Offered, NDArray[np.bool_], NDArray[np.bool_]]:
        """When records are accepted: those held, and new ones; both in order of shard. `closing`: shards that close.

        All that are not lost, with their times, in order of shard; which of the new ones have to wait, or are lost.
        """
        self._limits += [ShardWrites() for _ in shards[len(self._limits) :]]
        stretch = _Stretch(held, new)
        due = {shard.number: shard for shard in closing}
        held_rows = rows_by_shard(held.shard, len(shards)) if due else {}
        new_rows = rows_by_shard(new.shard, len(shards))
        heirs: dict[int, list[Shard]] = {}
        for child in shards[min(due) :] if due else ():
            for parent in child.parents:
                heirs.setdefault(parent, []).append(child)
        children = (child.number for parent in due for child in heirs[parent])
        for number in sorted({*new_rows, *due, *children}):
            mine = [self._write_moved(stretch, shards[number])]
            if number in new_rows:
                mine.append(self._write_new(stretch, number, new_rows[number]))
            if number in due:
                waiting = held_rows.get(number, slice(0, 0))
                mine.append(np.arange(waiting.start, waiting.stop))
                self._move(stretch, np.concatenate(mine), due[number], heirs[number])
        return stretch.left(len(shards)), stretch.late, stretch.lost

    def _write_new(self, stretch: _Stretch, number: int, rows: slice) -> Integers:
        """New records of a shard, each as it is produced."""
        of, limits = stretch.of, self._limits[number]
        here = slice(stretch.held + rows.start, stretch.held + rows.stop)
        produced, sizes, drop = of.records.produced_ns[here], of.records.bytes[here], of.drop[here]
        before = replace(limits)
        stretch.let_in_ns[here], stretch.accepted_ns[here] = limits.retry(produced, sizes, self._any_large)
        if (drop & (stretch.accepted_ns[here] > produced)).any():
            self._limits[number] = before
            found = before.one_by_one(produced, sizes, drop)
            stretch.let_in_ns[here], stretch.accepted_ns[here], stretch.lost[rows] = found
        stretch.late[rows] = stretch.accepted_ns[here] > produced
        return np.arange(here.start, here.stop)[~stretch.lost[rows]]

    def _write_moved(self, stretch: _Stretch, shard: Shard) -> Integers:
        """Records that have waited for a parent, all at once when the child opens, in order of production."""
        rows = np.concatenate(stretch.moved.pop(shard.number, [np.empty(0, np.int64)]))
        if len(rows):
            rows = rows[np.argsort(stretch.of.records.number[rows])]
            since_ns, sizes = np.full(len(rows), shard.opens_ns), stretch.of.records.bytes[rows]
            times = self._limits[shard.number].retry(since_ns, sizes, self._any_large)
            stretch.let_in_ns[rows], stretch.accepted_ns[rows] = times
        return rows

    def _move(self, stretch: _Stretch, rows: Integers, shard: Shard, children: Sequence[Shard]) -> None:
        """What a shard has not accepted when it closes waits for its children."""
        assert shard.closes_ns is not None
        rows = rows[stretch.accepted_ns[rows] >= shard.closes_ns]
        if not len(rows):
            return
        stretch.any_moved = True
        self.moved.note(stretch.of.records.number[rows], stretch.let_in_ns[rows], shard.closes_ns)
        for number, keys in enumerate(self._keys):
            mine = rows[stretch.of.origin["producer"][rows] == number]
            draws = stretch.of.origin["draw"][mine]
            upper = above(children[-1], keys, draws)
            for child, some in zip(children, (~upper, upper) if len(children) > 1 else (slice(None),), strict=True):
                stretch.shard[mine[some]] = child.number
                for lanes, lane in stretch.lane.items():
                    lane[mine[some]] = ShardMap.lane_in(child, keys, draws[some], lanes)
                stretch.moved.setdefault(child.number, []).append(mine[some])


class _Stretch:
    """Records that are written in a stretch of time: columns that change, and what came of the new ones."""

    def __init__(self, held: Offered, new: Offered) -> None:
        self.held, self.of = len(held), held.then(new) if len(held) else new
        self.let_in_ns, self.accepted_ns = self.of.records.let_in_ns.copy(), self.of.records.accepted_ns.copy()
        self.shard = self.of.shard.copy() if self.of.origin else self.of.shard
        self.lane = {lanes: lane.copy() if self.of.origin else lane for lanes, lane in self.of.records.lane.items()}
        self.late, self.lost = np.zeros(len(new), bool), np.zeros(len(new), bool)
        self.moved: dict[int, list[Integers]] = {}  # by child
        self.any_moved = False

    def left(self, shards: int) -> Offered:
        """Those that are not lost, as they are now, in order of shard and acceptance."""
        times = replace(self.of.records, let_in_ns=self.let_in_ns, accepted_ns=self.accepted_ns, lane=self.lane)
        all_ = replace(self.of, records=times, shard=self.shard)
        left = all_.where(np.concatenate((np.ones(self.held, bool), ~self.lost)) if self.held else ~self.lost)
        if self.any_moved:  # a shard accepts in order of production
            return left.rows(np.lexsort((left.records.number, left.shard)))
        return in_order(left, shards) if self.held else left
