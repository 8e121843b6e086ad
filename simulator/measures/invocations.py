"""invocations.csv: a row for each admitted attempt that finished, in order of start (docs/model.md, section 10).

Rows are written window by window. An attempt that still runs holds back the rows of those that started after it.
"""

from __future__ import annotations

from typing import Final, TextIO

import numpy as np

from simulator.measures.attempts import Attempts, attempts_of
from simulator.measures.csv_text import lines, seconds, whole, words
from simulator.measures.observer import by_reader
from simulator.model.facts import Facts
from simulator.model.observer import Streams
from simulator.scenario.spec import Scenario
from simulator.traffic.log import Integers
from simulator.traffic.written import Written

HEADER: Final = (
    "mapping,stream,shard,lane,first_record,records,bytes,attempt,cut_at,started_at,finished_at,cold_start,outcome,"
    "iterator_age,iterator_age_at_send\n"
)
OUTCOMES: Final = ("ok", "error", "timeout", "partial")
ENDS: Final = [f"{cold},{outcome}" for cold in (0, 1) for outcome in OUTCOMES]
START, MAPPING, SHARD, LANE, PLACE, RECORDS, SIZE, ATTEMPT, CUT, FINISH, COLD, OUTCOME, LAST = range(13)
COLUMNS: Final = 13  # they are written in order of the first four
PORTION: Final = 1 << 11  # of rows that are written at once, so that they stay in the cache


class InvocationsWriter:
    """An observer that writes the invocations.csv of a scenario's run."""

    wants_attempts = True

    def __init__(self, file: TextIO, scenario: Scenario) -> None:
        self._file, self._scenario = file, scenario
        mappings = scenario.event_source_mappings
        self._names = [f"{_quoted(mapping.name)},{_quoted(mapping.stream)}" for mapping in mappings]
        self._held: Integers = np.empty((COLUMNS, 0), np.int64)
        file.write(HEADER)

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window (see simulator.model.observer.Observer)."""
        self.follow(attempt_rows(self._scenario, facts, streams), end_ns, last)

    def follow(self, attempts: Integers, end_ns: int, last: bool) -> None:
        """Take the attempts that were admitted before a time (see simulator.model.observer.Follower)."""
        columns = np.concatenate((self._held, attempts.T), axis=1)
        order = _in_order(columns)
        finished = columns[FINISH, order]
        if last:
            order, finished = order[finished <= end_ns], finished[finished <= end_ns]
        runs = np.flatnonzero(finished >= end_ns + last)
        ready = int(runs[0]) if len(runs) else len(order)
        for first in range(0, ready, PORTION):
            self._file.write(self._lines(columns[:, order[first : min(first + PORTION, ready)]]))
        self._held = columns[:, order[ready:]]

    def _lines(self, columns: Integers) -> str:
        start, cut, finish, last = columns[[START, CUT, FINISH, LAST]]
        names = words(self._names, columns[MAPPING])
        counts = map(whole, columns[SHARD:CUT])
        ended = words(ENDS, columns[COLD] * len(OUTCOMES) + columns[OUTCOME])
        times, ages = map(seconds, (cut, start, finish)), map(seconds, (finish - last, start - last))
        return lines((names, *counts, *times, ended, *ages))


def _in_order(columns: Integers) -> Integers:
    """By their start, which they mostly come in; those that start at once by the next three columns."""
    order = np.argsort(columns[START], kind="stable")
    tied = np.diff(columns[START, order]) == 0
    several = np.zeros(len(order), bool)
    several[:-1] = tied
    several[1:] |= tied
    those = order[several]
    order[several] = those[np.lexsort(columns[[LANE, SHARD, MAPPING, START]][:, those])]
    return order


def attempt_rows(scenario: Scenario, facts: Facts, streams: Streams) -> Integers:
    """The attempts of a window that were admitted, a row each (START and so on), in no order."""
    mappings = scenario.event_source_mappings
    of = by_reader(facts, len(mappings) + len(scenario.readers))[: len(mappings)]
    rows = [
        _rows(number, attempts_of(mine.attempts, streams[mapping.stream]))
        for number, (mapping, mine) in enumerate(zip(mappings, of, strict=True))
    ]
    return np.concatenate([np.empty((0, COLUMNS), np.int64), *rows])


def _rows(number: int, attempts: Attempts) -> Integers:
    outcome = sum((attempts.outcome == name) * code for code, name in enumerate(OUTCOMES))
    return np.column_stack(
        (
            attempts.started_ns,
            np.full(len(attempts), number),
            attempts.shard,
            attempts.lane,
            attempts.first,
            attempts.records,
            attempts.bytes,
            attempts.attempt,
            attempts.cut_ns,
            attempts.finished_ns,
            attempts.cold,
            outcome,
            attempts.last_accepted_ns,
        )
    )


def _quoted(name: str) -> str:
    """A name as a CSV field."""
    if any(c in name for c in ',"\n\r'):
        return '"' + name.replace('"', '""') + '"'
    return name
