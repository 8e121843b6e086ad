"""The stretches of time that a run takes its traffic in: nothing but memory depends on them."""

from __future__ import annotations

from typing import Final

from simulator.model.facts import Facts
from simulator.scenario.expectations import largest
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NS, ns
from simulator.traffic.stream import Stream
from simulator.traffic.write_limits import LONGEST_NS, MOST_BYTES

WINDOW_RECORDS: Final = 1 << 19
WINDOW_FACTS: Final = 1 << 18
WINDOW_TRIED: Final = 1 << 20  # records that attempts try
FIRST_NS: Final = 60 * NS  # the longest that the first window lasts
GROWTH: Final = 4  # a window lasts at most so many times as long as the one before


class Windows:
    """Windows hold about WINDOW_RECORDS new records; WINDOW_FACTS and WINDOW_TRIED, as far as the one before can tell.

    One ends at 0, when reading begins, one when the producers stop.
    """

    def __init__(self, scenario: Scenario, streams: dict[str, Stream]) -> None:
        self._producers = [p for stream in streams.values() for p in stream.producers]
        self._most = self._most_records(scenario)
        self._stops_ns = [0, ns(scenario.duration), ns(scenario.duration) + ns(scenario.drain)]
        self._longest_ns = FIRST_NS

    def end_ns(self, begin_ns: int) -> int:
        """Where the window ends that begins at a time."""
        if begin_ns == 0:
            self._longest_ns = min(self._longest_ns, FIRST_NS)  # what has been written before tells nothing
        stop_ns = next(stop for stop in self._stops_ns if begin_ns < stop)
        high_ns = min(stop_ns, begin_ns + self._longest_ns)
        most = self._expected(begin_ns) + self._most
        if self._expected(high_ns) <= most:
            return high_ns
        low_ns = begin_ns + 1
        while low_ns < high_ns:
            middle_ns = (low_ns + high_ns) // 2
            low_ns, high_ns = (low_ns, middle_ns) if self._expected(middle_ns) > most else (middle_ns + 1, high_ns)
        return high_ns

    def learn(self, lasted_ns: int, facts: Facts) -> None:
        """A window has lasted so long, and these facts were stated in it."""
        tried = sum(len(attempt.places) for attempt in facts.attempts)
        as_many_facts_ns = lasted_ns * WINDOW_FACTS // max(1, facts.count)
        as_many_tried_ns = lasted_ns * WINDOW_TRIED // max(1, tried)
        self._longest_ns = max(1, min(LONGEST_NS, GROWTH * max(NS, lasted_ns), as_many_facts_ns, as_many_tried_ns))

    def _expected(self, time_ns: int) -> float:
        return sum(producer.expected(time_ns) for producer in self._producers)

    def _most_records(self, scenario: Scenario) -> int:
        sizes = [min(largest(p.record_size), scenario.streams[p.stream].max_record_size) for p in scenario.producers]
        return int(min(WINDOW_RECORDS, MOST_BYTES / (2 * max(sizes, default=1))))
