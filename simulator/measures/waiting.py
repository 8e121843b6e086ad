"""Waiting by cause: each instant from a record's production to its end has exactly one (docs/model.md, section 8)."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from simulator.measures.exact import RowSums, by_row, pairs, row_edges, whole
from simulator.measures.integrals import integrals
from simulator.measures.lanes import BUSY, DOING, PHASE, POLLED, Doings
from simulator.measures.times import CODE, Reading, Times, Window
from simulator.model.facts import Attempt
from simulator.traffic.log import Integers

CAUSES: Final = (
    "write_records", "write_bytes", "starting", "disabled", "parents", "read_calls", "read_bytes", "held",
    "answer_limit", "poll_interval", "read_latency", "push_bytes", "propagation", "batching_window", "invoke_overhead",
    "concurrency", "invocation_rate", "scaling_rate", "cold_start", "processing", "function", "poison", "outage",
    "random_errors", "timeouts",
)  # fmt: skip
NUMBER: Final = {cause: number for number, cause in enumerate(CAUSES)}
REFUSED: Final = {"held": "held", "no_call": "read_calls", "no_bytes": "read_bytes"}


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
    if phase == "starting":
        return phase, phase, phase, available
    if pushed:
        return "push_bytes", "push_bytes", "propagation", available
    if polled in REFUSED:
        return "poll_interval", REFUSED[polled], REFUSED[polled], available
    return "poll_interval", "answer_limit" if polled == "called" else "poll_interval", "read_latency", available


class Waiting:
    """Nanoseconds waited by the records of one mapping that it does not skip, by cause (CAUSES); exact."""

    def __init__(self, reading: Reading, interval_ns: int) -> None:
        """`interval_ns`: of the rows of the time series; row 0 begins at t = 0."""
        states = product(DOING, PHASE, POLLED)
        self._causes = np.array([[NUMBER[why] for why in causes(*state, reading.pushed)] for state in states])
        self._interval_ns = interval_ns
        self._sums = RowSums(len(CAUSES), interval_ns)
        self._lived_ns = 0  # from production to end, by the records that have ended

    def observe(self, window: Window, times: Times, stretches: list[Doings]) -> None:
        """Add a window; `stretches`: see Lanes. Raises WaitingDoesNotAddUpError."""
        fresh = times.fresh[times.how[times.fresh] != CODE["skipped"]]
        self._written(times.produced_ns[fresh], times.let_in_ns[fresh], times.accepted_ns[fresh])
        for doings in stretches:
            self._read(times, doings)
        self._processed([attempt for attempt in times.finished if attempt.done])
        self._lived_ns += whole(pairs(times.ended_ns[times.over])) - whole(pairs(times.produced_ns[times.over]))
        if window.last:
            self._close(window, times)

    def total_ns(self) -> dict[str, int]:
        """Of the whole run, by cause; all of CAUSES."""
        return dict(zip(CAUSES, self._sums.totals(), strict=True))

    def before_ns(self) -> dict[str, int]:
        """What of it was waited before t = 0."""
        return dict(zip(CAUSES, self._sums.before(), strict=True))

    def by_row_ns(self, rows: int) -> dict[str, list[int]]:
        """By cause, what was waited in each of the first rows of the time series."""
        return dict(zip(CAUSES, self._sums.upto(rows), strict=True))

    def _written(self, produced_ns: Integers, let_in_ns: Integers, accepted_ns: Integers) -> None:
        """Records at their producers, from production to acceptance."""
        waited = accepted_ns > produced_ns
        if not waited.any():
            return
        begin_ns, end_ns = int(produced_ns[waited].min()), int(accepted_ns[waited].max())
        edges = np.concatenate(([begin_ns], row_edges(begin_ns, end_ns, self._interval_ns), [end_ns])) - begin_ns
        columns = [column[waited] - begin_ns for column in (produced_ns, let_in_ns, accepted_ns)]
        waits = integrals(columns, np.zeros(len(columns[0]), np.int64), edges, edges)
        self._add(np.array([[NUMBER["write_records"], NUMBER["write_bytes"]]]), begin_ns + edges[:-1], waits)

    def _read(self, times: Times, doings: Doings) -> None:
        """Records from acceptance to end, over a stretch of time."""
        axis, rows = doings.axis, doings.rows
        of_rows = axis.everywhere(row_edges(axis.begin_ns, axis.end_ns, self._interval_ns))
        edges = np.sort(np.concatenate((doings.edges, of_rows)), kind="stable")
        number, since_ns = np.divmod(edges, axis.stride)
        lane, ended_ns = times.lane[rows], times.ended_ns[rows]
        read = [np.minimum(c[rows], ended_ns) for c in (times.seen_ns, times.called_ns, times.available_ns)]
        columns = [axis.places(lane, column) for column in (times.accepted_ns[rows], *read, ended_ns)]
        starts = axis.places(lane, np.full(len(rows), axis.begin_ns))
        waits = integrals(columns, starts, edges, since_ns)
        lasts = (number[1:] == number[:-1]) & (since_ns[1:] > since_ns[:-1])
        self._add(self._why(doings, edges)[:-1][lasts], axis.begin_ns + since_ns[:-1][lasts], waits[lasts])

    def _why(self, doings: Doings, edges: Integers) -> Integers:
        """From each edge on, the numbers of the causes by class."""
        doing, phase = doings.doing.holding(edges).astype(np.int64), doings.phase.holding(edges)
        why: Integers = self._causes[(doing * len(PHASE) + phase) * len(POLLED) + doings.polled.holding(edges)]
        return why

    def _processed(self, attempts: list[Attempt]) -> None:
        """The run of an attempt is `processing` for the records that it processes; `function` for all others."""
        begin_ns = np.array([attempt.started_ns + attempt.cold_ns for attempt in attempts], np.int64)
        end_ns = np.array([attempt.finished_ns for attempt in attempts], np.int64)
        done = np.array([attempt.done for attempt in attempts], np.int64)
        which, low_ns, high_ns = by_row(begin_ns, end_ns, self._interval_ns)
        waits = pairs(done[which] * (high_ns - low_ns))
        for cause, sums in (("processing", waits), ("function", -waits)):
            self._sums.add(np.full(len(which), NUMBER[cause]), low_ns, sums)

    def _add(self, why: Integers, times_ns: Integers, waits: Integers) -> None:
        """Add what was waited from some times on: one row each, one column a class."""
        if (waits[..., 0] < 0).any():
            raise WaitingDoesNotAddUpError("a record was read before it was accepted, or ended before it was read")
        waited = waits.any(axis=-1)
        why, times_ns = np.broadcast_to(why, waited.shape), np.broadcast_to(times_ns[:, None], waited.shape)
        self._sums.add(why[waited], times_ns[waited], waits[waited])

    def _close(self, window: Window, times: Times) -> None:
        """The run has ended: what is unprocessed has waited until now, and the causes must add up to all waiting."""
        waiting, end_ns = times.waiting, window.end_ns
        columns = (waiting.produced_ns, waiting.let_in_ns, waiting.accepted_ns)
        self._written(*(np.minimum(column, end_ns) for column in columns))
        left = np.concatenate((times.produced_ns[times.how == CODE["unprocessed"]], waiting.produced_ns))
        self._lived_ns += len(left) * end_ns - whole(pairs(left))
        waited_ns = sum(self._sums.totals())
        if waited_ns != self._lived_ns:
            raise WaitingDoesNotAddUpError(f"records waited for {self._lived_ns} ns, and by cause for {waited_ns} ns")
