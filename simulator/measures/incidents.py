"""The incidents of one mapping: outages and slow periods of its function, and poison records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from simulator.measures.incident import Batch, Incident, Seen, Trouble
from simulator.measures.ordinary import Ordinary
from simulator.model.facts import Attempt
from simulator.scenario.spec import Function, Outage, Slow
from simulator.traffic.nanoseconds import ns

MOST_POISONINGS: Final = 100  # a mapping


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
