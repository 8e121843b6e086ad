"""Where latency comes from: its parts, added up over the records of each attempt (docs/model.md, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.exact import Sums, total
from simulator.measures.lanes import Doings
from simulator.measures.portions import portions, together
from simulator.measures.records import every
from simulator.measures.times import Times, Window
from simulator.model.facts import Attempt, Facts
from simulator.traffic.log import Integers

PARTS: Final = (
    "write_wait", "parent_wait", "pickup", "queueing", "batching", "throttled", "retrying", "cold_start", "processing",
)  # fmt: skip


class PartsDoNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


@dataclass(frozen=True)
class Processed:
    """The records that the attempts of a window have processed, attempt after attempt."""

    finished_ns: Integers  # by attempt
    shard: Integers  # by attempt
    records: Integers  # by attempt: how many it has processed, never 0
    latency_ns: Integers  # by record
    warm: NDArray[np.bool_]  # by record: accepted after the warm-up


class Parts:
    """Latency and its parts, of the records that one mapping has processed; exact.

    `records` and `sums_ns` (by part): of those accepted after the warm-up.
    """

    def __init__(self, interval_ns: int, warmup_ns: int) -> None:
        """`warmup_ns`: records accepted before it are left out of `records` and `sums_ns`, not of the rows."""
        self._warmup_ns = warmup_ns
        self.records, self.sums_ns = 0, dict.fromkeys(PARTS, 0)
        self._rows = Sums(len(PARTS), interval_ns)
        self._busy_ns = self._free_ns = self._throttled_ns = np.empty(0, np.int64)  # by record

    @classmethod
    def of(cls, warmup_ns: int, records: int, sums_ns: Mapping[str, int], rows: Sums) -> Parts:
        """Of parts that were added up elsewhere."""
        parts = cls(1, warmup_ns)
        parts.records, parts.sums_ns, parts._rows = records, dict.fromkeys(PARTS, 0) | dict(sums_ns), rows
        return parts

    def observe(self, window: Window, times: Times, stretches: list[Doings]) -> Processed:
        """Take the attempts that finished in a window; `stretches`: see Lanes. Raises PartsDoNotAddUpError."""
        self._note_lanes(times, stretches)
        self._note_throttles(window.facts, times)
        done = np.array([attempt.done for attempt in times.successful], np.int64)
        ends = np.cumsum(done)
        for some in portions(done):
            rows = times.processed[ends[some.start] - done[some.start] : ends[some.stop - 1]]
            self._add(window, times, stretches, _Columns(times.successful[some]), rows)
        if window.last:  # the sums are all that is kept
            self._busy_ns = self._free_ns = self._throttled_ns = np.empty(0, np.int64)
        return Processed(
            finished_ns=np.array([attempt.finished_ns for attempt in times.successful], np.int64),
            shard=np.array([attempt.shard for attempt in times.successful], np.int64),
            records=done,
            latency_ns=times.ended_ns[times.processed] - times.produced_ns[times.processed],
            warm=times.accepted_ns[times.processed] >= self._warmup_ns,
        )

    def by_row_ns(self, rows: int) -> dict[str, list[int]]:
        """By part, the sums over the records processed in each of the first rows of the time series, all of them."""
        by_row = self._rows.by_row()[1 : rows + 1].T.tolist()
        return {part: [*row, *[0] * (rows - len(row))] for part, row in zip(PARTS, by_row, strict=True)}

    def _note_lanes(self, times: Times, stretches: list[Doings]) -> None:
        """Note how long each record's lane had been busy when it was accepted, and free when it was available."""
        self._busy_ns, self._free_ns = times.moved(self._busy_ns, 0), times.moved(self._free_ns, 0)
        for doings in stretches:
            for rows, times_ns in every(doings.passes.accepted):
                self._busy_ns[rows] = doings.busy_ns(times.lane[rows], times_ns)
            for rows, times_ns in every(doings.passes.available):
                self._free_ns[rows] = doings.free_ns(times.lane[rows], times_ns)

    def _note_throttles(self, facts: Facts, times: Times) -> None:
        """Note how long each record's own batch, or part of one, has been throttled."""
        if len(self._throttled_ns):
            self._throttled_ns = times.moved(self._throttled_ns, 0)
        elif facts.throttles:  # the first ones
            self._throttled_ns = np.zeros_like(times.produced_ns)
        records = np.array([len(throttle.places) for throttle in facts.throttles], np.int64)
        for some in portions(records):
            throttles, n = facts.throttles[some], records[some]
            shard = np.array([throttle.shard for throttle in throttles], np.int64)
            lasts_ns = np.array([throttle.again_ns - throttle.begun_ns for throttle in throttles], np.int64)
            rows = times.rows(np.repeat(shard, n), together([throttle.places for throttle in throttles]))
            np.add.at(self._throttled_ns, rows, np.repeat(lasts_ns, n))

    def _add(self, window: Window, times: Times, stretches: list[Doings], attempts: _Columns, rows: Integers) -> None:
        """Add the parts of what attempts have processed."""
        parts = self._by_record(attempts, rows, times, stretches)
        latency_ns, warm = times.ended_ns[rows] - times.produced_ns[rows], times.accepted_ns[rows] >= self._warmup_ns
        if (parts < 0).any() or (parts.sum(axis=0) != latency_ns).any():
            raise PartsDoNotAddUpError(_wrong(latency_ns, parts))
        finished_ns = np.minimum(attempts.finished_ns, window.end_ns - 1)  # the run's very end belongs to the last row
        self.records += int(warm.sum())
        for number, (name, part) in enumerate(zip(PARTS, parts, strict=True)):
            self._rows.add(number, finished_ns, part, np.cumsum(attempts.done) - attempts.done)
            self.sums_ns[name] += total(part[warm])

    def _by_record(self, attempts: _Columns, rows: Integers, times: Times, stretches: list[Doings]) -> Integers:
        """The parts (rows) of each record (columns)."""
        done, cut_ns, begun_ns, cold_ns = attempts.done, attempts.first_cut_ns, attempts.begun_ns, attempts.cold_ns
        firsts = rows[np.cumsum(done) - done]
        busy_ns, free_ns = _when_cut(attempts, times.lane[firsts], stretches)
        throttled_ns = self._throttled_ns[firsts] if len(self._throttled_ns) else np.zeros_like(firsts)
        ran_ns = attempts.finished_ns - begun_ns - cold_ns
        of_attempt = (throttled_ns, begun_ns - cut_ns - throttled_ns, cold_ns, ran_ns)
        accepted_ns = times.accepted_ns[rows]
        queueing = np.repeat(busy_ns, done) - self._busy_ns[rows]
        batching = np.repeat(free_ns, done) - self._free_ns[rows]
        pickup = np.repeat(cut_ns, done) - accepted_ns - queueing - batching
        since_cut = [np.repeat(part, done) for part in of_attempt]
        parent_wait = np.zeros_like(pickup)
        if times.reads.any_children:
            parent_wait = times.reads.waits_ns(times.lane[rows] // times.reading.lanes, accepted_ns)
            pickup -= parent_wait
        return np.stack((accepted_ns - times.produced_ns[rows], parent_wait, pickup, queueing, batching, *since_cut))


class _Columns:
    """Attempts as columns."""

    def __init__(self, attempts: list[Attempt]) -> None:
        names = ("done", "first_cut_ns", "begun_ns", "cold_ns", "finished_ns")
        rows = np.array([attrgetter(*names)(attempt) for attempt in attempts], np.int64).reshape(-1, len(names))
        self.done, self.first_cut_ns, self.begun_ns, self.cold_ns, self.finished_ns = rows.T


def _when_cut(attempts: _Columns, lanes: Integers, stretches: list[Doings]) -> tuple[Integers, Integers]:
    """The lanes' busy and free time up to the first cut of each attempt's batch: since then they have been busy."""
    finished_ns, busy_ns, free_ns = attempts.finished_ns, *np.zeros((2, len(lanes)), np.int64)
    for doings in stretches:
        some = (finished_ns >= doings.axis.begin_ns) & (finished_ns <= doings.axis.end_ns)
        busy_ns[some] = doings.busy_ns(lanes[some], finished_ns[some])
        free_ns[some] = doings.free_ns(lanes[some], finished_ns[some])
    return busy_ns - (finished_ns - attempts.first_cut_ns), free_ns


def _wrong(latency_ns: Integers, parts: Integers) -> str:
    first = int(np.flatnonzero((parts < 0).any(axis=0) | (parts.sum(axis=0) != latency_ns))[0])
    shown = ", ".join(f"{name} {part}" for name, part in zip(PARTS, parts[:, first].tolist(), strict=True))
    return f"a latency of {latency_ns[first]} ns; its parts: {shown}"
