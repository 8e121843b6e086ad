"""A stream: its shards, and what its producers write to them, a window of time at a time (docs/model.md, 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.scenario.expectations import largest
from simulator.traffic.draws import key
from simulator.traffic.filters import Filtered
from simulator.traffic.log import Columns, Log
from simulator.traffic.offered import Offered, in_order, rows_by_shard
from simulator.traffic.on_demand import OnDemand
from simulator.traffic.operations import Operation
from simulator.traffic.partition_keys import Draws
from simulator.traffic.poison import Poisoned
from simulator.traffic.producer import Batch, Producer
from simulator.traffic.resharding import Changes, Resharding
from simulator.traffic.shard_map import ShardMap
from simulator.traffic.shards import Shard
from simulator.traffic.write_limits import HARMLESS_BYTES
from simulator.traffic.writing import Writing
from simulator.traffic.written import Produced, Waiting, Written

NO_ROWS: Final = np.empty(0, np.int64)


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
        self.shards = [Shard(j, *hashes, Log(none.records)) for j, hashes in enumerate(stream.ranges)]
        self._map = ShardMap(self.shards)
        self._closing: list[Shard] = []  # that have closed since the last stretch
        self._writing = Writing([producer.keys for producer in producers], self._any_large)
        self._held = none  # records that wait at their producers: to be accepted after the window

    @property
    def held(self) -> int:
        """Records that wait at their producers when the window ends."""
        return len(self._held)

    def advance(self, end_ns: int) -> Written:
        """All that happens at the writing end until `end_ns`: the logs grow, and shards open and close."""
        accepted_from = [shard.log.end for shard in self.shards]
        produced = Produced.together([self._write(until_ns) for until_ns in self._stretches(end_ns)])
        return self._written(produced, accepted_from + [0] * (len(self.shards) - len(accepted_from)))

    def accept(self, offered: Offered, lost: NDArray[np.bool_], end_ns: int) -> Written:
        """Take what was offered until `end_ns`, by shard, as the limits let it in or not; the logs grow."""
        accepted_from = [shard.log.end for shard in self.shards]
        records, due = offered.records, self._held.then(offered.where(~lost)) if self.held else offered.where(~lost)
        self._take(self._by_shard(due) if self.held else due, end_ns)
        late = records.accepted_ns > records.produced_ns
        return self._written(
            Produced(records.produced_ns, offered.shard, records.bytes, late | lost, lost), accepted_from
        )

    def _stretches(self, end_ns: int) -> Iterator[int]:
        """The ends of stretches of time in which nothing is decided by what is written; shards change before each."""
        changes = self._changes
        while changes is not None and changes.decides_ns < end_ns:
            decides_ns = changes.decides_ns
            self._reshape(changes, decides_ns)
            yield decides_ns
            self._reshape(changes, decides_ns + 1)
        if changes is not None:
            self._reshape(changes, end_ns)
        yield end_ns

    def _reshape(self, changes: Changes, until_ns: int) -> None:
        """Carry out all that changes the shards before a time."""
        while (now_ns := changes.next_ns) < until_ns:
            for operation in changes.due(now_ns, self._map.open):
                self._carry_out(operation, now_ns)

    def _carry_out(self, operation: Operation, now_ns: int) -> None:
        """Shards close, others open."""
        numbers = tuple(parent.number for parent in operation.parents)
        children = [
            Shard(number, *hashes, Log(self._nothing.records), numbers, now_ns)
            for number, hashes in enumerate(operation.ranges, start=len(self.shards))
        ]
        for parent in operation.parents:
            parent.closes_ns = now_ns
        self._closing += operation.parents
        self.shards += children
        self._map.replace(operation.parents, children)

    def _write(self, until_ns: int) -> Produced:
        """What is produced until a time, and taken as the limits let it in; so is what waits."""
        new = self._by_shard(self._produce(until_ns))
        due, late, lost = self._writing.write(self._held, new, self.shards, self._closing)
        self._closing.clear()
        self._take(due, until_ns)
        return Produced(new.records.produced_ns, new.shard, new.records.bytes, late | lost, lost)

    def _take(self, due: Offered, end_ns: int) -> None:
        """Accept what is let in before a time, of records in order of shard; the others wait."""
        ready = due.records.accepted_ns < end_ns
        self._held = due.where(~ready)
        self._accept(due.where(ready))

    def _written(self, produced: Produced, accepted_from: list[int]) -> Written:
        held = self._held.records
        waiting = Waiting(held.produced_ns, held.let_in_ns, held.accepted_ns, held.bytes, self._held.shard)
        written = Written(produced, waiting, accepted_from)
        if self._changes is None:
            return written
        moved = self._writing.moved
        return replace(written, moved=moved.take(), moved_waiting=moved.left(held), requests=self._changes.requests)

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
        batches = [p.until(end_ns) for p in self.producers]
        of = [self._offered(i, p, batch) for i, (p, batch) in enumerate(zip(self.producers, batches, strict=True))]
        first, *others = of or [self._nothing]
        new = first.then(*others)
        if others:
            produced_s = np.concatenate([batch.produced_s for batch in batches])
            new = new.rows(np.lexsort((produced_s, new.records.produced_ns)))
        n = len(new.shard)
        numbered = replace(new.records, number=np.arange(self._produced, self._produced + n))
        self._produced += n
        return replace(new, records=numbered)

    def _offered(self, number: int, producer: Producer, batch: Batch) -> Offered:
        n, name, keys = len(batch), producer.spec.name, producer.keys
        shard, lanes = self._map.find(keys, batch.draws, batch.produced_ns, self.factors)
        poison = {function: poisoned.at_random(name, batch.first, n) for function, poisoned in self._poisoned.items()}
        passes = {
            mapping: filtered.passes(name, keys, batch.first, batch.draws)
            for mapping, filtered in self._filtered.items()
        }
        at = batch.produced_ns
        records = Columns(at, at, at, batch.bytes, at, lanes, poison, passes)
        drop = np.full(n, producer.spec.on_throttle == "drop")
        return Offered(records, shard, drop, self._origin(number, batch.draws))

    def _by_shard(self, offered: Offered) -> Offered:
        """The same records, ordered by shard."""
        return in_order(offered, len(self.shards))

    def _accept(self, ready: Offered) -> None:
        """Append records to the logs."""
        for function, poisoned in self._poisoned.items():
            poisoned.at_times(ready.records.accepted_ns, ready.records.poison_after[function])
        for shard, rows in rows_by_shard(ready.shard, len(self.shards)).items():
            self.shards[shard].log.append(ready.records.rows(rows))
        if self._changes:
            self._writing.moved.accepted(ready.records)
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
