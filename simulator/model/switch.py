"""What is disabled at times: mappings and other readers (docs/model.md, sections 1 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

import simpy

from simulator.model.clock import SWITCH, Clock, order
from simulator.scenario.spec import Period
from simulator.traffic.nanoseconds import ns


class Switch:
    """Disables and enables a mapping or reader, by its number."""

    def __init__(self, clock: Clock, number: int, disabled: Sequence[Period]) -> None:
        self.enabled = True
        self._clock, self._order, self._periods = clock, order(SWITCH, number), disabled_periods(disabled)
        self._woken: list[Callable[[], None]] = []
        clock.process(self._run())

    def when_enabled(self, wake: Callable[[], None]) -> None:
        """Have something happen whenever it is enabled."""
        self._woken.append(wake)

    def _run(self) -> Generator[simpy.Event, object, None]:
        for begin_ns, end_ns in self._periods:
            yield self._clock.due(begin_ns, self._order)
            self.enabled = False
            yield self._clock.due(end_ns, self._order)
            self.enabled = True
            for wake in self._woken:
                wake()


def disabled_periods(disabled: Sequence[Period]) -> list[tuple[int, int]]:
    """Disabled periods in ns, in order; those that overlap or touch are one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((ns(p.from_), ns(p.to)) for p in disabled):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
