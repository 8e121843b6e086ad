"""Episodes: the times in which a mapping is behind, from whatever cause, and what they did (docs/conclusions.md)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from simulator.measures.attempts import Attempts
from simulator.measures.by_shard import grown
from simulator.measures.lag import Lag
from simulator.measures.last_quarter import LOST
from simulator.measures.parts import Processed
from simulator.measures.times import CODE, Times, Window
from simulator.measures.waiting import Waiting
from simulator.model.switch import disabled_periods
from simulator.scenario.spec import EventSourceMapping, Function, Outage, Scenario, Slow
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS, ns
from simulator.traffic.requests import Request

UNKNOWN: Final = math.nan


@dataclass(frozen=True)
class Event:
    """What the scenario has happen to a mapping: an outage, a slow or disabled period, a replay, a resharding."""

    name: str  # outage 1, disabled 2: numbered in the file's order, or in that of time
    start_ns: int
    end_ns: int


@dataclass(frozen=True)
class Episode:
    """One stretch of time in which a mapping was behind. NaN: not before the run ended, or never."""

    mapping: str
    event: str  # that overlaps its begin; "" for none
    event_start_s: float
    event_end_s: float
    start_s: float
    end_s: float  # when it had caught up
    cause: str  # of the waiting in it the one with most
    peak_lag_s: float
    recovery_time_s: float  # from the end of the event, or else from its own start, until it had caught up
    records_delayed: int  # processed in it, later than what counts as behind
    records_done_again: int
    records_lost: int  # dropped or expired
    records_sent_to_destination: int
    first_loss_s: float  # after its start

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def events(scenario: Scenario, mapping: EventSourceMapping) -> list[Event]:
    """The declared events of a mapping, in order of time."""
    found = [
        *_failures(scenario.functions[mapping.function], Outage, "outage"),
        *_failures(scenario.functions[mapping.function], Slow, "slow"),
        *(Event(f"disabled {n}", *period) for n, period in enumerate(disabled_periods(mapping.disabled), start=1)),
    ]
    begin_ns = min([0, *(ns(each.start) for each in scenario.producers if each.stream == mapping.stream)])
    if mapping.starting_position != "latest" and (begin_ns < 0 or mapping.starts_after > 0):
        found.append(Event("replay", 0, ns(mapping.starts_after)))
    return sorted(found, key=lambda event: event.start_ns)


def reshardings(requests: Sequence[Request]) -> list[Event]:
    """The changes of a stream's shards: from when a request was made until it was done."""
    done = [(request.at_ns, request.done_ns) for request in requests if request.done_ns is not None]
    return [Event(f"resharding {n}", *period) for n, period in enumerate(done, start=1)]


def _failures(function: Function, kind: type[Outage | Slow], name: str) -> Iterator[Event]:
    of_kind = [each for each in function.failures if isinstance(each, kind)]
    for number, each in enumerate(of_kind, start=1):
        yield Event(f"{name} {number}", ns(each.from_), ns(each.to))


class Episodes:
    """Counts for the episodes of one mapping, window by window; data alone. Columns have a row an episode."""

    def __init__(self, limit_ns: int) -> None:
        self._limit_ns = limit_ns
        self.delayed, self.done_again = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.lost, self.sent = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.first_loss_ns = np.zeros(0, np.int64)

    def observe(self, window: Window, times: Times, attempts: Attempts, processed: Processed, lag: Lag) -> None:
        """Take a window that all of these have taken."""
        if not lag.behind_ns or lag.behind_ns[-1][1] < window.begin_ns:
            return
        within = _Within(lag.behind_ns)
        n = len(lag.behind_ns)
        late = np.concatenate(([0], np.cumsum(processed.latency_ns > self._limit_ns)))
        ends = np.cumsum(processed.records)
        self.delayed = within.added(self.delayed, processed.finished_ns, late[ends] - late[ends - processed.records])
        self.done_again = within.added(self.done_again, attempts.finished_ns, attempts.records - attempts.done)
        how, ended_ns = times.how[times.over], times.ended_ns[times.over]
        sent, lost = how == CODE["sent_to_destination"], np.isin(how, [CODE[each] for each in LOST])
        self.sent = within.added(self.sent, ended_ns[sent])
        self.lost = within.added(self.lost, ended_ns[lost & ~sent])
        self.first_loss_ns = grown(self.first_loss_ns, n, np.iinfo(np.int64).max)
        which, inside = within.of(ended_ns[lost])
        np.minimum.at(self.first_loss_ns, which[inside], ended_ns[lost][inside])

    def told(self, mapping: str, declared: Sequence[Event], lag: Lag, waiting: Waiting, over: bool) -> list[Episode]:
        """All episodes of a run that has ended; `over`: the mapping was not behind then.

        Stretches that are nearer to each other than what counts as behind are one: while a mapping catches up, its lag
        goes up and down by a batch.
        """
        begins = np.array([begin_ns for begin_ns, _ in lag.behind_ns], np.int64)
        ends = np.array([end_ns for _, end_ns in lag.behind_ns], np.int64)
        apart = np.flatnonzero(begins[1:] - ends[:-1] > self._limit_ns) + 1
        bounds = [0, *apart.tolist(), len(begins)] if len(begins) else []
        return [
            self._told(mapping, declared, lag, waiting, slice(low, high), over or high < len(begins))
            for low, high in pairwise(bounds)
        ]

    def _told(
        self, mapping: str, declared: Sequence[Event], lag: Lag, waiting: Waiting, of: slice, over: bool
    ) -> Episode:
        begin_ns, end_ns = lag.behind_ns[of.start][0], lag.behind_ns[of.stop - 1][1]
        event = next((e for e in reversed(declared) if e.start_ns <= begin_ns <= e.end_ns + self._limit_ns), None)
        since_ns = begin_ns if event is None else event.end_ns
        waited = waiting.between_ns(begin_ns, end_ns)
        lost, sent, first_ns = int(self.lost[of].sum()), int(self.sent[of].sum()), int(self.first_loss_ns[of].min())
        return Episode(
            mapping=mapping,
            event=event.name if event else "",
            event_start_s=event.start_ns / NS if event else UNKNOWN,
            event_end_s=event.end_ns / NS if event else UNKNOWN,
            start_s=begin_ns / NS,
            end_s=end_ns / NS if over else UNKNOWN,
            cause=max(waited, key=lambda cause: waited[cause]),
            peak_lag_s=max(lag.behind_peaks_ns[of]) / NS,
            recovery_time_s=max(0, end_ns - since_ns) / NS if over else UNKNOWN,
            records_delayed=int(self.delayed[of].sum()),
            records_done_again=int(self.done_again[of].sum()),
            records_lost=lost,
            records_sent_to_destination=sent,
            first_loss_s=(first_ns - begin_ns) / NS if lost or sent else UNKNOWN,
        )


class _Within:
    """Which of some stretches of time, in order and apart, a time lies in."""

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        self._begins, self._ends = np.array(stretches, np.int64).T

    def of(self, times_ns: Integers) -> tuple[Integers, np.ndarray[Any, np.dtype[np.bool_]]]:
        """The number of the stretch that begins last before each time, and whether the time lies in it."""
        which = np.maximum(np.searchsorted(self._begins, times_ns, "right") - 1, 0)
        return which, (times_ns >= self._begins[which]) & (times_ns <= self._ends[which])

    def added(self, column: Integers, times_ns: Integers, amounts: Integers | None = None) -> Integers:
        """A column with a row a stretch, and to each row what lies in it added: amounts, or 1 each."""
        column = grown(column, len(self._begins))
        which, inside = self.of(times_ns)
        np.add.at(column, which[inside], 1 if amounts is None else amounts[inside])
        return column
