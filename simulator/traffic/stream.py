"""A stream: its shards, and what its producers write to them, a window of time at a time (docs/model.md, 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.scenario.expectations import largest
from simulator.traffic.draws import key
from simulator.traffic.filters import Filtered
from simulator.traffic.log import Columns, Integers, Log
from simulator.traffic.moved import Moved
from simulator.traffic.on_demand import OnDemand
from simulator.traffic.operations import Operation
from simulator.traffic.partition_keys import Draws, hash_range
from simulator.traffic.poison import Poisoned
from simulator.traffic.producer import Batch, Producer
from simulator.traffic.resharding import Changes, Resharding
from simulator.traffic.shard_map import ShardMap
from simulator.traffic.shards import Shard
from simulator.traffic.write_limits import HARMLESS_BYTES, ShardWrites
from simulator.traffic.written import Produced, Waiting, Written, by_shard

NO_ROWS: Final = np.empty(0, np.int64)


@dataclass(frozen=True)
class Offered:
    """Records that producers offer to the shards of a stream, with what is decided at their production."""

    records: Columns  # accepted as produced, as long as no limit has spoken
    shard: Integers
    drop: NDArray[np.bool_]
    origin: dict[str, NDArray[Any]] = field(
        default_factory=dict
    )  # where shards change: `producer`, and `draw` of a key

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


class Stream:
    """The shards of a stream and the producers that write to it.

    `factors`: the parallelization factors of those who read it; `poisoned`: by function, whom its records may poison;
    `filtered`: by mapping with a filter, what it lets through; `changes`: what changes its shards.
    """

    def __init__(
        self,
        name: str,
        stream: spec.Stream,
        producers: list[Producer],
        factors: set[int],
        poisoned: dict[str, Poisoned],
        filtered: dict[str, Filtered] | None = None,
        changes: Changes | None = None,
    ) -> None:
        self.name, self.producers, self._filtered, self._changes = name, producers, filtered or {}, changes
        self.factors, self._poisoned = sorted(factors), poisoned
        self._any_large = any(largest(p.spec.record_size) > HARMLESS_BYTES for p in producers)
        self._produced = 0
        self._nothing = none = self._none()
        self.shards = [Shard(j, *hash_range(j, stream.shards), Log(none.records)) for j in range(stream.shards)]
        self._map = ShardMap(self.shards)
        self._writes = [ShardWrites() for _ in self.shards]
        self._held = none  # records that wait at their producers: to be accepted after the window
        self._moved = Moved()

    @property
    def held(self) -> int:
        """Records that wait at their producers when the window ends."""
        return len(self._held.shard)

    def advance(self, end_ns: int) -> Written:
        """All that happens at the writing end until `end_ns`: the logs grow, and shards open and close."""
        if self._changes is None:
            return self.accept(*self._offer(end_ns), end_ns)
        accepted_from = [shard.log.end for shard in self.shards]
        parts = []
        for until_ns in self._stretches(self._changes, end_ns):
            parts.append(self._take(*self._offer(until_ns), until_ns))
        accepted_from += [0] * (len(self.shards) - len(accepted_from))
        return self._written(Produced.together(parts), accepted_from)

    def accept(self, offered: Offered, lost: NDArray[np.bool_], end_ns: int) -> Written:
        """Take what was offered until `end_ns`, by shard, as the limits let it in or not; the logs grow."""
        accepted_from = [shard.log.end for shard in self.shards]
        return self._written(self._take(offered, lost, end_ns), accepted_from)

    def _stretches(self, changes: Changes, end_ns: int) -> Iterator[int]:
        """The ends of the stretches of time in which the shards stay as they are; between them they change."""
        while changes.next_ns < end_ns:
            now_ns = changes.next_ns
            yield now_ns
            while changes.next_ns <= now_ns:
                for operation in changes.due(now_ns, self._map.shards):
                    self._reshape(operation, now_ns)
        yield end_ns

    def _offer(self, end_ns: int) -> tuple[Offered, NDArray[np.bool_]]:
        """What is produced until a time, by shard, and which of it is lost."""
        return self._write(self._by_shard(self._produce(end_ns)))

    def _take(self, offered: Offered, lost: NDArray[np.bool_], end_ns: int) -> Produced:
        """Accept what the limits let in until a time, of what is offered and of what waits; what was offered."""
        records = offered.records
        late = records.accepted_ns > records.produced_ns
        due = self._by_shard(self._held.then(offered.where(~lost))) if self.held else offered.where(~lost)
        ready = due.records.accepted_ns < end_ns
        self._held = due.where(~ready)
        self._accept(due.where(ready))
        return Produced(records.produced_ns, offered.shard, records.bytes, late | lost, lost)

    def _written(self, produced: Produced, accepted_from: list[int]) -> Written:
        held = self._held.records
        waiting = Waiting(held.produced_ns, held.let_in_ns, held.accepted_ns, held.bytes, self._held.shard)
        written = Written(produced, waiting, accepted_from)
        if self._changes is None:
            return written
        return replace(
            written, moved=self._moved.take(), moved_waiting=self._moved.left(held), requests=self._changes.requests
        )

    def _reshape(self, operation: Operation, now_ns: int) -> None:
        """Carry out an operation: shards close, others open."""
        numbers = tuple(parent.number for parent in operation.parents)
        children = [
            Shard(number, *hashes, Log(self._nothing.records), numbers, now_ns)
            for number, hashes in enumerate(operation.ranges, start=len(self.shards))
        ]
        for parent in operation.parents:
            parent.closes_ns = now_ns
        self.shards += children
        self._writes += [ShardWrites() for _ in children]
        self._map.replace(operation.parents, children)
        self._move(numbers, now_ns)

    def _move(self, closed: tuple[int, ...], now_ns: int) -> None:
        """What waits for shards that have closed waits for their children from now on, in order of production."""
        waits = np.isin(self._held.shard, closed)
        if not waits.any():
            return
        moved = self._held.rows(waits)
        moved = moved.rows(np.argsort(moved.records.number))
        self._moved.note(moved.records, now_ns)
        moved = self._by_shard(self._placed(moved))
        records = moved.records
        let_in_ns, accepted_ns = records.let_in_ns.copy(), records.accepted_ns.copy()
        for shard, rows in self._rows_by_shard(moved.shard):
            since_ns = np.full(rows.stop - rows.start, now_ns)
            let_in_ns[rows], accepted_ns[rows] = self._writes[shard].retry(
                since_ns, records.bytes[rows], self._any_large
            )
        moved = replace(moved, records=replace(records, let_in_ns=let_in_ns, accepted_ns=accepted_ns))
        self._held = self._held.rows(~waits).then(moved)

    def _placed(self, offered: Offered) -> Offered:
        """The same records, of the shards and lanes that are open for them now."""
        shard = np.empty_like(offered.shard)
        lanes = {factor: lane.copy() for factor, lane in offered.records.lane.items()}
        for number, producer in enumerate(self.producers):
            mine = offered.origin["producer"] == number
            draws = offered.origin["draw"][mine]
            shard[mine] = self._map.shard(producer.keys, draws)
            for factor, lane in lanes.items():
                lane[mine] = self._map.lane(producer.keys, draws, factor)
        return replace(offered, shard=shard, records=replace(offered.records, lane=lanes))

    def _none(self) -> Offered:
        lanes = dict.fromkeys(self.factors, NO_ROWS.astype("int8"))  # what logs keep is no wider than it need be
        poison = dict.fromkeys(self._poisoned, np.empty(0))
        passes = dict.fromkeys(self._filtered, NO_ROWS.astype(bool))
        records = Columns(NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS, lanes, poison, passes)
        return Offered(records, NO_ROWS, NO_ROWS.astype(bool), self._origin(0, NO_ROWS.astype(np.uint32)))

    def _origin(self, producer: int, draws: Draws) -> dict[str, NDArray[Any]]:
        """What finds the shards of records that may have to wait for other shards."""
        return {"producer": np.full(len(draws), producer, np.int32), "draw": draws} if self._changes else {}

    def _produce(self, end_ns: int) -> Offered:
        """New records in order of production, at one instant in the file's order; each gets its number."""
        of = [self._offered(i, p, p.until(end_ns)) for i, p in enumerate(self.producers)]
        first, *others = of or [self._nothing]
        new = first.then(*others)
        if others:
            new = new.rows(np.argsort(new.records.produced_ns, kind="stable"))
        n = len(new.shard)
        numbered = replace(new.records, number=np.arange(self._produced, self._produced + n))
        self._produced += n
        return replace(new, records=numbered)

    def _offered(self, number: int, producer: Producer, batch: Batch) -> Offered:
        n, name, keys = len(batch), producer.spec.name, producer.keys
        lanes = {factor: self._map.lane(keys, batch.draws, factor) for factor in self.factors}
        poison = {function: poisoned.at_random(name, batch.first, n) for function, poisoned in self._poisoned.items()}
        passes = {
            mapping: filtered.passes(name, keys, batch.first, batch.draws)
            for mapping, filtered in self._filtered.items()
        }
        at = batch.produced_ns
        records = Columns(at, at, at, batch.bytes, at, lanes, poison, passes)
        drop = np.full(n, producer.spec.on_throttle == "drop")
        return Offered(records, self._map.shard(keys, batch.draws), drop, self._origin(number, batch.draws))

    def _by_shard(self, offered: Offered) -> Offered:
        """The same records, ordered by shard."""
        return offered if len(self.shards) == 1 else offered.rows(by_shard(offered.shard))

    def _write(self, new: Offered) -> tuple[Offered, NDArray[np.bool_]]:
        """When each record is accepted; and which are lost."""
        records = new.records
        let_in_ns, accepted_ns = records.produced_ns.copy(), records.produced_ns.copy()
        lost = np.zeros(len(new.shard), bool)
        for shard, rows in self._rows_by_shard(new.shard):
            produced, sizes, drop = records.produced_ns[rows], records.bytes[rows], new.drop[rows]
            before = replace(self._writes[shard])
            let_in_ns[rows], accepted_ns[rows] = self._writes[shard].retry(produced, sizes, self._any_large)
            if (drop & (accepted_ns[rows] > produced)).any():
                self._writes[shard] = before
                let_in_ns[rows], accepted_ns[rows], lost[rows] = before.one_by_one(produced, sizes, drop)
        return replace(new, records=replace(records, let_in_ns=let_in_ns, accepted_ns=accepted_ns)), lost

    def _rows_by_shard(self, shard: Integers) -> list[tuple[int, slice]]:
        """The shards that some rows, ordered by shard, belong to, and the rows of each."""
        starts = np.searchsorted(shard, np.arange(len(self.shards) + 1))
        some = np.flatnonzero(np.diff(starts)).tolist()
        return [(j, slice(int(starts[j]), int(starts[j + 1]))) for j in some]

    def _accept(self, ready: Offered) -> None:
        """Append records to the logs."""
        for function, poisoned in self._poisoned.items():
            poisoned.at_times(ready.records.accepted_ns, ready.records.poison_after[function])
        for shard, rows in self._rows_by_shard(ready.shard):
            self.shards[shard].log.append(ready.records.rows(rows))
        if self._changes:
            self._moved.accepted(ready.records)
            self._changes.accepted(ready.shard, ready.records.accepted_ns, ready.records.bytes)


def streams(scenario: spec.Scenario, seed: int, replication: int) -> dict[str, Stream]:
    """The streams of a scenario by name, with nothing written."""
    return {name: _stream(scenario, name, seed, replication) for name in scenario.streams}


def _stream(scenario: spec.Scenario, name: str, seed: int, replication: int) -> Stream:
    stream = scenario.streams[name]
    of = [p for p in scenario.producers if p.stream == name]
    mappings = [m for m in scenario.event_source_mappings if m.stream == name]
    poisoned = {f: _poisoned(scenario, f, name, seed, replication) for f in sorted({m.function for m in mappings})}
    return Stream(
        name,
        stream,
        [Producer(p, stream.max_record_size, seed, replication) for p in of],
        {m.parallelization_factor for m in mappings},
        {function: each for function, each in poisoned.items() if each is not None},
        {m.name: Filtered(m.filter, m.name, seed, replication) for m in mappings if m.filter},
        _changes(stream, lambda purpose: key(seed, replication, "stream", name, purpose)),
    )


def _changes(stream: spec.Stream, draws: Callable[[str], int]) -> Changes | None:
    if stream.mode == "on_demand":
        return OnDemand(stream.on_demand, draws)
    return Resharding(stream, draws) if stream.changes else None


def _poisoned(scenario: spec.Scenario, function: str, stream: str, seed: int, replication: int) -> Poisoned | None:
    poison = [f for f in scenario.functions[function].failures if isinstance(f, spec.Poison)]
    return Poisoned(poison, seed, replication, function, stream) if poison else None
