"""An event source mapping: what its readers and lanes share (docs/model.md, sections 1, 4 and 6)."""

from __future__ import annotations

from functools import cache

import numpy as np

from simulator.model.clock import Clock
from simulator.model.facts import Facts, Failure, How, Loss
from simulator.model.function import Function
from simulator.model.left import Left
from simulator.model.lineage import Lineage
from simulator.model.switch import Switch
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
        self.switch = Switch(clock, number, mapping.disabled)
        self.lineage = Lineage(clock, number, ns(mapping.shard_discovery), facts)
        self._left = left
        self._key = cache(lambda purpose: key(*draws, "mapping", mapping.name, purpose))

    def key(self, purpose: str) -> int:
        """The key of this mapping's draws for a purpose."""
        return self._key(purpose)

    def skipped(self, accepted_ns: Integers) -> int:
        """How many of a shard's next records lie before the starting position."""
        at_ns, inclusive = starting_position(self.spec)
        return int(np.searchsorted(accepted_ns, at_ns, "left" if inclusive else "right"))

    def come(self, shard: int, records: int) -> None:
        """Records of a shard have come that it does not skip."""
        self._left.more(records)
        self.lineage.come(shard, records)

    def ended(self, shard: int, records: int) -> None:
        """Records of a shard have ended."""
        self._left.less(records)
        self.lineage.ended(shard, records)

    def begin(self) -> None:
        """It begins to read: what had closed before its starting position it does not."""
        position = self.spec.starting_position
        if position != "trim_horizon":
            self.lineage.pass_over(min(ns(self.spec.starts_after), starting_position(self.spec)[0]))

    def reads_any(self, accepted_ns: Integers) -> bool:
        """Whether it reads any of the records that are accepted at some times."""
        return self.skipped(np.sort(accepted_ns)) < len(accepted_ns)

    def over_age(self, log: Log, batch: Integers) -> int:
        """How many of a batch's records, oldest first, are too old to be tried (section 6)."""
        accepted_ns = log.of(log.kept.accepted_ns, batch)
        return int(accepted_ns.searchsorted(self.clock.now - min(self.record_age_ns, self.retention_ns)))

    def lose(self, shard: int, places: Integers, how: How, failure: Failure = "", unread: bool = False) -> None:
        """Records end without having been processed."""
        self.facts.losses.append(Loss(self.number, shard, places, how, self.clock.now, unread, failure))
        self.ended(shard, len(places))

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
