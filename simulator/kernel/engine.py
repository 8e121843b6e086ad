"""A run by the kernel: the same facts, told to the same observer, as by simulator.model.simulation.run."""

from __future__ import annotations

from typing import NoReturn

from simulator.handlers.caller import callers, closing
from simulator.kernel.asked import answer
from simulator.kernel.machine import Machine, OutOfMemoryError
from simulator.kernel.plan import plan
from simulator.kernel.refusal import refusal
from simulator.kernel.stated import NOTHING_SENT, SENT, WORDS, add, sent
from simulator.kernel.written import writers
from simulator.model.facts import Facts
from simulator.model.memory import BacklogTooLargeError, check_backlog, kept, most_bytes
from simulator.model.observer import Observer
from simulator.model.outcomes import answered
from simulator.model.windows import Windows
from simulator.scenario.spec import Scenario
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER, ns, seconds
from simulator.traffic.stream import streams
from simulator.traffic.written import Written


def run(scenario: Scenario, seed: int, replication: int, observer: Observer) -> int:
    """Simulate a scenario to its end; when that was, in ns.

    Raises BacklogTooLargeError, and what the observer raises.
    """
    return _Run(scenario, seed, replication, observer).run()


class _Run:
    def __init__(self, scenario: Scenario, seed: int, replication: int, observer: Observer) -> None:
        self._scenario, self._observer = scenario, observer
        self._streams = streams(scenario, seed, replication)
        self._writers = writers(scenario, self._streams)
        self._windows = Windows(scenario, self._streams)
        self._begin_ns = min([0, *(ns(p.start) for p in scenario.producers)])
        self._latest_ns = ns(scenario.duration) + ns(scenario.drain)
        self._most_bytes = most_bytes()
        self._plan = plan(scenario, seed, replication)
        self._on_their_way = NOTHING_SENT  # of records that wait at their producers still
        self._callers = callers(scenario, seed, replication)

    def run(self) -> int:
        """Simulate to the end; when that was."""
        with closing(self._callers):
            try:
                machine = Machine(self._plan, self._most_bytes)
                while not self._window(machine):
                    pass
            except OutOfMemoryError:
                self._refuse()
        return machine.now_ns

    def _window(self, machine: Machine) -> bool:
        """Go on for a window, and have it observed; whether the run is over."""
        end_ns = self._windows.end_ns(self._begin_ns)
        facts, on_their_way = Facts(), [self._on_their_way]
        over = self._go_on(machine, end_ns if end_ns < self._latest_ns else NEVER, facts, on_their_way) == Machine.OVER
        self._windows.learn((machine.now_ns if over else end_ns) - self._begin_ns, facts)
        written = {name: self._written(machine, number, name, end_ns) for number, name in enumerate(self._streams)}
        shards = {name: stream.shards for name, stream in self._streams.items()}
        read = [shards[m.stream] for m in self._scenario.event_source_mappings]
        facts.sent, self._on_their_way = sent(on_their_way, read)
        self._observer.observe(self._begin_ns, machine.now_ns if over else end_ns, shards, written, facts, over)
        self._forget(machine)
        check_backlog(kept(self._streams), seconds(end_ns), self._most_bytes)
        self._begin_ns = end_ns
        return over

    def _go_on(self, machine: Machine, until_ns: int, facts: Facts, on_their_way: list[Integers]) -> int:
        """Go on until a time, and take what is stated; the handlers that it asks for are called."""
        status, told = Machine.RUNNING, None
        while status in (Machine.RUNNING, Machine.ASKING):
            known = len(facts.attempts)
            status = machine.go_on(until_ns)
            add(facts, machine)
            on_their_way.append(machine.facts(SENT, WORDS[SENT]))
            if told:  # the attempt that it is about was stated first
                facts.answered.append(answered(facts.attempts[known], told))
            told = answer(machine, self._scenario, self._callers) if status == Machine.ASKING else None
        return status

    def _written(self, machine: Machine, number: int, name: str, end_ns: int) -> Written:
        """What was written to a stream: its logs grow."""
        until_ns = end_ns + (end_ns == self._latest_ns)
        return self._writers[name].written(machine, number, until_ns)

    def _forget(self, machine: Machine) -> None:
        for number, stream in enumerate(self._streams.values()):
            for shard, before in zip(stream.shards, machine.kept(number, len(stream.shards)).tolist(), strict=True):
                shard.log.forget(min(before, shard.log.end))

    def _refuse(self) -> NoReturn:
        now_s = seconds(self._begin_ns)
        raise BacklogTooLargeError(refusal(self._scenario, kept(self._streams), now_s, self._most_bytes)) from None
