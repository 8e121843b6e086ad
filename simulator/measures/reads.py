"""What a mapping asks of its shards and gets: GetRecords calls by polling, bytes also by push."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from simulator.measures.grid import Series, Stretch
from simulator.model.facts import Facts, Sent
from simulator.traffic.log import Integers
from simulator.traffic.shards import Shard

WANTED: Final = ("called", "no_call", "no_bytes")  # results of polls that ask for a call


class Reads:
    """Counts by shard. A retry that reads again is a call if it took a token, and reads its bytes in any case."""

    def __init__(self) -> None:
        self.calls, self.refused, self.skipped, self.bytes = Series(), Series(), Series(), Series()
        self._sending: Integers = np.zeros((3, 0), np.int64)  # of pushed records: shard, when it leaves, bytes

    def observe(self, stretch: Stretch, shards: Sequence[Shard], facts: Facts) -> None:
        """Take the facts of a window."""
        shard = np.array([poll.shard for poll in facts.polls], np.int64)
        result = np.array([poll.result for poll in facts.polls], "U8")
        called, refused = result == "called", (result == "no_call") | (result == "no_bytes")
        self.calls.add(shard[called])
        self.refused.add(shard[refused])
        self.skipped.add(shard[~called & ~refused])
        self.bytes.add(shard, np.array([poll.bytes for poll in facts.polls], np.int64))
        again = np.array([(each.shard, each.call, each.bytes) for each in facts.read_again], np.int64).reshape(-1, 3)
        self.calls.add(again[:, 0], again[:, 1])
        self.bytes.add(again[:, 0], again[:, 2])
        self._push(stretch, [(_columns(sent, shards)) for sent in facts.sent])

    def _push(self, stretch: Stretch, sent: list[Integers]) -> None:
        """Of what is sent only that counts which leaves within the run."""
        sending = np.concatenate((self._sending, *sent), axis=1)
        left = sending[1] < stretch.until_ns
        self.bytes.add(sending[0, left], sending[2, left])
        self._sending = sending[:, ~left]


def calls_wanted(of: Sequence[Facts]) -> tuple[Integers, Integers]:
    """When GetRecords calls were wanted, admitted or refused, and of which shard; those of some readers."""
    polls = [(each.at_ns, each.shard) for facts in of for each in facts.polls if each.result in WANTED]
    again = [(each.at_ns, each.shard) for facts in of for each in facts.read_again if each.call]
    at_ns, shard = np.array([*polls, *again], np.int64).reshape(-1, 2).T
    return at_ns, shard


def _columns(sent: Sent, shards: Sequence[Shard]) -> Integers:
    log = shards[sent.shard].log
    return np.stack((np.full(len(sent.places), sent.shard), sent.leaves_ns, log.of(log.kept.bytes, sent.places)))
