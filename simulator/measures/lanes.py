"""What each lane of a mapping does over a window: busy with what, or idle, and why nothing comes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.measures.axis import Axis, Codes, Steps, stretches
from simulator.measures.first_reads import FirstReads
from simulator.measures.passes import Passes, Passing
from simulator.measures.times import Reading, Times, Window
from simulator.model.facts import Doing, Poll
from simulator.traffic.log import Column, Integers
from simulator.traffic.nanoseconds import NEVER

Spans = tuple[Integers, Integers, Integers, Codes]
Polls = tuple[Integers, Integers, Codes]

BUSY: Final = (
    "invoke_overhead", "concurrency", "invocation_rate", "scaling_rate", "cold_start", "function", "poison", "outage",
    "random_errors", "timeouts",
)  # fmt: skip
DOING: Final = {what: code for code, what in enumerate(("idle", "answer", *BUSY))}
PHASE: Final = {phase: code for code, phase in enumerate(("starting", "enabled", "disabled", "parents"))}
POLLED: Final = {result: code for code, result in enumerate(("", "called", "held", "no_call", "no_bytes"))}


@dataclass(frozen=True)
class Doings:
    """What lanes do in [axis.begin_ns, axis.end_ns]: codes of DOING, PHASE and POLLED, as steps."""

    axis: Axis
    until_ns: int  # what is before it, and not before the axis' beginning, has come to pass in it
    passes: Passes  # of the records of these lanes, in this time
    doing: Steps
    phase: Steps
    polled: Steps  # the result of the last poll of the lane's shard; "": none, or none that says why
    busy_before_ns: Integers  # by lane: its busy time up to the beginning
    free_before_ns: Integers  # by lane: its time up to the beginning in which it was idle, and the mapping not disabled

    @cached_property
    def edges(self) -> Integers:
        """The places where anything may change, and each lane's beginning, ascending."""
        at = np.sort(np.concatenate((self.doing.at, self.phase.at, self.polled.at)), kind="stable")
        return at[np.diff(at, prepend=-1) > 0]

    def busy_ns(self, lanes: Integers, times_ns: Integers) -> Integers:
        """The busy time up to each time of the lane beside it, from a fixed time on while the lane has records."""
        return self._upto(self._busy, self.busy_before_ns, lanes, times_ns)

    def free_ns(self, lanes: Integers, times_ns: Integers) -> Integers:
        """The same of the time in which the lane is idle and the mapping not disabled."""
        return self._upto(self._free, self.free_before_ns, lanes, times_ns)

    @cached_property
    def _busy(self) -> tuple[NDArray[np.bool_], Integers]:
        return self._summed(self.doing.holding(self.edges) > DOING["answer"])

    @cached_property
    def _free(self) -> tuple[NDArray[np.bool_], Integers]:
        idle = self.doing.holding(self.edges) <= DOING["answer"]
        return self._summed(idle & (self.phase.holding(self.edges) != PHASE["disabled"]))

    def _summed(self, counts: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Integers]:
        """Where time counts, and how much of it there is before each edge, since the axis' beginning."""
        return counts, np.concatenate(([0], np.cumsum(np.diff(self.edges) * counts[:-1])))

    def _upto(
        self, what: tuple[NDArray[np.bool_], Integers], before_ns: Integers, lanes: Integers, times_ns: Integers
    ) -> Integers:
        counts, upto = what
        places = self.axis.places(lanes, times_ns)
        edge = np.searchsorted(self.edges, places, "right") - 1
        number = places // self.axis.stride
        begun = upto[np.searchsorted(self.edges, self.axis.starts)]
        return before_ns[number] + upto[edge] + (places - self.edges[edge]) * counts[edge] - begun[number]


class Lanes:
    """Follows the lanes of one mapping, and keeps what lasts beyond a window."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._passing = Passing(reading)
        self._phases = _phases(reading)
        self._lasting: list[Doing] = []
        self._polled: Codes = np.zeros(0, np.int8)  # by shard: its last poll
        self._records = self._busy_ns = self._free_ns = np.zeros(0, np.int64)  # by lane

    @property
    def busy_ns(self) -> Integers:
        """How long each lane (see Times.lane) has been busy up to the end of the last window."""
        return self._busy_ns

    def observe(self, window: Window, times: Times) -> list[Doings]:
        """What they do in this window, which `times` has observed: one stretch of it after the other, mostly one."""
        self._grow(len(window.shards))
        passes = self._passing.observe(window, times)
        doings = [*self._lasting, *window.facts.doings]
        self._lasting = [doing for doing in doings if doing.end_ns > window.end_ns]
        spans, polls = _spans(doings, self._reading.lanes), _polls(window.facts.polls, self._polled)
        lanes, found = self._with_records(times), []
        for begin_ns, end_ns in stretches(window.begin_ns, window.end_ns, len(lanes)) if len(lanes) else ():
            until_ns = window.until_ns if end_ns == window.end_ns else end_ns
            axis = Axis(begin_ns, end_ns, lanes)
            phases = self._phase_steps(axis, times.reads)
            found.append(self._stretch(axis, until_ns, passes, (spans, phases, polls)))
        self._polled[polls[0]] = polls[2]  # of several the last one stays
        return found

    def _grow(self, shards: int) -> None:
        lanes = shards * self._reading.lanes
        self._polled = _longer(self._polled, shards)
        self._records, self._busy_ns, self._free_ns = (
            _longer(column, lanes) for column in (self._records, self._busy_ns, self._free_ns)
        )

    def _with_records(self, times: Times) -> Integers:
        """The lanes that have records at some time of a window."""
        had = self._records + np.bincount(times.lane[times.fresh], minlength=len(self._records))
        self._records = had - np.bincount(times.lane[times.over], minlength=len(had))
        return np.flatnonzero(had)

    def _stretch(self, axis: Axis, until_ns: int, passes: Passes, of: tuple[Spans, Steps, Polls]) -> Doings:
        spans, phases, polls = of
        doings = Doings(
            axis,
            until_ns,
            passes.within(axis.begin_ns, until_ns),
            _doing_steps(axis, spans),
            phases,
            self._poll_steps(axis, polls),
            self._busy_ns[axis.lanes],
            self._free_ns[axis.lanes],
        )
        end = np.full(len(axis.lanes), axis.end_ns)
        self._busy_ns[axis.lanes] = doings.busy_ns(axis.lanes, end)
        self._free_ns[axis.lanes] = doings.free_ns(axis.lanes, end)
        return doings

    def _phase_steps(self, axis: Axis, reads: FirstReads) -> Steps:
        at_ns, codes = self._phases
        first = int(np.searchsorted(at_ns, axis.begin_ns, "right")) - 1
        last = int(np.searchsorted(at_ns, axis.end_ns))
        phases = np.tile(codes[first:last], len(axis.lanes))
        if not reads.any_children:
            return Steps(axis.everywhere(at_ns[first:last]), phases)
        read_ns = reads.at_ns[axis.lanes // self._reading.lanes]
        early = np.maximum(at_ns[first:last], axis.begin_ns) < read_ns[:, None]
        phases[early.ravel() & (phases == PHASE["enabled"])] = PHASE["parents"]
        begins = (read_ns > axis.begin_ns) & (read_ns <= axis.end_ns)
        at = axis.places(axis.lanes[begins], read_ns[begins])
        then = codes[np.searchsorted(at_ns, read_ns[begins], "right") - 1]
        return Steps(np.concatenate((axis.everywhere(at_ns[first:last]), at)), np.concatenate((phases, then)))

    def _poll_steps(self, axis: Axis, polls: Polls) -> Steps:
        shard, at_ns, code = polls
        before = self._polled[axis.lanes // self._reading.lanes]
        lanes = (shard[:, None] * self._reading.lanes + np.arange(self._reading.lanes)).ravel()
        at_ns, code = np.repeat(at_ns, self._reading.lanes), np.repeat(code, self._reading.lanes)
        mine = axis.has(lanes)
        at = axis.places(lanes[mine], at_ns[mine])
        return Steps(np.concatenate((axis.starts, at)), np.concatenate((before, code[mine])))


def _longer(column: Column, rows: int) -> Column:
    return np.concatenate((column, np.zeros(rows - len(column), column.dtype)))  # type: ignore[return-value]


def _phases(reading: Reading) -> tuple[Integers, Codes]:
    """From when on the mapping is in which phase."""
    at_ns, phases = [-NEVER, reading.starts_ns], ["starting", "enabled"]
    for begin_ns, end_ns in reading.disabled:
        if end_ns > reading.starts_ns:
            at_ns += max(begin_ns, reading.starts_ns), end_ns
            phases += "disabled", "enabled"
    return np.array(at_ns), np.array([PHASE[phase] for phase in phases], np.int8)


def _spans(doings: list[Doing], lanes: int) -> Spans:
    """Lane, beginning, end and code of each."""
    lane = np.array([doing.shard * lanes + doing.lane for doing in doings], np.int64)
    begin_ns = np.array([doing.begin_ns for doing in doings], np.int64)
    end_ns = np.array([doing.end_ns for doing in doings], np.int64)
    return lane, begin_ns, end_ns, np.array([DOING[doing.what] for doing in doings], np.int8)


def _doing_steps(axis: Axis, spans: Spans) -> Steps:
    lane, begin_ns, end_ns, code = spans
    mine = axis.has(lane) & (begin_ns < axis.end_ns) & (end_ns > axis.begin_ns)
    lane, code = lane[mine], code[mine]
    begin, end = axis.places(lane, begin_ns[mine]), axis.places(lane, end_ns[mine])
    idle = np.zeros(len(axis.starts) + len(end), np.int8)
    return Steps(np.concatenate((axis.starts, end, begin)), np.concatenate((idle, code)))  # what begins at an end holds


def _polls(polls: list[Poll], before: Codes) -> Polls:
    """Shard, time and code of the polls with another code than the one before; `before`: by shard, of those before."""
    shard = np.array([poll.shard for poll in polls], np.int64)
    order = np.argsort(shard, kind="stable")
    shard, at_ns = shard[order], np.array([poll.at_ns for poll in polls], np.int64)[order]
    code = np.array([POLLED.get(poll.result, 0) for poll in polls], np.int8)[order]
    first = np.diff(shard, prepend=-1) != 0
    previous = np.concatenate((code[:1], code[:-1]))
    previous[first] = before[shard[first]]
    changes = code != previous
    return shard[changes], at_ns[changes], code[changes]
