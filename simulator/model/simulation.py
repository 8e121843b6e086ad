"""A run: the processes of one scenario, from the first record to the last, told to an observer window by window."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simulator.handlers.caller import callers, closing
from simulator.model.clock import WINDOW, Clock, order
from simulator.model.facts import Facts
from simulator.model.left import Left
from simulator.model.memory import check_backlog, kept, most_bytes
from simulator.model.observer import Observer
from simulator.model.readers import Readers
from simulator.model.windows import Windows
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import ns, seconds
from simulator.traffic.stream import streams
from simulator.traffic.written import Written


def run(scenario: Scenario, seed: int, replication: int, observer: Observer) -> int:
    """Simulate a scenario to its end; when that was, in ns.

    Raises BacklogTooLargeError when too many records wait, and what the observer raises.
    """
    return Simulation(scenario, seed, replication, observer).run()


class Simulation:
    """A scenario at work."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, observer: Observer) -> None:
        self._scenario, self._observer = scenario, observer
        self._begin_ns = min([0, *(ns(p.start) for p in scenario.producers)])
        self._latest_ns = ns(scenario.duration) + ns(scenario.drain)
        self._streams = streams(scenario, seed, replication)
        self._windows = Windows(scenario, self._streams)
        self._clock = Clock(self._begin_ns)
        self._facts = Facts()
        self._left = Left(self._clock, self._latest_ns)
        self._clock.process(self._advance())  # before the readers: a poll at t = 0 finds what was written until then
        self._callers = callers(scenario, seed, replication)
        self._readers = Readers(
            scenario, self._streams, self._clock, self._facts, self._left, (seed, replication), self._callers
        )
        self._window_began_ns = self._begin_ns
        self._written: dict[str, Written] = {}

    def run(self) -> int:
        """Simulate to the end; when that was."""
        with closing(self._callers):
            self._clock.run(until=self._left.over)
        self._observe(self._clock.now, last=True)
        return self._clock.now

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
        self._readers.bring_in(self._written, self._window_began_ns)
        if not self._left.all_have_come and self._all_is_written():
            self._readers.expire_in_time()
            self._left.no_more_come()

    def _all_is_written(self) -> bool:
        """Whether the producers have stopped, and none of their records waits for a shard that somebody will read."""
        over = self._window_began_ns >= ns(self._scenario.duration)
        return over and not any(self._readers.await_any(name, written) for name, written in self._written.items())

    def _observe(self, end_ns: int, last: bool) -> None:
        shards = {name: stream.shards for name, stream in self._streams.items()}
        self._observer.observe(self._window_began_ns, end_ns, shards, self._written, self._facts, last)
        self._facts.clear()

    def _forget(self) -> None:
        """Forget the records that all have done with."""
        for name, stream in self._streams.items():
            needed = self._readers.needed(name, stream.shards)
            for shard, before in zip(stream.shards, needed, strict=True):
                shard.log.forget(before)
