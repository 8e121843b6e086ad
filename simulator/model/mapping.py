"""An event source mapping: what its readers and lanes share (docs/model.md, sections 1, 4 and 6)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import cache

import numpy as np
import simpy

from simulator.model.clock import SWITCH, Clock, order
from simulator.model.facts import Facts, Failure, How, Loss
from simulator.model.function import Function
from simulator.model.left import Left
from simulator.scenario import spec
from simulator.traffic.draws import key
from simulator.traffic.log import Integers, Log
from simulator.traffic.nanoseconds import NEVER, ns


class Mapping:
    """One event source mapping at work."""

    def __init__(
        self,
        clock: Clock,
        number: int,
        mapping: spec.EventSourceMapping,
        retention_s: float,
        function: Function,
        facts: Facts,
        left: Left,
        draws: tuple[int, int],
    ) -> None:
        """`number`: in the file's order; `draws`: seed and replication."""
        self.clock, self.number, self.spec, self.function, self.facts = clock, number, mapping, function, facts
        self.retention_ns = ns(retention_s)
        self.record_age_ns = ns(mapping.maximum_record_age) if mapping.maximum_record_age > 0 else NEVER
        self.overhead_ns = ns(mapping.invoke_overhead)
        self.window_ns = ns(mapping.maximum_batching_window)
        self.enabled = True
        self.left = left
        self._key = cache(lambda purpose: key(*draws, "mapping", mapping.name, purpose))
        self._woken: list[Callable[[], None]] = []  # of the lanes, when the mapping is enabled

    def key(self, purpose: str) -> int:
        """The key of this mapping's draws for a purpose."""
        return self._key(purpose)

    def when_enabled(self, wake: Callable[[], None]) -> None:
        """Have something happen whenever the mapping is enabled."""
        self._woken.append(wake)

    def switch(self) -> Generator[simpy.Event, object, None]:
        """The process that disables and enables the mapping."""
        for begin_ns, end_ns in disabled_periods(self.spec):
            yield self.clock.due(begin_ns, order(SWITCH, self.number))
            self.enabled = False
            yield self.clock.due(end_ns, order(SWITCH, self.number))
            self.enabled = True
            for wake in self._woken:
                wake()

    def skipped(self, accepted_ns: Integers) -> int:
        """How many of a shard's next records lie before the starting position."""
        at_ns, inclusive = starting_position(self.spec)
        return int(np.searchsorted(accepted_ns, at_ns, "left" if inclusive else "right"))

    def reads_any(self, accepted_ns: Integers) -> bool:
        """Whether it reads any of the records that are accepted at some times."""
        at_ns, inclusive = starting_position(self.spec)
        return bool((accepted_ns >= at_ns if inclusive else accepted_ns > at_ns).any())

    def over_age(self, log: Log, batch: Integers) -> int:
        """How many of a batch's records, oldest first, are too old to be tried (section 6)."""
        accepted_ns = log.of(log.kept.accepted_ns, batch)
        return int(accepted_ns.searchsorted(self.clock.now - min(self.record_age_ns, self.retention_ns)))

    def lose(self, shard: int, places: Integers, how: How, failure: Failure = "", unread: bool = False) -> None:
        """Records end without having been processed."""
        self.facts.losses.append(Loss(self.number, shard, places, how, self.clock.now, unread, failure))
        self.left.less(len(places))

    @property
    def given_up(self) -> How:
        """What becomes of records that are given up."""
        return "sent_to_destination" if self.spec.on_failure_destination else "dropped"

    @property
    def aged(self) -> How:
        """What becomes of records that are too old: the smaller limit decides when both are exceeded."""
        return "expired" if self.retention_ns < self.record_age_ns else self.given_up


def starting_position(mapping: spec.EventSourceMapping) -> tuple[int, bool]:
    """A time in ns, and whether records accepted at that very time are read."""
    match mapping.starting_position:
        case "latest":
            return ns(mapping.starts_after), False
        case "trim_horizon":
            return -NEVER, True
        case spec.AtTimestamp(at_timestamp=at):
            return ns(at), True


def disabled_periods(mapping: spec.EventSourceMapping) -> list[tuple[int, int]]:
    """The disabled periods in ns, in order; those that overlap or touch are one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((ns(p.from_), ns(p.to)) for p in mapping.disabled):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
