"""The facts that the kernel states, from its words: the same as simulator.model.facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from simulator.kernel.machine import Machine
from simulator.model.facts import Attempt, Doing, Facts, Finished, Loss, Poll, ReadAgain, Sent, Throttle
from simulator.traffic.log import Integers, Log
from simulator.traffic.shards import Shard

ATTEMPTS, THROTTLES, DOING, POLLS, AGAIN, SENT, FINISHED, LOSSES, PLACES, ASKED = range(10)
WORDS: Final = (18, 10, 6, 9, 5, 5, 3, 9, 1)  # of a row of each kind
ENVIRONMENTS: Final = ("on_demand", "provisioned", "cold")
OUTCOMES: Final = ("ok", "error", "timeout", "partial")
FAILURES: Final = ("", "poison", "outage", "random_errors", "timeouts")
LACKS: Final = ("", "concurrency", "invocation_rate", "scaling_rate")
DOINGS: Final = (
    "invoke_overhead", "concurrency", "invocation_rate", "scaling_rate", "cold_start", "function", "poison", "outage",
    "random_errors", "timeouts", "answer",
)  # fmt: skip
RESULTS: Final = ("called", "missed", "held", "disabled", "no_call", "no_bytes")
HOWS: Final = ("dropped", "sent_to_destination", "expired", "filtered")
NOTHING_SENT: Final = np.empty((0, WORDS[SENT]), np.int64)


def add(facts: Facts, machine: Machine) -> None:
    """Add what the kernel has stated since it was asked last; what is sent: see `sent`."""
    rows = [machine.facts(kind, words) for kind, words in enumerate(WORDS)]
    places = rows[PLACES].ravel()
    facts.attempts += [_attempt(row, places) for row in rows[ATTEMPTS].tolist()]
    facts.throttles += [_throttle(row, places) for row in rows[THROTTLES].tolist()]
    facts.doings += [Doing._make((*row[:3], DOINGS[row[3]], *row[4:])) for row in rows[DOING].tolist()]
    facts.polls += [Poll._make((*row[:3], RESULTS[row[3]], *row[4:8], bool(row[8]))) for row in rows[POLLS].tolist()]
    facts.read_again += [ReadAgain._make((*row[:4], bool(row[4]))) for row in rows[AGAIN].tolist()]
    facts.finished += [Finished._make(row) for row in rows[FINISHED].tolist()]
    facts.losses += [_loss(row, places) for row in rows[LOSSES].tolist()]


def sent(rows: Iterable[Integers], shards: list[list[Shard]]) -> tuple[list[Sent], Integers]:
    """What was sent, one fact a mapping and shard; and the rows of records that wait at their producers still.

    `shards`: of each mapping's stream, whose logs hold the others.
    """
    table = np.concatenate([NOTHING_SENT, *rows])
    table = table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]
    starts = np.flatnonzero((np.diff(table[:, :2], axis=0, prepend=-1) != 0).any(axis=1))
    facts, later = [], [NOTHING_SENT]
    for part in np.split(table, starts[1:]):
        if len(part):
            mapping, shard = part[0, :2].tolist()
            log = shards[mapping][shard].log
            accepted = int(part[:, 2].searchsorted(log.end))
            facts += [_sent(mapping, shard, part[:accepted], log)] if accepted else []
            later.append(part[accepted:])
    return facts, np.concatenate(later)


def _sent(mapping: int, shard: int, rows: Integers, log: Log) -> Sent:
    places, leaves_ns, arrives_ns = (np.ascontiguousarray(column) for column in rows[:, 2:].T)
    return Sent(mapping, shard, places, leaves_ns, arrives_ns, int(log.of(log.kept.bytes, places).sum()))


def _attempt(row: list[int], places: Integers) -> Attempt:
    mapping, shard, lane, at, first, n, *counts_and_times, environment, outcome, failure = row
    words = ENVIRONMENTS[environment], OUTCOMES[outcome], FAILURES[failure]
    return Attempt._make((mapping, shard, lane, _places(places, at, first, n), *counts_and_times, *words))


def _throttle(row: list[int], places: Integers) -> Throttle:
    mapping, shard, lane, at, first, n, *times_ns, lack = row
    return Throttle._make((mapping, shard, lane, _places(places, at, first, n), *times_ns, LACKS[lack]))


def _loss(row: list[int], places: Integers) -> Loss:
    mapping, shard, at, first, n, how, at_ns, unread, failure = row
    return Loss._make(
        (mapping, shard, _places(places, at, first, n), HOWS[how], at_ns, bool(unread), FAILURES[failure])
    )


def _places(places: Integers, at: int, first: int, n: int) -> Integers:
    """Those listed from `at` on, or neighbours."""
    return np.arange(first, first + n) if at < 0 else places[at : at + n]
