"""Who measures a run: what the model tells it, and when."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from simulator.model.facts import Facts
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard
from simulator.traffic.written import Written

Streams = dict[str, list[Shard]]  # by name; shards by number


class Observer(Protocol):
    """Takes the facts of a run, a window of time at a time: [begin, end), the last one [begin, end].

    The logs of `streams` hold all records that have not ended for some mapping, or ended in this window. What is
    stated in `facts` was decided in this window. When the call is over, rows that have ended for all are forgotten.
    """

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """A window is over; `last`: the run has ended, at `end_ns`, which still belongs to it."""


@runtime_checkable
class Follower(Protocol):
    """An observer that can do without facts: it is told how far a run has got, and of the attempts that were admitted.

    So it can follow a run that is measured where it is simulated.
    """

    wants_attempts: bool

    def follow(self, attempts: Integers, end_ns: int, last: bool) -> None:
        """All before a time is over; `attempts`, if wanted: rows as simulator.measures.invocations has them."""
