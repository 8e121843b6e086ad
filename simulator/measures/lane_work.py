"""The work of a mapping's lanes: the time that all of their records need, processed or not."""

from __future__ import annotations

import numpy as np

from simulator.measures.by_shard import grown
from simulator.measures.times import Times
from simulator.traffic.log import Floats, Integers
from simulator.traffic.nanoseconds import NS


class LaneWork:
    """Of attempts that ended ok or partial, and of the records that none of them processed; data alone.

    `busy_ns`: of these attempts, from when they were begun to their end, by lane; `left`: records, neither skipped nor
    filtered, that were accepted and not processed, by lane. An attempt is full with `batch_size` records.
    """

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self.busy_ns: Integers = np.zeros(0, np.int64)
        self.left: Integers = np.zeros(0, np.int64)
        self.full_ns = self.full_records = self.all_ns = self.all_records = 0

    def observe(self, times: Times, lanes: int) -> None:
        """Take a window that `times` has observed; `lanes`: of a shard."""
        fresh, done = times.lane[times.passing(times.fresh)], times.lane[times.processed]
        n = max(int(each.max(initial=-1)) + 1 for each in (fresh, done))
        self.busy_ns, self.left = grown(self.busy_ns, n), grown(self.left, n)
        self.left[:n] += np.bincount(fresh, minlength=n) - np.bincount(done, minlength=n)
        for attempt in times.successful:
            took_ns = attempt.finished_ns - attempt.begun_ns
            self.busy_ns[attempt.shard * lanes + attempt.lane] += took_ns
            self.all_ns += took_ns
            self.all_records += attempt.done
            if len(attempt.places) == attempt.done == self._batch_size:
                self.full_ns += took_ns
                self.full_records += attempt.done

    def needed_s(self, unknown_s: float) -> Floats:
        """The seconds that the records of each lane need; `unknown_s`: a record, where none was processed."""
        if self.full_records:
            each_s = self.full_ns / self.full_records / NS
        elif self.all_records:
            each_s = self.all_ns / self.all_records / NS
        else:
            each_s = unknown_s
        return self.busy_ns / NS + self.left * each_s
