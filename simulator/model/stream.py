"""A stream: what its producers write, shard by shard, a window of time at a time (docs/model.md, sections 2 and 3)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.model.log import Floats, Integers, Table
from simulator.model.poison import PoisonedRecords
from simulator.model.producer import Batch, Producer
from simulator.model.write_limits import HARMLESS_BYTES, TOLERANCE_S, StreamWrites
from simulator.scenario import spec
from simulator.scenario.expectations import largest
from simulator.scenario.spec import Constant

Columns = dict[str, NDArray[Any]]  # one row a record


@dataclass(frozen=True)
class Arrivals:
    """What came to a stream in one window."""

    produced_s: Floats  # of the records produced in the window, in no particular order
    tables: dict[int, Table]  # by lanes a shard: the records accepted in the window
    throttled_s: Floats  # production times of the records that had to wait or were dropped at write
    throttled_shard: Integers
    dropped: int


class Stream:
    """The shards of a stream and the producers that write to it."""

    def __init__(
        self,
        name: str,
        stream: spec.Stream,
        producers: list[Producer],
        lane_counts: set[int],
        poison: dict[str, PoisonedRecords],
    ) -> None:
        self.name, self.shards = name, stream.shards
        self.producers = producers
        self.poison = poison
        self._lane_counts = sorted(lane_counts - {1})
        self._writes = StreamWrites(stream.shards)
        self._logged = np.zeros(stream.shards, np.int64)  # records in each shard's log so far
        self.last_accepted_s = np.full(stream.shards, -np.inf)  # by shard
        self._held: Columns = {}  # records that wait at their producers: accepted after the window
        self._bytes = self._common_size()
        self._mixed = any(p.drop for p in producers)
        self._any_large = any(largest(p.spec.record_size) > HARMLESS_BYTES for p in producers)

    @property
    def held(self) -> int:
        """Records that wait at their producers, to be accepted after the window."""
        return len(self._held.get("accepted", ()))

    def write_lag_s(self, table: Table, now: float) -> float:
        """The age since its production of the oldest record that waits at its producer; 0 without one.

        `table`: the records accepted in the window that `now` lies in, by shard.
        """
        if table.accepted_s is table.produced_s and not self.held:
            return 0.0
        produced, accepted = [table.produced_s], [table.accepted_s]
        if self.held:
            produced.append(self._held["produced"])
            accepted.append(self._held["accepted"])
        waiting = [p[(p <= now) & (a > now)] for p, a in zip(produced, accepted, strict=True)]
        return max((now - float(p.min()) for p in waiting if len(p)), default=0.0)

    @property
    def accepted(self) -> int:
        """Records accepted so far."""
        return int(self._logged.sum())

    def advance(self, end_s: float) -> Arrivals:
        """All that happens at the writing end until `end_s`."""
        new = self._produce(end_s)
        produced = new["produced"]
        lost = self._write(new)
        late = lost | (new["accepted"] > produced + TOLERANCE_S) if new["accepted"] is not produced else lost
        throttled, throttled_shard = produced[late], new["shard"][late]
        if lost.any():
            new = _take(new, ~lost)
        ready = self._ready(new, end_s)
        self._strike(ready)
        return Arrivals(produced, self._tables(ready), throttled, throttled_shard, int(lost.sum()))

    def _common_size(self) -> int | None:
        """The size of all records, if there is only one."""
        sizes = {p.spec.record_size for p in self.producers if isinstance(p.spec.record_size, Constant)}
        if len(sizes) == 1 and all(isinstance(p.spec.record_size, Constant) for p in self.producers):
            return max(1, round(sizes.pop().value))
        return None if self.producers else 1

    def _produce(self, end_s: float) -> Columns:
        """New records, ordered by shard, then production; at one instant in the order of the file."""
        batches = [(p, p.until(end_s)) for p in self.producers]
        columns = [self._columns(producer, batch) for producer, batch in batches]
        if len(columns) == 1:
            merged = columns[0]
        elif columns:
            merged = {name: np.concatenate([c[name] for c in columns]) for name in columns[0]}
            merged = _take(merged, np.argsort(merged["produced"], kind="stable"))
        else:
            merged = self._no_columns()
        return merged if self.shards == 1 else self._by_shard(merged)

    def _by_shard(self, columns: Columns) -> Columns:
        """The same rows, ordered by shard."""
        shard = columns.pop("shard")
        ordered = _take(columns, np.argsort(shard, kind="stable"))
        records = np.bincount(shard, minlength=self.shards)
        return ordered | {"shard": np.repeat(np.arange(self.shards, dtype=shard.dtype), records)}

    def _no_columns(self) -> Columns:
        lanes = {f"lane of {lanes}": np.empty(0, np.uint8) for lanes in self._lane_counts}
        poison = {f"poison {function}": np.empty(0) for function in self.poison}
        return {"produced": np.empty(0), "shard": np.empty(0, np.uint16), **lanes, **poison}

    def _columns(self, producer: Producer, batch: Batch) -> Columns:
        n = len(batch)
        columns: Columns = {"produced": batch.produced_s, "shard": producer.keys.shard(batch.draws, self.shards)}
        if self._bytes is None:
            columns["bytes"] = np.broadcast_to(np.asarray(batch.bytes, np.int64), n)
        if self._mixed:
            columns["drop"] = np.full(n, producer.drop)
        for lanes in self._lane_counts:
            columns[f"lane of {lanes}"] = producer.keys.lane(batch.draws, self.shards, lanes)
        for function, poisoned in self.poison.items():
            columns[f"poison {function}"] = poisoned.strike_at_random(producer.spec.name, n)
        return columns

    def _write(self, new: Columns) -> NDArray[np.bool_]:
        """Add the column of acceptance times; the records lost at write."""
        produced = new["produced"]
        lost = np.zeros(len(produced), bool)
        new["accepted"] = produced
        if not len(produced):
            return lost
        starts = _starts(new["shard"], self.shards)
        sizes = new["bytes"] if self._bytes is None else self._bytes
        for shard in self._writes.let_pass(produced, sizes if self._any_large else None, starts):
            rows = slice(starts[shard], starts[shard + 1])
            accepted, lost_here = self._write_to_shard(shard, rows, new)
            if lost_here is not None:
                lost[rows] = lost_here
            if accepted is not None:
                if new["accepted"] is produced:
                    new["accepted"] = produced.copy()
                new["accepted"][rows] = accepted
        return lost

    def _write_to_shard(self, shard: int, rows: slice, new: Columns) -> tuple[Floats | None, NDArray[np.bool_] | None]:
        """Acceptance times and losses of a shard's new records; None for either where there is nothing to say."""
        writes, produced = self._writes.of(shard), new["produced"][rows]
        sizes = new["bytes"][rows] if self._bytes is None else self._bytes
        accepted = writes.retry(produced, sizes if self._any_large else None)
        lost = None
        if self._mixed and accepted is not produced:
            writes = self._writes.of(shard)
            accepted, lost = writes.one_by_one(produced, sizes, new["drop"][rows])
        self._writes.put(shard, writes)
        return None if accepted is produced else accepted, lost

    def _ready(self, new: Columns, end_s: float) -> Columns:
        """The records accepted before `end_s`, old and new; the others are held."""
        if self.held:
            both = {name: np.concatenate((self._held[name], new[name])) for name in new}
            new = self._by_shard(both)
        elif new["accepted"] is new["produced"]:
            return new
        ready = new["accepted"] < end_s
        self._held = _take(new, ~ready)
        return _take(new, ready)

    def _strike(self, ready: Columns) -> None:
        for function, poisoned in self.poison.items():
            poisoned.strike_at_times(ready["accepted"], ready[f"poison {function}"])

    def _tables(self, ready: Columns) -> dict[int, Table]:
        """The accepted records, ordered by shard, and by lane for each number of lanes that some mapping has."""
        starts = _starts(ready["shard"], self.shards)
        by_shard = self._table(ready, starts, None, self._logged.tolist())
        tables = {1: by_shard}
        shard = ready["shard"].astype(np.int64)
        for lanes in self._lane_counts:
            lane = shard * lanes + ready[f"lane of {lanes}"]
            order = np.argsort(lane, kind="stable")
            place = order + (self._logged - starts[:-1])[shard[order]]
            in_lanes, lane_starts = _take(ready, order), _starts(lane[order], self.shards * lanes)
            tables[lanes] = self._table(in_lanes, lane_starts, place, [0] * (self.shards * lanes))
            tables[lanes].order = order
        self._logged += np.diff(starts)
        some = np.flatnonzero(np.diff(starts))
        self.last_accepted_s[some] = by_shard.accepted_s[starts[some + 1] - 1]
        return tables

    def _table(self, rows: Columns, starts: Integers, place: Integers | None, first_place: list[int]) -> Table:
        poison = {f: rows[f"poison {f}"] for f in self.poison}
        size = rows["bytes"] if self._bytes is None else self._bytes
        return Table(starts.tolist(), rows["produced"], rows["accepted"], size, place, first_place, poison)


def _take(columns: Columns, rows: NDArray[np.generic]) -> Columns:
    """Some rows of all columns; columns that are one and the same stay so."""
    taken = {name: column[rows] for name, column in columns.items() if name != "accepted"}
    if "accepted" in columns:
        same = columns["accepted"] is columns["produced"]
        taken["accepted"] = taken["produced"] if same else columns["accepted"][rows]
    return taken


def _starts(group: NDArray[np.generic], groups: int) -> Integers:
    """Where each group begins in a column of ascending group numbers, and where the last ends."""
    return np.searchsorted(group, np.arange(groups + 1, dtype=group.dtype))
