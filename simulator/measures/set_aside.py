"""Records that a filter will not let through: they count as waiting only if they never come to be filtered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.measures.lanes import Doings
from simulator.measures.passes import Passes
from simulator.measures.records import Records, every
from simulator.measures.times import CODE, Times, Window
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER


@dataclass(frozen=True)
class Lives:
    """Records from production to end, one row each; what they did not live to see is at their end."""

    lane: Integers
    produced_ns: Integers
    let_in_ns: Integers
    accepted_ns: Integers
    seen_ns: Integers
    called_ns: Integers
    available_ns: Integers
    ended_ns: Integers

    def passes(self, begin_ns: int, until_ns: int) -> Passes:
        """How they pass from state to state from one time to before another."""
        columns = (self.accepted_ns, self.seen_ns, self.called_ns, self.available_ns, self.ended_ns)
        rows = np.arange(len(self.lane))
        return Passes(*((Records(rows, column),) for column in columns)).within(begin_ns, until_ns)


class SetAside:
    """Those of one mapping. `stretches`: what lanes have done since the oldest of them that are left was accepted."""

    def __init__(self) -> None:
        self.stretches: list[Doings] = []
        none = np.empty(0, np.int64)
        self._let_in_ns, self._seen_ns, self._called_ns, self._available_ns = none, none, none, none

    def observe(self, window: Window, times: Times, stretches: list[Doings]) -> Lives:
        """Take a window; those records that will not be filtered any more: they have expired, or the run has ended."""
        self._note(times, stretches)
        self.stretches += [replace(doings, passes=Passes(*((),) * len(Passes._fields))) for doings in stretches]
        left = np.flatnonzero((times.how == CODE["unprocessed"]) & ~times.passes)
        rows = times.expired[~times.passes[times.expired]]
        if window.last:
            rows, left = np.concatenate((rows, left)), left[:0]
        lives = self._lives(rows, times, window.end_ns)
        oldest_ns = int(np.concatenate((times.accepted_ns[left], lives.accepted_ns)).min(initial=NEVER))
        self.stretches = [doings for doings in self.stretches if doings.axis.end_ns >= oldest_ns]
        return lives

    def _note(self, times: Times, stretches: list[Doings]) -> None:
        """Note when each record passes into which state."""
        self._let_in_ns = times.moved(self._let_in_ns, NEVER)
        self._let_in_ns[times.fresh] = times.let_in_ns
        self._seen_ns, self._called_ns, self._available_ns = (
            times.moved(column, NEVER) for column in (self._seen_ns, self._called_ns, self._available_ns)
        )
        for doings in stretches:
            of = (doings.passes.seen, doings.passes.called, doings.passes.available)
            for column, state in zip((self._seen_ns, self._called_ns, self._available_ns), of, strict=True):
                for rows, times_ns in every(state):
                    column[rows] = times_ns

    def _lives(self, rows: Integers, times: Times, end_ns: int) -> Lives:
        ended_ns = np.minimum(times.ended_ns[rows], end_ns)
        seen_ns, called_ns, available_ns = (
            np.minimum(column[rows], ended_ns) for column in (self._seen_ns, self._called_ns, self._available_ns)
        )
        return Lives(
            times.lane[rows], times.produced_ns[rows], self._let_in_ns[rows], times.accepted_ns[rows],
            seen_ns, called_ns, available_ns, ended_ns,
        )  # fmt: skip
