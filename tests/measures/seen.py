"""Runs in windows of any size, with all that was written and every row kept beside the result."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO
from unittest import mock

from simulator.measures.invocations import InvocationsWriter
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.model import windows
from simulator.model.facts import Facts
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.written import Written
from tests.model.differences import typed
from tests.model.rows import Row

WHOLE = windows.WINDOW_RECORDS


@dataclass
class Log:
    """What one shard was offered and has accepted; times in nanoseconds."""

    offered_ns: list[int] = field(default_factory=list)
    offered_bytes: list[int] = field(default_factory=list)
    produced_ns: list[int] = field(default_factory=list)
    accepted_ns: list[int] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    @property
    def accepted_s(self) -> list[float]:
        """The same in seconds."""
        return [time / 1e9 for time in self.accepted_ns]


class Kept:
    """An observer that keeps what was written, by stream and shard."""

    def __init__(self) -> None:
        self.logs: defaultdict[tuple[str, int], Log] = defaultdict(Log)
        self.windows = 0

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window."""
        self.windows += 1
        for name, of in written.items():
            produced = of.produced
            for shard, time, size in zip(produced.shard, produced.produced_ns, produced.bytes, strict=True):
                log = self.logs[name, int(shard)]
                log.offered_ns.append(int(time))
                log.offered_bytes.append(int(size))
            for shard_, first in zip(streams[name], of.accepted_from, strict=True):
                mine, kept = shard_.log, shard_.log.kept
                log = self.logs[name, shard_.number]
                some = slice(first, mine.accepted_before(end_ns + last))
                log.produced_ns += mine.of(kept.produced_ns, some).tolist()
                log.accepted_ns += mine.of(kept.accepted_ns, some).tolist()
                log.bytes += mine.of(kept.bytes, some).tolist()


@dataclass(frozen=True)
class Seen:
    """A finished run."""

    result: Result
    rows: list[Row]
    text: str
    logs: dict[tuple[str, int], Log]
    windows: int


def seen(content: Scenario, window_records: int = WHOLE, interval_s: float | None = None) -> Seen:
    """Run a scenario in windows of about so many records, and keep everything."""
    file, kept = StringIO(), Kept()
    with mock.patch.object(windows, "WINDOW_RECORDS", window_records):
        result = simulate(content, interval_s=interval_s, sinks=(InvocationsWriter(file, content), kept))
    rows = [typed(row) for row in csv.DictReader(StringIO(file.getvalue()))]
    return Seen(result, rows, file.getvalue(), dict(kept.logs), kept.windows)
