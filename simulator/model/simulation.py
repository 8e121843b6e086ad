"""A run: the processes of one scenario from the first record to the last, observed a window at a time."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from simpy.events import Event

from simulator.model.clock import WINDOW, At, Clock
from simulator.model.concurrency import pools
from simulator.model.function import Function
from simulator.model.intake import Intake, PolledIntake, PushedIntake
from simulator.model.mapping import Mapping
from simulator.model.memory import check_backlog, most_bytes
from simulator.model.poison import PoisonedRecords
from simulator.model.polled_lane import PolledLane
from simulator.model.polling import Poller, is_undisturbed, may_pass_empty_polls
from simulator.model.producer import Producer
from simulator.model.pushed_lane import PushedLane
from simulator.model.randomness import generator
from simulator.model.shared_shard import SharedShard
from simulator.model.stream import Arrivals, Stream
from simulator.scenario.expectations import largest
from simulator.scenario.spec import EventSourceMapping, Poison, Scenario

WINDOW_RECORDS: Final = 1 << 19
LAST: Final = 1 << 60  # a priority after all others


@dataclass(frozen=True)
class Window:
    """A stretch of the run that is over: what came to each stream, and each mapping's table of it by lane."""

    begin_s: float
    end_s: float
    arrivals: dict[str, Arrivals]


class Observer(Protocol):
    """Who measures a run."""

    def observe(self, simulation: Simulation, window: Window, measured_until_s: float) -> None:
        """A window is over. Attempts that finish before `measured_until_s` have finished."""


class Simulation:
    """A scenario at work."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, observer: Observer) -> None:
        self.scenario, self.observer = scenario, observer
        self.env = Clock()
        self.env.process(self._windows())  # before the pollers: a poll at t = 0 finds what was written until then
        self.seed, self.replication = seed, replication
        self._end = self.env.event()
        self._most_bytes = most_bytes()
        self._window = Window(0.0, 0.0, {})
        self._limit_s = scenario.duration + scenario.drain
        self.begin_s = min([0.0, *(p.start for p in scenario.producers)])
        self.functions = self._functions()
        self.streams = {name: self._stream(name) for name in scenario.streams}
        self._shards = {name: [SharedShard() for _ in range(s.shards)] for name, s in scenario.streams.items()}
        self.mappings: list[Mapping] = []
        self.intakes: list[Intake] = []
        self._lanes = 0
        for mapping in scenario.event_source_mappings:
            self._add_mapping(mapping)

    # building

    def _functions(self) -> dict[str, Function]:
        of = pools(self.scenario)
        return {
            name: Function(name, function, of[name], self.seed, self.replication)
            for name, function in self.scenario.functions.items()
        }

    def _stream(self, name: str) -> Stream:
        stream = self.scenario.streams[name]
        producers = [
            Producer(p, stream.max_record_size, self.seed, self.replication)
            for p in self.scenario.producers
            if p.stream == name
        ]
        mappings = [m for m in self.scenario.event_source_mappings if m.stream == name]
        poison = {f: self._poison(f, name) for f in {m.function for m in mappings} if self._poisons(f)}
        return Stream(name, stream, producers, {m.parallelization_factor for m in mappings}, poison)

    def _poisons(self, function: str) -> list[Poison]:
        return [f for f in self.scenario.functions[function].failures if isinstance(f, Poison)]

    def _poison(self, function: str, stream: str) -> PoisonedRecords:
        return PoisonedRecords(
            self._poisons(function),
            lambda purpose: generator(self.seed, self.replication, "poison", function, stream, purpose),
        )

    def _add_mapping(self, spec: EventSourceMapping) -> None:
        stream = self.scenario.streams[spec.stream]
        largest_bytes = self._largest_bytes(spec.stream)
        oldest_s = self._limit_s - self.begin_s
        mapping = Mapping(
            self.env, len(self.mappings), spec, stream, self.functions[spec.function], largest_bytes, oldest_s,
            self.scenario.warmup_s or -np.inf, self.seed, self.replication,
        )  # fmt: skip
        mapping.on_ended = self._end_if_all_ended
        self.mappings.append(mapping)
        self.intakes.append(self._poll(mapping, largest_bytes) if spec.consumer == "polling" else self._push(mapping))
        if mapping.disabled:
            self.env.process(mapping.switch())

    def _largest_bytes(self, stream: str) -> float:
        sizes = [largest(p.record_size) for p in self.scenario.producers if p.stream == stream]
        return min(max(sizes, default=1), self.scenario.streams[stream].max_record_size)

    def _poll(self, mapping: Mapping, largest_bytes: float) -> PolledIntake:
        shards = self._shards[mapping.spec.stream]
        phases = polling_phases(mapping)
        pollers = [
            Poller(self.env, mapping, shard, mapping.spec.starts_after + phase, largest_bytes)
            for shard, phase in zip(shards, phases, strict=True)
        ]
        polling_mappings = sum(
            m.stream == mapping.spec.stream and m.consumer == "polling" for m in self.scenario.event_source_mappings
        )
        priority = self._priorities(mapping)

        def new_lane(number: int) -> PolledLane:
            poller = pollers[number // mapping.lanes_a_shard]
            lane = PolledLane(self.env, mapping, number, priority + number, poller)
            poller.add(lane)
            return lane

        mapping.new_lane, mapping.pollers = new_lane, pollers
        for poller in pollers:
            poller.alone = may_pass_empty_polls(mapping, polling_mappings)
            poller.undisturbed = is_undisturbed(mapping, poller.alone)
            self.env.process(poller.run())
        return PolledIntake(mapping, pollers)

    def _push(self, mapping: Mapping) -> PushedIntake:
        priority = self._priorities(mapping)
        mapping.new_lane = lambda number: PushedLane(self.env, mapping, number, priority + number)
        return PushedIntake(self.env, mapping)

    def _priorities(self, mapping: Mapping) -> int:
        """The priority of a mapping's first lane; those of the others follow."""
        first = self._lanes + 1
        self._lanes += mapping.shards * mapping.lanes_a_shard
        return first

    # running

    def sample_lag(self, times_s: list[float], lags_s: list[list[float]]) -> Generator[Event]:
        """A process that notes, at ascending times, by mapping the age of the oldest record that has not ended.

        That of a record which waits at its producer counts from its production.
        """
        for time in times_s:
            yield At(self.env, time, LAST)
            lags_s.append([self._lag_s(mapping, time) for mapping in self.mappings])

    def _lag_s(self, mapping: Mapping, now: float) -> float:
        name = mapping.spec.stream
        arrivals = self._window.arrivals.get(name)
        writing = self.streams[name].write_lag_s(arrivals.tables[1], now) if arrivals else 0.0
        return max(writing, *(lane.lag_s(now) for lane in mapping.lanes.values()), 0.0)

    def run(self) -> float:
        """Simulate to the end; the time at which the run ended."""
        At(self.env, self._limit_s, LAST).callbacks.append(lambda _: self._stop())
        end_s = self.env.run_until(self._end)
        self._close_batches(np.nextafter(end_s, np.inf))
        for mapping in self.mappings:
            for poller in mapping.pollers:
                poller.correct(end_s)
        window = Window(self._window.begin_s, end_s, self._window.arrivals)
        self.observer.observe(self, window, float(np.nextafter(end_s, np.inf)))
        return end_s

    def _windows(self) -> Generator[Event]:
        """The process that brings in the records of each window when it begins, and has it measured when it ends."""
        begin = self.begin_s
        while begin < self._limit_s:
            end = self._window_end(begin)
            self._window = Window(begin, end, self._bring_in(end))
            self._expect_the_end(begin)
            if end > 0:
                yield At(self.env, end, WINDOW)
                self._close_batches(end)
            self.observer.observe(self, self._window, end)
            self._forget()
            check_backlog(self.mappings, end, self._most_bytes)
            begin = end
        self._window = Window(begin, begin, {})

    def _forget(self) -> None:
        """Lanes first, so that the tables which they have done with are let go and not copied."""
        for mapping in self.mappings:
            for lane in mapping.lanes.values():
                lane.forget()
        for mapping in self.mappings:
            for poller in mapping.pollers:
                poller.forget()

    def _bring_in(self, end: float) -> dict[str, Arrivals]:
        arrivals = {name: stream.advance(end) for name, stream in self.streams.items()}
        for mapping, intake in zip(self.mappings, self.intakes, strict=True):
            tables = arrivals[mapping.spec.stream].tables
            intake.take(tables[1], tables[mapping.lanes_a_shard], end)
        return arrivals

    def _window_end(self, begin: float) -> float:
        """Windows hold about WINDOW_RECORDS records; one ends at 0, and one when the producers stop."""
        if begin < 0:
            longest = 0.0
        else:
            stop = self.scenario.duration if begin < self.scenario.duration else self._limit_s
            longest = min(stop, begin + max(600.0, 2**21 / max(1, self._lanes)))
        producers = [p for s in self.streams.values() for p in s.producers]
        low, high = begin, longest
        before = sum(p.expected(begin) for p in producers)
        for _ in range(60 if sum(p.expected(high) for p in producers) - before > WINDOW_RECORDS else 0):
            middle = (low + high) / 2
            if sum(p.expected(middle) for p in producers) - before > WINDOW_RECORDS:
                high = middle
            else:
                low = middle
        return high

    def _expect_the_end(self, now: float) -> None:
        """Once all records are accepted, the run ends when each has ended for each mapping."""
        if now < self.scenario.duration or any(stream.held for stream in self.streams.values()):
            return
        for mapping, intake in zip(self.mappings, self.intakes, strict=True):
            if mapping.due < 0 and mapping.retention_s < np.inf:
                intake.expire_unread(self.streams[mapping.spec.stream].last_accepted_s)
            mapping.due = self.streams[mapping.spec.stream].accepted
            for lane in mapping.lanes.values():
                if lane.ends_s < np.inf:
                    lane.wake(now)
        self._end_if_all_ended()

    def _end_if_all_ended(self) -> None:
        if all(mapping.ended == mapping.due for mapping in self.mappings):
            self._stop()

    def _close_batches(self, ended_before_s: float) -> None:
        """Have the lanes notice that their batches are over."""
        for mapping in self.mappings:
            for lane in mapping.lanes.values():
                if lane.ends_s < ended_before_s:
                    lane.wake(self.env.now)

    def _stop(self) -> None:
        if not self._end.triggered:
            self._end.succeed()


def polling_phases(mapping: Mapping) -> list[float]:
    """When each shard's poller makes its first poll, after starts_after (docs/model.md, section 4)."""
    polling, n = mapping.spec.polling, mapping.shards
    if polling.phase == "random":
        return (mapping.random.random(n) * polling.interval).tolist()  # type: ignore[no-any-return]
    if polling.phase == "spread":
        return [polling.interval * (j + 0.5) / n for j in range(n)]
    return [polling.phase] * n
