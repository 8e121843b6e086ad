"""Waiting by cause: each instant from a record's production to its end has exactly one (docs/model.md, section 8)."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Final

import numpy as np

from simulator.measures.exact import Integrals, total
from simulator.measures.lanes import BUSY, DOING, PHASE, POLLED, Doings
from simulator.measures.passes import Passes
from simulator.measures.records import every
from simulator.measures.set_aside import Lives, SetAside
from simulator.measures.times import CODE, Reading, Times, Window
from simulator.model.facts import Attempt
from simulator.traffic.log import Integers

CAUSES: Final = (
    "write_records", "write_bytes", "starting", "disabled", "parents", "read_calls", "read_bytes", "held",
    "answer_limit", "poll_interval", "read_latency", "push_bytes", "propagation", "batching_window", "invoke_overhead",
    "concurrency", "invocation_rate", "scaling_rate", "cold_start", "processing", "function", "poison", "outage",
    "random_errors", "timeouts",
)  # fmt: skip
NUMBER: Final = {cause: number for number, cause in enumerate((*CAUSES, ""))}  # "": not produced yet, or ended
LEFT_BY: Final = {  # why the last poll of a shard, by its result, has not returned a record
    "": "poll_interval",
    "called": "answer_limit",
    "held": "held",
    "no_call": "read_calls",
    "no_bytes": "read_bytes",
}


class WaitingDoesNotAddUpError(AssertionError):
    """The program's own check has failed: a bug, and no number of the run is to be trusted."""


def causes(doing: str, phase: str, polled: str, pushed: bool) -> tuple[str, str, str, str]:
    """Why records of a lane wait: those that no poll has come to yet; that one has left; that come; that are available.

    `doing`, `phase` and `polled`: see lanes.Doings.
    """
    if doing in BUSY:
        return doing, doing, doing, doing
    if phase == "disabled":
        return phase, phase, phase, phase
    available = "read_latency" if doing == "answer" else "batching_window"
    if phase in ("starting", "parents"):
        return phase, phase, phase, available
    if pushed:
        return "push_bytes", "push_bytes", "propagation", available
    return "poll_interval", LEFT_BY[polled], "read_latency", available


class _Lanes:
    """What is known of the lanes when a stretch of time begins."""

    def __init__(self) -> None:
        self.passed = np.zeros((len(Passes._fields), 0), np.int64)  # records, by lane
        self.state = np.zeros(0, np.int64)  # by lane: a row of Waiting's causes

    def grow(self, lanes: int) -> None:
        """There are so many, or more."""
        more = max(0, lanes - len(self.state))
        self.passed, self.state = np.pad(self.passed, ((0, 0), (0, more))), np.pad(self.state, (0, more))


class Waiting:
    """Nanoseconds waited by the records of one mapping that it neither skips nor filters, by cause (CAUSES); exact."""

    def __init__(self, reading: Reading, interval_ns: int, usual_ns: int | None = None) -> None:
        """`interval_ns`: of the rows of the time series; `usual_ns`: the usual one, if another; row 0 is from t = 0."""
        states = product(DOING, PHASE, POLLED)
        self._causes = np.array([_numbers("", *causes(*state, reading.pushed), "") for state in states])
        self._waiting = Integrals(len(NUMBER), interval_ns)  # how many records wait, by cause
        self._usual_ns = usual_ns or interval_ns
        self._usual = self._waiting if self._usual_ns == interval_ns else Integrals(len(NUMBER), self._usual_ns)
        self._lanes = _Lanes()
        self._aside = SetAside() if reading.filter else None
        self._lived_ns = 0  # from production to end, by the records that have ended

    @classmethod
    def of(
        cls, reading: Reading, waiting: Integrals, usual: tuple[Integrals, int], interval_ns: int, lived_ns: int
    ) -> Waiting:
        """Of what was waited by cause elsewhere (see NUMBER). Raises WaitingDoesNotAddUpError.

        `usual`: in the usual rows, and their interval.
        """
        found = cls(reading, interval_ns)
        found._waiting, found._lived_ns = waiting, lived_ns
        found._usual, found._usual_ns = usual
        found._check()
        return found

    def observe(self, window: Window, times: Times, stretches: list[Doings]) -> None:
        """Add a window; `stretches`: see Lanes. Raises WaitingDoesNotAddUpError."""
        fresh, over = times.passing(times.fresh), times.passing(times.over)
        let_in_ns = times.let_in_ns[times.passes[times.fresh]] if self._aside else times.let_in_ns
        self._write(times.produced_ns[fresh], let_in_ns, times.accepted_ns[fresh])
        self._write_again(window, times.reading)
        which = times.passes.take if self._aside else None
        for doings in stretches:
            self._read(self._lanes, times.lane, doings, doings.passes.only(which))
        self._process(times.successful)
        self._live(times.produced_ns[over], times.ended_ns[over])
        if self._aside:
            self._return(self._aside.observe(window, times, stretches), self._aside.stretches)
        if window.last:
            self._close(window, times)

    def total_ns(self) -> dict[str, int]:
        """Of the whole run, by cause; all of CAUSES."""
        return dict(zip(CAUSES, self._waiting.over(slice(None)), strict=False))

    def before_ns(self) -> dict[str, int]:
        """What of it was waited before t = 0."""
        return dict(zip(CAUSES, self._waiting.over(slice(1)), strict=False))

    def between_ns(self, begin_ns: int, end_ns: int) -> dict[str, int]:
        """By cause, what was waited in the usual rows that hold some of a stretch of time, from t = 0 on."""
        rows = slice(1 + begin_ns // self._usual_ns, 2 + end_ns // self._usual_ns)
        return dict(zip(CAUSES, self._usual.over(rows), strict=False))

    def by_row_ns(self, rows: int) -> dict[str, list[int]]:
        """By cause, what was waited in each of the first rows of the time series."""
        by_row = self._waiting.by_row()[1 : rows + 1].T.tolist()
        return {cause: [*row, *[0] * (rows - len(row))] for cause, row in zip(CAUSES, by_row, strict=False)}

    def _write(self, produced_ns: Integers, let_in_ns: Integers, accepted_ns: Integers) -> None:
        """Records at their producers, from production to acceptance."""
        waited = accepted_ns > produced_ns
        why = _numbers("", "write_records", "write_bytes", "")
        for column, (before, after) in zip((produced_ns, let_in_ns, accepted_ns), pairwise(why), strict=True):
            self._move(before, after, column[waited], np.ones(int(waited.sum()), np.int64))

    def _write_again(self, window: Window, reading: Reading) -> None:
        """What some waited for the byte limit of a shard that closed: it is not the record limit of its child."""
        for waits in (window.written.moved, window.written.moved_waiting if window.last else None):
            if waits is not None and len(waits.records):
                mine = ~reading.skips(waits.records.accepted_ns)
                if reading.filter and waits is window.written.moved:
                    mine &= waits.records.passes[reading.filter]
                begin_ns, end_ns = (np.minimum(each[mine], window.end_ns) for each in (waits.begin_ns, waits.end_ns))
                one = np.ones(len(begin_ns), np.int64)
                self._move(NUMBER["write_records"], NUMBER["write_bytes"], begin_ns, one)
                self._move(NUMBER["write_bytes"], NUMBER["write_records"], end_ns, one)

    def _return(self, lives: Lives, stretches: list[Doings]) -> None:
        """Records that were set aside have waited after all: go through what their lanes have done since."""
        if not len(lives.lane):
            return
        self._write(lives.produced_ns, lives.let_in_ns, lives.accepted_ns)
        lanes = _Lanes()
        for doings in stretches:
            self._read(lanes, lives.lane, doings, lives.passes(doings.axis.begin_ns, doings.until_ns))
        self._live(lives.produced_ns, lives.ended_ns)

    def _read(self, lanes: _Lanes, lane: Integers, doings: Doings, passes: Passes) -> None:
        """Records from acceptance to end, over a stretch of time; `lane`: of each."""
        axis = doings.axis
        lanes.grow(int(axis.lanes[-1]) + 1)
        states = self._states(doings)
        at, old, new = self._changes(lanes, doings, states)
        before = []
        for number, state in enumerate(passes):
            passed = lanes.passed[number, axis.lanes[at // axis.stride]]
            for rows, times_ns in every(state):
                places = np.sort(axis.places(lane[rows], times_ns), kind="stable")
                self._pass(doings, states, number, places)
                begins = np.searchsorted(places, np.append(axis.starts, axis.starts[-1] + axis.stride))
                passed += np.searchsorted(places, at) - begins[at // axis.stride]
                lanes.passed[number, axis.lanes] += np.diff(begins)
            before.append(passed)
        for number, (earlier, later) in enumerate(pairwise(before), start=1):
            self._move(self._causes[old, number], self._causes[new, number], axis.times_ns(at), earlier - later)

    def _states(self, doings: Doings) -> Integers:
        """The state from each edge on: a row of `_causes`."""
        doing, phase = doings.doing.holding(doings.edges), doings.phase.holding(doings.edges)
        return (doing.astype(np.int64) * len(PHASE) + phase) * len(POLLED) + doings.polled.holding(doings.edges)

    @staticmethod
    def _changes(lanes: _Lanes, doings: Doings, states: Integers) -> tuple[Integers, Integers, Integers]:
        """The edges at which the state changes, and the states before and behind them."""
        axis, before = doings.axis, np.concatenate((states[:1], states[:-1]))
        begins = np.searchsorted(doings.edges, axis.starts)
        before[begins] = lanes.state[axis.lanes]
        lanes.state[axis.lanes] = states[np.append(begins[1:], len(states)) - 1]
        changes = np.flatnonzero(states != before)
        return doings.edges[changes], before[changes], states[changes]

    def _pass(self, doings: Doings, states: Integers, number: int, places: Integers) -> None:
        """Records, one at each place, go from one class to the next."""
        first = np.flatnonzero(np.diff(places, prepend=-1))
        at, records = places[first], np.diff(first, append=len(places))
        state = states[np.searchsorted(doings.edges, at, "right") - 1]
        self._move(self._causes[state, number], self._causes[state, number + 1], doings.axis.times_ns(at), records)

    def _process(self, attempts: list[Attempt]) -> None:
        """The run of an attempt is `processing` for the records that it processes; `function` for all others."""
        begin_ns = np.array([attempt.started_ns + attempt.cold_ns for attempt in attempts], np.int64)
        end_ns = np.array([attempt.finished_ns for attempt in attempts], np.int64)
        records = np.array([attempt.done for attempt in attempts], np.int64)
        self._move(NUMBER["function"], NUMBER["processing"], begin_ns, records)
        self._move(NUMBER["processing"], NUMBER["function"], end_ns, records)

    def _move(self, before: Integers | int, after: Integers | int, times_ns: Integers, records: Integers) -> None:
        """Records wait for another cause from some times on."""
        if (records < 0).any():
            raise WaitingDoesNotAddUpError(
                "records were read before they were accepted, or ended before they were read"
            )
        moves = (records > 0) & np.not_equal(before, after)
        before, after = np.broadcast_to(before, moves.shape)[moves], np.broadcast_to(after, moves.shape)[moves]
        for waiting in {id(each): each for each in (self._waiting, self._usual)}.values():
            waiting.change(before, times_ns[moves], -records[moves])
            waiting.change(after, times_ns[moves], records[moves])

    def _live(self, produced_ns: Integers, ended_ns: Integers) -> None:
        self._lived_ns += total(ended_ns) - total(produced_ns)

    def _close(self, window: Window, times: Times) -> None:
        """The run has ended: what is unprocessed has waited until now, and the causes must add up to all waiting."""
        end_ns, waiting = window.end_ns, times.waiting
        for number, (earlier, later) in enumerate(pairwise(self._lanes.passed), start=1):
            why = self._causes[self._lanes.state, number]
            self._move(why, NUMBER[""], np.full(len(why), end_ns), earlier - later)
        columns = (waiting.produced_ns, waiting.let_in_ns, waiting.accepted_ns)
        self._write(*(np.minimum(column, end_ns) for column in columns))
        unprocessed = times.passing(np.flatnonzero(times.how == CODE["unprocessed"]))
        left = np.concatenate((times.produced_ns[unprocessed], waiting.produced_ns))
        self._live(left, np.full(len(left), end_ns))
        self._check()

    def _check(self) -> None:
        waited_ns = sum(self.total_ns().values())
        if waited_ns != self._lived_ns:
            raise WaitingDoesNotAddUpError(f"records waited for {self._lived_ns} ns, and by cause for {waited_ns} ns")


def _numbers(*of: str) -> list[int]:
    return [NUMBER[cause] for cause in of]
