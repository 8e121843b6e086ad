"""A run: the processes of one scenario, from the first record to the last, told to an observer window by window."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simulator.model.clock import EXPIRY, WINDOW, Clock, order
from simulator.model.concurrency import pools
from simulator.model.facts import Facts
from simulator.model.function import Function
from simulator.model.left import Left
from simulator.model.mapping import Mapping
from simulator.model.memory import check_backlog, kept, most_bytes
from simulator.model.observer import Observer
from simulator.model.phase import first_polls_ns
from simulator.model.polling import Poller
from simulator.model.push import Subscription
from simulator.model.read_limits import ReadLimits
from simulator.model.windows import Windows
from simulator.scenario.spec import EventSourceMapping, Scenario
from simulator.traffic.nanoseconds import ns, seconds
from simulator.traffic.stream import streams
from simulator.traffic.written import Written

Reader = Poller | Subscription


def run(scenario: Scenario, seed: int, replication: int, observer: Observer) -> int:
    """Simulate a scenario to its end; when that was, in ns.

    Raises BacklogTooLargeError when too many records wait, and what the observer raises.
    """
    return Simulation(scenario, seed, replication, observer).run()


class Simulation:
    """A scenario at work."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, observer: Observer) -> None:
        self._scenario, self._draws, self._observer = scenario, (seed, replication), observer
        self._begin_ns = min([0, *(ns(p.start) for p in scenario.producers)])
        self._latest_ns = ns(scenario.duration) + ns(scenario.drain)
        self._streams = streams(scenario, seed, replication)
        self._windows = Windows(scenario, self._streams)
        self._clock = Clock(self._begin_ns)
        self._facts = Facts()
        self._left = Left(self._clock, self._latest_ns)
        self._clock.process(self._advance())  # before the readers: a poll at t = 0 finds what was written until then
        self._readers = self._all_readers()
        self._window_began_ns = self._begin_ns
        self._written: dict[str, Written] = {}

    def run(self) -> int:
        """Simulate to the end; when that was."""
        self._clock.run(until=self._left.over)
        self._observe(self._clock.now, last=True)
        return self._clock.now

    def _all_readers(self) -> dict[str, list[Reader]]:
        """By stream: all who read its shards, at work."""
        of = pools(self._scenario)
        functions = {name: Function(name, f, of[name], *self._draws) for name, f in self._scenario.functions.items()}
        limits = {name: [ReadLimits() for _ in stream.shards] for name, stream in self._streams.items()}
        readers: dict[str, list[Reader]] = {name: [] for name in self._streams}
        for number, spec in enumerate(self._scenario.event_source_mappings):
            mapping = self._mapping(number, spec, functions[spec.function])
            readers[spec.stream] += self._read(mapping, limits[spec.stream])
        return readers

    def _mapping(self, number: int, spec: EventSourceMapping, function: Function) -> Mapping:
        retention_s = self._scenario.streams[spec.stream].retention
        mapping = Mapping(self._clock, number, spec, retention_s, function, self._facts, self._left, self._draws)
        self._clock.process(mapping.switch())
        return mapping

    def _read(self, mapping: Mapping, limits: list[ReadLimits]) -> list[Reader]:
        """The readers of a mapping, one a shard."""
        shards = self._streams[mapping.spec.stream].shards
        readers: list[Reader]
        if mapping.spec.consumer == "push":
            readers = [Subscription(mapping, shard, self._latest_ns) for shard in shards]
        else:
            first_ns = first_polls_ns(mapping.spec, mapping.key("phase"), len(shards))
            readers = [Poller(mapping, *each, self._latest_ns) for each in zip(shards, limits, first_ns, strict=True)]
        for reader in readers:
            self._clock.process(reader.run())
        return readers

    def _advance(self) -> Generator[simpy.Event, object, None]:
        """The process that brings in the records of each window when it begins, and has it measured when it is over."""
        most = most_bytes()
        while True:
            end_ns = self._windows.end_ns(self._window_began_ns)
            self._bring_in(end_ns)
            if end_ns == self._latest_ns:
                return  # the rest is measured when the run has ended
            yield self._clock.due(end_ns, order(WINDOW))
            self._windows.learn(end_ns - self._window_began_ns, self._facts)
            self._observe(end_ns, last=False)
            self._forget()
            check_backlog(kept(self._streams), seconds(end_ns), most)
            self._window_began_ns = end_ns

    def _bring_in(self, end_ns: int) -> None:
        """All that is written until the window's end; readers learn of it when it begins."""
        until_ns = end_ns + (end_ns == self._latest_ns)  # what is accepted at the very end is, and can be read then
        self._written = {name: stream.advance(until_ns) for name, stream in self._streams.items()}
        for name, readers in self._readers.items():
            for reader in readers:
                accepted_from = self._written[name].accepted_from[reader.shard.number]
                if accepted_from < reader.shard.log.end:
                    reader.extend(accepted_from)
        if not self._left.all_have_come and self._all_is_written():
            self._expire_in_time()
            self._left.no_more_come()

    def _all_is_written(self) -> bool:
        """Whether the producers have stopped, and none of their records waits for a shard that somebody will read."""
        over = self._window_began_ns >= ns(self._scenario.duration)
        return over and not any(
            reader.mapping.reads_any(written.waiting.accepted_ns)
            for name, written in self._written.items()
            for reader in self._readers[name]
        )

    def _expire_in_time(self) -> None:
        """No more records come: what nobody reads ends when the retention takes the last of its shard."""
        for readers in self._readers.values():
            for reader in readers:
                accepted_ns = reader.shard.log.kept.accepted_ns
                if len(accepted_ns):
                    at_ns = int(accepted_ns[-1]) + reader.mapping.retention_ns
                    self._clock.call(max(at_ns, self._clock.now), order(EXPIRY), reader.expire)

    def _observe(self, end_ns: int, last: bool) -> None:
        shards = {name: stream.shards for name, stream in self._streams.items()}
        self._observer.observe(self._window_began_ns, end_ns, shards, self._written, self._facts, last)
        self._facts.clear()

    def _forget(self) -> None:
        """Forget the records that all have done with."""
        for name, stream in self._streams.items():
            needed = [shard.log.end for shard in stream.shards]
            for reader in self._readers[name]:
                number = reader.shard.number
                needed[number] = min(needed[number], reader.needed)
            for shard, before in zip(stream.shards, needed, strict=True):
                shard.log.forget(before)
