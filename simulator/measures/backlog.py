"""The records of a stream that it has accepted and that have not ended for a mapping, at every instant."""

from __future__ import annotations

import numpy as np

from simulator.measures.grid import Stretch
from simulator.measures.level import Level, Steps
from simulator.measures.times import Times
from simulator.model.facts import Loss
from simulator.traffic.log import Integers


class Backlog:
    """How many they are, without the skipped ones. Ends are counted as attempts and losses tell them.

    Records that expire unread end when their age reaches the retention, whoever notices and when.
    """

    def __init__(self) -> None:
        self.level = Level()
        self.last_end_ns: int | None = None  # of a record; None: none has ended

    def observe(self, stretch: Stretch, accepted_ns: Integers, times: Times, losses: list[Loss]) -> Steps:
        """Take a window: acceptances of records that are not skipped, what attempts have done, and losses."""
        done = [(attempt.finished_ns, attempt.done) for attempt in times.finished if attempt.done]
        lost = [(loss.at_ns, len(loss.places)) for loss in losses if not loss.unread]
        ended = np.array([*done, *lost], np.int64).reshape(-1, 2)
        expired_ns = times.ended_ns[times.expired]
        ends_ns = np.concatenate((ended[:, 0], expired_ns))
        if len(ends_ns):
            self.last_end_ns = max(int(ends_ns.max()), self.last_end_ns or 0)
        times_ns = np.concatenate((accepted_ns, ends_ns))
        changes = np.concatenate((np.ones_like(accepted_ns), -ended[:, 1], np.full_like(expired_ns, -1)))
        return self.level.advance(stretch, times_ns, changes)
