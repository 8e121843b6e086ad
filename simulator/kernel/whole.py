"""A whole run that the kernel measures itself: nothing leaves it but the measures, when it is over."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from simulator.handlers.caller import callers, closing
from simulator.kernel.asked import answer
from simulator.kernel.blocks import Blocks
from simulator.kernel.machine import Machine, OutOfMemoryError
from simulator.kernel.plan import Measuring, plan
from simulator.kernel.refusal import refusal
from simulator.kernel.stated import ATTEMPTS
from simulator.model.memory import BacklogTooLargeError, most_bytes
from simulator.model.observer import Follower
from simulator.scenario.spec import Scenario
from simulator.traffic.nanoseconds import NEVER, NS, ns, seconds

ATTEMPT_WORDS: Final = 13  # of a row, see simulator.measures.invocations
FIRST_NS: Final = NS
SHORT_S, LONG_S = 0.05, 0.2  # a step takes about so long, so that progress is told and a run can be interrupted


def measure(
    scenario: Scenario, seed: int, replication: int, measuring: Measuring, followers: Sequence[Follower]
) -> tuple[Blocks, int]:
    """Simulate a scenario to its end: its measures, and when that was, in ns. Raises BacklogTooLargeError."""
    return _Run(scenario, seed, replication, measuring, followers).run()


class _Run:
    def __init__(
        self, scenario: Scenario, seed: int, replication: int, measuring: Measuring, followers: Sequence[Follower]
    ) -> None:
        self._scenario, self._followers = scenario, followers
        self._most_bytes = most_bytes()
        self._plan = plan(scenario, seed, replication, measuring)
        self._until_ns = min([0, *(ns(p.start) for p in scenario.producers)])
        self._latest_ns = ns(scenario.duration) + ns(scenario.drain)
        self._step_ns = FIRST_NS
        self._callers = callers(scenario, seed, replication)

    def run(self) -> tuple[Blocks, int]:
        machine: Machine | None = None
        try:
            machine = Machine(self._plan, self._most_bytes)
            if any(follower.wants_attempts for follower in self._followers):
                machine.tell_attempts()
            with closing(self._callers):
                while not self._step(machine):
                    pass
        except OutOfMemoryError:
            waiting = self._waiting(machine) if machine else dict.fromkeys(self._scenario.streams, 0)
            now_s = seconds(machine.now_ns if machine else 0)
            raise BacklogTooLargeError(refusal(self._scenario, waiting, now_s, self._most_bytes)) from None
        return Blocks(machine), machine.now_ns

    def _step(self, machine: Machine) -> bool:
        """Go on for some time; whether the run is over."""
        began = time.perf_counter()
        self._until_ns += self._step_ns
        until_ns, status = self._until_ns if self._until_ns < self._latest_ns else NEVER, Machine.RUNNING
        while status in (Machine.RUNNING, Machine.ASKING):
            if status == Machine.ASKING:
                answer(machine, self._scenario, self._callers)
            status = machine.go_on(until_ns)
            over = status == Machine.OVER
            attempts = machine.facts(ATTEMPTS, ATTEMPT_WORDS)
            for follower in self._followers:
                follower.follow(attempts, machine.now_ns, over)
        took = time.perf_counter() - began
        if took < SHORT_S:
            self._step_ns *= 2
        elif took > LONG_S:
            self._step_ns = max(1, self._step_ns // 2)
        return over

    def _waiting(self, machine: Machine) -> dict[str, int]:
        return {name: machine.records_kept(number) for number, name in enumerate(self._scenario.streams)}
