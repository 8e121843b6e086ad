"""What the kernel says of the writing end: the logs of the shards grow by it, and shards open and close."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.kernel.blocks import REQUEST, SPAN
from simulator.kernel.changed import parents, requests
from simulator.kernel.machine import Machine
from simulator.kernel.plan_streams import factors, filtered, poisoned
from simulator.scenario.spec import Scenario
from simulator.traffic.log import Columns, Integers, Log
from simulator.traffic.moved import Moved
from simulator.traffic.nanoseconds import NEVER
from simulator.traffic.offered import Offered, rows_by_shard
from simulator.traffic.shards import Shard
from simulator.traffic.stream import Stream
from simulator.traffic.written import Produced, Waiting, Written, by_shard

SPANS, REQUESTS, ACCEPTED, WAITING, MOVED = 6, 7, 48, 49, 50  # blocks of a stream
WORDS: Final = 7  # of a row, before its lanes


class Rows:
    """Makes records of the kernel's rows: each as it was offered to a stream, or as it is in a log."""

    def __init__(self, scenario: Scenario, name: str, stream: Stream) -> None:
        self._factors, self._all_factors = factors(scenario, name), stream.factors
        self._poisoned = poisoned(scenario, name)
        self._filters = [mapping.name for mapping in filtered(scenario, name)]

    @property
    def words(self) -> int:
        """Of a row."""
        return WORDS + len(self._factors) + len(self._poisoned) + len(self._filters)

    def offered(self, rows: Integers) -> Offered:
        """The records of some rows, in order of shard; `drop`: those that were lost."""
        rows = rows.reshape(-1, self.words)
        rows = rows[by_shard(rows[:, 5])]
        produced, let_in, accepted, size, order, shard, dropped, *rest = (np.ascontiguousarray(c) for c in rows.T)
        lane = dict(zip(self._factors, rest, strict=False)) | {1: np.zeros_like(shard)}
        behind = rest[len(self._factors) :]
        after = {f: column.view(np.float64) for f, column in zip(self._poisoned, behind, strict=False)}
        some = (column.astype(bool) for column in behind[len(self._poisoned) :])
        passes = dict(zip(self._filters, some, strict=True))
        lane = {factor: lane[factor] for factor in self._all_factors}
        return Offered(
            Columns(produced, let_in, accepted, size, order, lane, after, passes), shard, dropped.astype(bool)
        )


class Writer:
    """Writes the logs of a stream whose shards never change."""

    def __init__(self, scenario: Scenario, name: str, stream: Stream) -> None:
        self._stream, self._rows = stream, Rows(scenario, name, stream)

    def written(self, machine: Machine, number: int, until_ns: int) -> Written:
        """What was written before a time: accepted as it was offered, then or later."""
        offered = self._rows.offered(machine.written(number, self._rows.words))
        return self._stream.accept(offered, offered.drop, until_ns)


class ChangingWriter:
    """Writes those of one whose shards change: what waits at its producers may have to wait for other shards."""

    def __init__(self, scenario: Scenario, name: str, stream: Stream) -> None:
        self._spec, self._stream, self._rows = scenario.streams[name], stream, Rows(scenario, name, stream)
        self._moved = Moved()

    def written(self, machine: Machine, number: int, until_ns: int) -> Written:
        """What was written since the last time that was reached."""
        spans = machine.block(SPANS, number).view(SPAN)
        self._change(spans)
        shards = self._stream.shards
        accepted_from = [shard.log.end for shard in shards]
        offered = self._rows.offered(machine.written(number, self._rows.words))
        accepted = self._rows.offered(machine.block(ACCEPTED, number))
        for shard, rows in rows_by_shard(accepted.shard, len(shards)).items():
            shards[shard].log.append(accepted.records.rows(rows))
        self._move(machine.block(MOVED, number).reshape(-1, 3), accepted.records)
        held = self._rows.offered(machine.block(WAITING, number))
        found = requests(self._spec, spans, machine.block(REQUESTS, number).view(REQUEST))
        moved = self._moved.take(), self._moved.left(held.records)
        return Written(_produced(offered), _waiting(held), accepted_from, *moved, found)

    def _change(self, spans: np.ndarray[tuple[int], np.dtype[np.void]]) -> None:
        """Shards have closed, and opened."""
        shards, nothing = self._stream.shards, self._rows.offered(np.empty(0, np.int64)).records
        for span in spans[len(shards) :]:
            (first, last) = (int(high) << 64 | int(low) for high, low in (span["first"], span["last"]))
            shards.append(Shard(len(shards), first, last, Log(nothing), parents(span), int(span["opens_ns"])))
        for shard, closes_ns in zip(shards, spans["closes_ns"].tolist(), strict=True):
            shard.closes_ns = None if closes_ns == NEVER else closes_ns

    def _move(self, rows: Integers, accepted: Columns) -> None:
        """Records have waited for shards that closed; others, or the same ones later, have been accepted."""
        for closes_ns in np.unique(rows[:, 2]).tolist():
            mine = rows[rows[:, 2] == closes_ns]
            self._moved.note(mine[:, 0], mine[:, 1], closes_ns)
        self._moved.accepted(accepted)


def writers(scenario: Scenario, streams: dict[str, Stream]) -> dict[str, Writer | ChangingWriter]:
    """Of each stream, by name."""
    return {
        name: (ChangingWriter if scenario.streams[name].changes else Writer)(scenario, name, stream)
        for name, stream in streams.items()
    }


def _produced(offered: Offered) -> Produced:
    records, lost = offered.records, offered.drop
    late = records.accepted_ns > records.produced_ns
    return Produced(records.produced_ns, offered.shard, records.bytes, late | lost, lost)


def _waiting(held: Offered) -> Waiting:
    of = held.records
    return Waiting(of.produced_ns, of.let_in_ns, of.accepted_ns, of.bytes, held.shard)
