"""Outages, slow periods and poison records: what each did to a mapping, and how long it took to recover.

An incident is recovered from at the first moment after its end at which every record that was produced by then has
ended and the mapping is not behind (docs/model.md, section 11). All times are exact, whatever the windows and rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from simulator.measures.attempts import Attempts
from simulator.measures.grid import Stretch
from simulator.measures.level import Steps
from simulator.measures.ordinary import Ordinary
from simulator.measures.parts import Processed
from simulator.measures.times import CODE, Times
from simulator.model.facts import Attempt, Loss
from simulator.scenario.spec import Function, Outage, Slow
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS, ns

MOST_POISONINGS: Final = 100  # a mapping


@dataclass(frozen=True)
class Incident:
    """One incident as one mapping saw it."""

    mapping: str
    kind: str  # outage, slow or poison
    start_s: float  # of poison: when the first attempt started that failed by it
    end_s: float  # of poison: when each record of that attempt had ended; NaN: not over when the run ended
    peak_iterator_age_s: float
    backlog_before_records: int
    peak_backlog_records: int
    recovered_s: float  # NaN: not before the run ended
    recovery_time_s: float  # from the incident's end
    records_delayed: int  # processed later than any record shortly before the incident
    records_done_again: int  # in attempts that failed
    records_lost: int  # dropped or expired
    records_sent_to_destination: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Seen:
    """What a mapping did in one window."""

    stretch: Stretch
    backlog: Steps
    attempts: Attempts  # those that finished
    processed: Processed
    losses: Sequence[Loss]
    times: Times
    behind_ns: Sequence[tuple[int, int]]  # all stretches of time so far in which the mapping was behind
    limit_ns: int  # with a lag above this it is behind

    @property
    def behind_at_end(self) -> bool:
        """Whether it is behind when the window is over."""
        return self.stretch.end_ns - self.times.oldest_ns > self.limit_ns


@dataclass
class Trouble:
    """An incident that goes on, or has not been recovered from."""

    kind: str
    start_ns: int
    end_ns: int | None  # None: it goes on
    ordinary_ns: int  # the highest latency shortly before it
    backlog_before: int
    batch: Batch | None = None  # of poison
    cleared_ns: int | None = None  # when each record produced before its end had ended
    recovered_ns: int | None = None
    peak_age_ns: int = -1
    peak_backlog: int = 0
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("delayed", "done_again", "lost", "sent_to_destination"), 0)
    )

    def observe(self, seen: Seen) -> None:
        """Take a window."""
        if self.batch is not None and self.end_ns is None:
            self.end_ns = self.batch.over_ns(seen)
        if self.end_ns is not None and self.end_ns < seen.stretch.until_ns:
            self._look_for_recovery(self.end_ns, seen)
        self._count(seen, seen.stretch.end_ns if self.recovered_ns is None else self.recovered_ns)

    def _look_for_recovery(self, end_ns: int, seen: Seen) -> None:
        if self.cleared_ns is None:
            self.cleared_ns = _cleared_ns(end_ns, seen)
        if self.cleared_ns is not None:
            free_ns = next((b for a, b in seen.behind_ns if a <= self.cleared_ns < b), self.cleared_ns)
            over = free_ns < seen.stretch.end_ns
            if over or (seen.stretch.last and not seen.behind_at_end):  # else the next window will tell
                self.recovered_ns = free_ns

    def _count(self, seen: Seen, until_ns: int) -> None:
        def within(times_ns: Integers) -> np.ndarray[Any, np.dtype[np.bool_]]:
            return (times_ns >= self.start_ns) & (times_ns <= until_ns)

        begin_ns = max(self.start_ns, seen.stretch.begin_ns)
        self.peak_backlog = max(self.peak_backlog, seen.backlog.peak(begin_ns, max(begin_ns, until_ns)))
        attempts, processed = seen.attempts, seen.processed
        mine = within(attempts.finished_ns)
        self.peak_age_ns = max(self.peak_age_ns, int(attempts.age_ns[mine].max(initial=-1)))
        self.counts["done_again"] += int((attempts.records - attempts.done)[mine].sum())
        of_record = np.repeat(within(processed.finished_ns), processed.records)
        self.counts["delayed"] += int((processed.latency_ns[of_record] > self.ordinary_ns).sum())
        for loss in seen.losses:
            if self.start_ns <= loss.at_ns <= until_ns:
                self.counts["sent_to_destination" if loss.how == "sent_to_destination" else "lost"] += len(loss.places)

    def told(self, mapping: str) -> Incident:
        """As it is known when the run has ended."""
        end_s, recovered_s = _seconds(self.end_ns), _seconds(self.recovered_ns)
        return Incident(
            mapping=mapping,
            kind=self.kind,
            start_s=self.start_ns / NS,
            end_s=end_s,
            peak_iterator_age_s=_seconds(self.peak_age_ns if self.peak_age_ns >= 0 else None),
            backlog_before_records=self.backlog_before,
            peak_backlog_records=self.peak_backlog,
            recovered_s=recovered_s,
            recovery_time_s=_seconds(
                None if self.recovered_ns is None or self.end_ns is None else self.recovered_ns - self.end_ns
            ),
            records_delayed=self.counts["delayed"],
            records_done_again=self.counts["done_again"],
            records_lost=self.counts["lost"],
            records_sent_to_destination=self.counts["sent_to_destination"],
        )


@dataclass
class Batch:
    """The records of an attempt that failed by poison, as far as they have not ended."""

    attempt: Attempt
    left: Integers  # places
    last_ended_ns: int = 0

    def over_ns(self, seen: Seen) -> int | None:
        """When all have ended; None while some have not."""
        ended_ns = seen.times.ended_ns[seen.times.rows(self.attempt.shard, self.left)]
        over = ended_ns < seen.stretch.until_ns
        self.last_ended_ns = max(self.last_ended_ns, int(ended_ns[over].max(initial=0)))
        self.left = self.left[~over]
        return None if len(self.left) else self.last_ended_ns


class Troubles:
    """All incidents of one mapping, window by window."""

    def __init__(self, function: Function, ordinary: Ordinary) -> None:
        self._declared = [
            ("outage" if isinstance(failure, Outage) else "slow", ns(failure.from_), ns(failure.to))
            for failure in function.failures
            if isinstance(failure, Outage | Slow)
        ]
        self._ordinary = ordinary
        self._found: list[Trouble] = []
        self._poisoned: dict[tuple[int, int], int] = {}  # by shard and lane: the last place of the last poisoned batch
        self._poisonings = 0

    def observe(self, seen: Seen, admitted: Sequence[Attempt]) -> None:
        """Take a window, and the attempts that were admitted in it."""
        stretch = seen.stretch
        for kind, start_ns, end_ns in self._declared:
            if max(0, stretch.begin_ns) <= start_ns < stretch.until_ns:
                self._begin(kind, start_ns, end_ns)
        for attempt in admitted:
            if attempt.failure == "poison":
                self._poison(attempt)
        for trouble in self._found:
            if trouble.recovered_ns is None:
                trouble.observe(seen)

    def told(self, mapping: str, end_ns: int) -> list[Incident]:
        """In order of time; an attempt that has not failed by the end of the run makes no incident."""
        came = [t for t in self._found if t.batch is None or t.batch.attempt.finished_ns <= end_ns]
        return [trouble.told(mapping) for trouble in sorted(came, key=lambda trouble: trouble.start_ns)]

    def _begin(self, kind: str, start_ns: int, end_ns: int | None, batch: Batch | None = None) -> None:
        latency_ns, backlog = self._ordinary.before(start_ns)
        self._found.append(Trouble(kind, start_ns, end_ns, latency_ns, backlog, batch))

    def _poison(self, attempt: Attempt) -> None:
        """A batch that fails by poison again is the same incident, and so are its parts."""
        where = attempt.shard, attempt.lane
        if attempt.places[0] > self._poisoned.get(where, -1) and self._poisonings < MOST_POISONINGS:
            self._poisoned[where] = int(attempt.places[-1])
            self._poisonings += 1
            self._begin("poison", attempt.started_ns, None, Batch(attempt, attempt.places))


def _cleared_ns(end_ns: int, seen: Seen) -> int | None:
    """When each record that was produced before a time had ended, at the earliest then; None while some have not."""
    times = seen.times
    mine = (times.produced_ns < end_ns) & (times.how != CODE["skipped"])
    last_ns = max(end_ns, int(times.ended_ns[mine].max(initial=end_ns)))
    return last_ns if last_ns < seen.stretch.until_ns and times.oldest_ns >= end_ns else None


def _seconds(time_ns: int | None) -> float:
    return float("nan") if time_ns is None else time_ns / NS
