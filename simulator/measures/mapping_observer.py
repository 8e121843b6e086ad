"""Follows one mapping through a run: what each window's facts mean for its records, and so for its measures."""

from __future__ import annotations

import numpy as np

from simulator.measures.attempts import attempts_of
from simulator.measures.conservation import Ends, check_littles_law, ends
from simulator.measures.episodes import Episode, events, reshardings
from simulator.measures.exact import total
from simulator.measures.grid import Stretch
from simulator.measures.lanes import Lanes
from simulator.measures.mapping import MappingMeasures
from simulator.measures.run_times import RunTimes
from simulator.measures.silent_lanes import Silence
from simulator.measures.stream import Accepted, StreamMeasures
from simulator.measures.times import CODE, Reading, Times, Window
from simulator.measures.verdict import behind_ns
from simulator.model.facts import Facts
from simulator.model.mapping import starting_position
from simulator.model.switch import disabled_periods
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.nanoseconds import ns
from simulator.traffic.shards import Shard
from simulator.traffic.written import Written


def reading(mapping: EventSourceMapping, retention_s: float) -> Reading:
    """How a mapping reads its stream."""
    position_ns, inclusive = starting_position(mapping)
    return Reading(
        pushed=mapping.consumer == "push",
        lanes=mapping.parallelization_factor,
        retention_ns=ns(retention_s),
        position_ns=position_ns,
        inclusive=inclusive,
        starts_ns=ns(mapping.starts_after),
        disabled=disabled_periods(mapping.disabled),
        filter=mapping.name if mapping.filter else "",
        discovery_ns=ns(mapping.shard_discovery),
    )


class MappingObserver:
    """Takes the facts of one mapping window by window; `measures` is what is left of them."""

    def __init__(self, scenario: Scenario, mapping: EventSourceMapping, run: RunTimes) -> None:
        self._spec = mapping
        self._reading = reading(mapping, scenario.streams[mapping.stream].retention)
        self._limit_ns = behind_ns(mapping)
        self.measures = MappingMeasures(self._reading, run, self._limit_ns, mapping.batch_size)
        self._times, self._lanes, self._silence = Times(self._reading), Lanes(self._reading), Silence(self._reading)
        self._events = events(scenario, mapping)
        self._skipped_wait_ns = 0  # of the skipped records at their producers
        self._filtered_ns = 0  # lived by the filtered records

    def observe(
        self, stretch: Stretch, shards: list[Shard], written: Written, accepted: Accepted, facts: Facts
    ) -> None:
        """Take a window: its stream's shards, what was written and accepted, and the mapping's own facts."""
        window = Window(stretch.begin_ns, stretch.end_ns, stretch.last, shards, written, facts)
        times, mine = self._times, self.measures
        times.observe(window)
        doings = self._lanes.observe(window, times)
        mine.waiting.observe(window, times, doings)
        processed = mine.parts.observe(window, times, doings)
        mine.lag.observe(window, times)
        mine.quarter.observe(window, times)
        mine.unserved.observe(window, times, mine.eighths)
        mine.work.observe(times, self._reading.lanes)
        attempts = attempts_of(times.finished, shards)
        mine.lanes_silent(stretch, self._silence.observe(window, times, doings))
        mine.attempts_finished(stretch, attempts)
        mine.records_processed(stretch, processed)
        mine.throttled(stretch, facts.throttles)
        mine.lose(stretch, facts.losses)
        mine.reads.observe(stretch, shards, facts)
        mine.episodes.observe(window, times, attempts, processed, mine.lag)
        self._observe_backlog(stretch, accepted, facts)
        if self._reading.filter:
            filtered = times.over[times.how[times.over] == CODE["filtered"]]
            self._filtered_ns += total(times.ended_ns[filtered]) - total(times.produced_ns[filtered])
        if stretch.last:
            self._close(stretch, window)

    def _observe_backlog(self, stretch: Stretch, accepted: Accepted, facts: Facts) -> None:
        skipped = self._reading.skips(accepted.accepted_ns)
        self._skipped_wait_ns += total((accepted.accepted_ns - accepted.produced_ns)[skipped])
        self.measures.backlog.observe(stretch, accepted.accepted_ns[~skipped], self._times, facts.losses)

    def _close(self, stretch: Stretch, window: Window) -> None:
        """The run is over."""
        mine, times, written = self.measures, self._times, window.written
        shards = sum(shard.opens_ns <= stretch.end_ns for shard in window.shards)
        mine.finished_ns = times.reads.finished_ns
        mine.busy_ns = self._lanes.busy_ns[: shards * self._reading.lanes]
        unnoticed = np.array([times.ends["expired"] - mine.told["expired"]])
        mine.undone["expired"].add(stretch.rows(np.array([stretch.end_ns])), unnoticed)
        skipped_ns = written.waiting.produced_ns[self._reading.skips(written.waiting.accepted_ns)]
        late = (times.how == CODE["skipped"]) & (times.accepted_ns > stretch.end_ns)
        waiting_ns = stretch.end_ns - np.concatenate((skipped_ns, times.produced_ns[late]))
        self._skipped_wait_ns += total(waiting_ns)

    def ends(self, stream: StreamMeasures) -> Ends:
        """How the records of the stream ended; raises RecordsDoNotAddUpError and LittlesLawError."""
        mine = self.measures
        told = {how: n for how, n in mine.told.items() if how != "expired"}
        found = ends(self._spec.name, stream.produced_total, stream.dropped_total, self._times.ends, told)
        in_system_ns = (
            stream.unwritten.integral - self._skipped_wait_ns + mine.backlog.level.integral - self._filtered_ns
        )
        check_littles_law(self._spec.name, in_system_ns, sum(mine.waiting.total_ns().values()))
        return found

    def episodes(self, end_ns: int, stream: StreamMeasures) -> list[Episode]:
        """The times in which it was behind; the last one may not have been over when the run ended."""
        mine = self.measures
        over = end_ns - self._times.oldest_ns <= self._limit_ns
        declared = sorted([*self._events, *reshardings(stream.requests)], key=lambda event: event.start_ns)
        return mine.episodes.told(self._spec.name, declared, mine.lag, mine.waiting, over)
