"""The records that attempts have processed: their times, gathered from the lanes' logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.measures.attempts import Attempts
from simulator.model.lane import Lane
from simulator.model.log import Segment

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Processed:
    """The records processed by some attempts, attempt after attempt."""

    attempts: Attempts  # those that processed any, ordered by lane
    records: Integers  # how many each of them processed
    produced_s: Floats  # by record
    accepted_s: Floats  # by record; the same object as produced_s when no record had to wait
    busy_s: Floats  # by record: the lane's busy time so far when it was accepted

    @cached_property
    def latency_s(self) -> Floats:
        """By record: finish of the attempt that processed it - produced."""
        return np.repeat(self.attempts.finished_s, self.records) - self.produced_s

    def sums(self, by_record: Floats) -> Floats:
        """Sums of a column over the records of each attempt."""
        return np.add.reduceat(by_record, np.cumsum(self.records) - self.records)


def processed(attempts: Attempts, lanes: Mapping[int, Lane]) -> Processed | None:
    """What attempts have processed; None for nothing."""
    useful = attempts.where(attempts.done > attempts.low)
    if not len(useful):
        return None
    useful = useful.where(np.argsort(useful.lane, kind="stable"))
    pieces = _pieces(useful, lanes)
    produced = np.concatenate([segment.table.produced_s[rows] for segment, rows in pieces])
    accepted = produced
    if any(segment.table.accepted_s is not segment.table.produced_s for segment, _ in pieces):
        accepted = np.concatenate([segment.table.accepted_s[rows] for segment, rows in pieces])
    busy = np.concatenate([_busy(segment, rows) for segment, rows in pieces])
    return Processed(useful, useful.done - useful.low, produced, accepted, busy)


def _busy(segment: Segment, rows: slice) -> Floats:
    return np.zeros(rows.stop - rows.start) if segment.busy_s is None else segment.busy_s[rows]


def _pieces(attempts: Attempts, lanes: Mapping[int, Lane]) -> list[tuple[Segment, slice]]:
    """The segments, and the rows of each, that hold what attempts have processed; neighbours are taken together."""
    apart = (attempts.lane[1:] != attempts.lane[:-1]) | (attempts.low[1:] != attempts.done[:-1])
    first = np.flatnonzero(np.concatenate(([True], apart)))
    last = np.concatenate((first[1:], [len(attempts)])) - 1
    runs = zip(attempts.lane[first].tolist(), attempts.low[first].tolist(), attempts.done[last].tolist(), strict=True)
    return [piece for lane, low, high in runs for piece in lanes[lane].rows(low, high)]
