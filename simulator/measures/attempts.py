"""Attempts of one mapping as columns (docs/model.md, sections 8 and 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.model.facts import COLD, PROVISIONED, Attempt
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard

Words = NDArray[np.str_]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Attempts:
    """Attempts, one row each. Times are nanoseconds from the start of the run."""

    shard: Integers
    lane: Integers
    first: Integers  # the first record's place in the shard's log
    records: Integers
    done: Integers
    bytes: Integers
    attempt: Integers
    cut_ns: Integers
    started_ns: Integers
    finished_ns: Integers
    last_accepted_ns: Integers  # of the batch's last record
    environment: Words
    outcome: Words

    def __len__(self) -> int:
        return len(self.shard)

    @property
    def cold(self) -> Bools:
        """Whether it had a cold start."""
        return np.equal(self.environment, COLD)

    @property
    def provisioned(self) -> Bools:
        """Whether it ran in a provisioned environment."""
        return np.equal(self.environment, PROVISIONED)

    @property
    def failed(self) -> Bools:
        """Whether it ended in an error or a timeout; a partial response is neither."""
        return np.isin(self.outcome, ("error", "timeout"))

    @property
    def age_ns(self) -> Integers:
        """The iterator age when processing had finished."""
        return self.finished_ns - self.last_accepted_ns

    @property
    def age_at_send_ns(self) -> Integers:
        """The iterator age when the attempt started."""
        return self.started_ns - self.last_accepted_ns


def attempts_of(facts: Sequence[Attempt], shards: Sequence[Shard]) -> Attempts:
    """The columns of some attempts of one mapping, whose records the logs still keep."""
    shard = _column([fact.shard for fact in facts])
    return Attempts(
        shard,
        _column([fact.lane for fact in facts]),
        _column([fact.places[0] for fact in facts]),
        _column([len(fact.places) for fact in facts]),
        _column([fact.done for fact in facts]),
        _column([fact.bytes for fact in facts]),
        _column([fact.attempt for fact in facts]),
        _column([fact.cut_ns for fact in facts]),
        _column([fact.started_ns for fact in facts]),
        _column([fact.finished_ns for fact in facts]),
        _accepted_ns(shard, _column([fact.places[-1] for fact in facts]), shards),
        np.array([fact.environment for fact in facts], "U11"),
        np.array([fact.outcome for fact in facts], "U7"),
    )


def _column(values: list[int]) -> Integers:
    return np.array(values, np.int64)


def _accepted_ns(shard: Integers, place: Integers, shards: Sequence[Shard]) -> Integers:
    accepted = np.empty(len(shard), np.int64)
    order = np.argsort(shard, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(shard[order])) + 1):
        if len(rows):
            log = shards[shard[rows[0]]].log
            accepted[rows] = log.of(log.kept.accepted_ns, place[rows])
    return accepted
