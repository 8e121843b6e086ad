"""A stream: its shards, and what its producers write to them, a window of time at a time (docs/model.md, 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.scenario import spec
from simulator.scenario.expectations import largest
from simulator.traffic.log import Columns, Integers, Log
from simulator.traffic.partition_keys import hash_range
from simulator.traffic.poison import Poisoned
from simulator.traffic.producer import Batch, Producer
from simulator.traffic.shards import Shard
from simulator.traffic.write_limits import HARMLESS_BYTES, ShardWrites
from simulator.traffic.written import Produced, Waiting, Written

NO_ROWS: Final = np.empty(0, np.int64)


@dataclass(frozen=True)
class Offered:
    """Records that producers offer to the shards of a stream, with what is decided at their production."""

    records: Columns  # accepted as produced, as long as no limit has spoken
    shard: Integers
    drop: NDArray[np.bool_]

    def rows(self, which: NDArray[np.generic] | slice) -> Offered:
        """Some of them."""
        return Offered(self.records.rows(which), self.shard[which], self.drop[which])

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
        )


class Stream:
    """The shards of a stream and the producers that write to it.

    `factors`: the parallelization factors of those who read it; `poisoned`: by function, whom its records may poison.
    """

    def __init__(
        self,
        name: str,
        stream: spec.Stream,
        producers: list[Producer],
        factors: set[int],
        poisoned: dict[str, Poisoned],
    ) -> None:
        self.name, self.producers = name, producers
        self.factors, self._poisoned = sorted(factors), poisoned
        self._any_large = any(largest(p.spec.record_size) > HARMLESS_BYTES for p in producers)
        self._produced = 0
        none = self._none()
        self.shards = [Shard(j, *hash_range(j, stream.shards), Log(none.records)) for j in range(stream.shards)]
        self._writes = [ShardWrites() for _ in self.shards]
        self._held = none  # records that wait at their producers: to be accepted after the window

    @property
    def held(self) -> int:
        """Records that wait at their producers when the window ends."""
        return len(self._held.shard)

    def advance(self, end_ns: int) -> Written:
        """All that happens at the writing end until `end_ns`: the logs grow."""
        return self.accept(*self._write(self._by_shard(self._produce(end_ns))), end_ns)

    def accept(self, offered: Offered, lost: NDArray[np.bool_], end_ns: int) -> Written:
        """Take what was offered until `end_ns`, by shard, as the limits let it in or not; the logs grow."""
        records = offered.records
        late = records.accepted_ns > records.produced_ns
        produced = Produced(records.produced_ns, offered.shard, records.bytes, late | lost, lost)
        due = self._by_shard(self._held.then(offered.where(~lost))) if self.held else offered.where(~lost)
        ready = due.records.accepted_ns < end_ns
        self._held = due.where(~ready)
        accepted_from = self._accept(due.where(ready))
        held = self._held.records
        waiting = Waiting(held.produced_ns, held.let_in_ns, held.accepted_ns, held.bytes, self._held.shard)
        return Written(produced, waiting, accepted_from)

    def _none(self) -> Offered:
        lanes = dict.fromkeys(self.factors, NO_ROWS.astype("int8"))  # what logs keep is no wider than it need be
        poison = dict.fromkeys(self._poisoned, np.empty(0))
        records = Columns(NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS, NO_ROWS, lanes, poison)
        return Offered(records, NO_ROWS, NO_ROWS.astype(bool))

    def _produce(self, end_ns: int) -> Offered:
        """New records in order of production, at one instant in the file's order; each gets its number."""
        first, *others = [self._offered(p, p.until(end_ns)) for p in self.producers] or [self._none()]
        new = first.then(*others)
        if others:
            new = new.rows(np.argsort(new.records.produced_ns, kind="stable"))
        n = len(new.shard)
        numbered = replace(new.records, number=np.arange(self._produced, self._produced + n))
        self._produced += n
        return replace(new, records=numbered)

    def _offered(self, producer: Producer, batch: Batch) -> Offered:
        n, name, keys, shards = len(batch), producer.spec.name, producer.keys, len(self.shards)
        lanes = {factor: keys.lane(batch.draws, shards, factor) for factor in self.factors}
        poison = {function: poisoned.at_random(name, batch.first, n) for function, poisoned in self._poisoned.items()}
        at = batch.produced_ns
        records = Columns(at, at, at, batch.bytes, at, lanes, poison)
        return Offered(records, keys.shard(batch.draws, shards), np.full(n, producer.spec.on_throttle == "drop"))

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

    def _accept(self, ready: Offered) -> list[int]:
        """Append records to the logs; where the new ones begin."""
        accepted_from = [shard.log.end for shard in self.shards]
        for function, poisoned in self._poisoned.items():
            poisoned.at_times(ready.records.accepted_ns, ready.records.poison_after[function])
        for shard, rows in self._rows_by_shard(ready.shard):
            self.shards[shard].log.append(ready.records.rows(rows))
        return accepted_from


def by_shard(shard: Integers) -> Integers:
    """The order that puts records in order of shard, and leaves those of a shard in theirs."""
    return np.argsort(shard.astype(np.uint16), kind="stable")  # so few bits are sorted without comparing


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
    )


def _poisoned(scenario: spec.Scenario, function: str, stream: str, seed: int, replication: int) -> Poisoned | None:
    poison = [f for f in scenario.functions[function].failures if isinstance(f, spec.Poison)]
    return Poisoned(poison, seed, replication, function, stream) if poison else None
