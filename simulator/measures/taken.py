"""The records that a mapping takes from its stream: those that calls return, and those that are sent to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.measures.layout import ranges
from simulator.model.facts import Facts, Poll
from simulator.traffic.log import Integers


class Taken(NamedTuple):
    """Some records, one row each. Times may lie ahead."""

    shard: Integers
    place: Integers
    called_ns: Integers  # by push: when it leaves
    available_ns: Integers


def all_taken(facts: Facts) -> list[Taken]:
    """What the facts of a window, of one mapping, say of them."""
    calls = [poll for poll in facts.polls if poll.end > poll.first]
    sent = [
        Taken(np.full(len(some.places), some.shard), some.places, some.leaves_ns, some.available_ns)
        for some in facts.sent
    ]
    return [*([_returned(calls)] if calls else []), *sent]


def _returned(calls: list[Poll]) -> Taken:
    columns = np.array([(call.shard, call.first, call.end - call.first, call.at_ns, call.answer_ns) for call in calls])
    shard, first, records, called_ns, answer_ns = columns.T
    of = np.repeat(np.arange(len(calls)), records)
    return Taken(shard[of], ranges(first, records), called_ns[of], answer_ns[of])
