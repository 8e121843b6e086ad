"""How the records of a mapping pass from state to state in a window: accepted, seen, called, available, ended."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.measures.layout import together
from simulator.measures.times import CODE, Reading, Times, Window
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER


class Records(NamedTuple):
    """Some records by row (see Times), and a time for each."""

    rows: Integers
    times_ns: Integers

    def and_(self, other: Records) -> Records:
        """These and others."""
        return Records(np.concatenate((self.rows, other.rows)), np.concatenate((self.times_ns, other.times_ns)))

    def within(self, begin_ns: int, until_ns: int) -> Records:
        """Those whose times are from one time to before another."""
        some = (self.times_ns >= begin_ns) & (self.times_ns < until_ns)
        return self if some.all() else Records(self.rows[some], self.times_ns[some])


class Passes(NamedTuple):
    """The records, not skipped, that pass into each state, and when."""

    accepted: Records
    seen: Records  # by a poll of its shard, the first since its acceptance; by push at once
    called: Records  # by the call that returns it; by push it leaves
    available: Records
    ended: Records  # one that expires unread passes then into all states that it has not passed into before

    def within(self, begin_ns: int, until_ns: int) -> Passes:
        """Those from one time to before another."""
        return Passes(*(records.within(begin_ns, until_ns) for records in self))


class Passing:
    """Follows the records of one mapping."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._unseen = np.zeros(0, np.int64)  # by shard: the place of the first record that no poll has come to
        self._called, self._available = _Coming(), _Coming()

    def observe(self, window: Window, times: Times) -> Passes:
        """The passes of a window that `times` has observed."""
        for taken in times.taken:
            self._called.add(taken.shard, taken.place, taken.called_ns)
            self._available.add(taken.shard, taken.place, taken.available_ns)
        accepted = times.fresh[times.how[times.fresh] != CODE["skipped"]]
        came = Records(accepted, times.accepted_ns[accepted])
        expired = Records(times.expired, times.ended_ns[times.expired])
        return Passes(
            accepted=came,
            seen=came if self._reading.pushed else self._see(window, times),
            called=self._called.before(window.until_ns, times).and_(expired),
            available=self._available.before(window.until_ns, times).and_(expired),
            ended=Records(times.over, times.ended_ns[times.over]),
        )

    def _see(self, window: Window, times: Times) -> Records:
        """The records that a poll has come to, or that have expired before one did."""
        self._unseen = np.pad(self._unseen, (0, len(window.shards) - len(self._unseen)))
        polls: dict[int, list[int]] = {}
        for poll in window.facts.polls:
            polls.setdefault(poll.shard, []).append(poll.at_ns)
        expired = np.unique(times.lane[times.expired] // self._reading.lanes).tolist()
        seen = [self._see_shard(shard, polls.get(shard, []), window, times) for shard in {*polls, *expired}]
        self._unseen = np.maximum(self._unseen, times.left)
        rows, times_ns = (together([each[column] for each in seen]) for column in (0, 1))
        counts = times.how[rows] != CODE["skipped"]
        return Records(rows[counts], times_ns[counts])

    def _see_shard(self, shard: int, polls_ns: list[int], window: Window, times: Times) -> Records:
        rows = times.rows_from(shard, int(self._unseen[shard]))
        accepted_ns, retention_ns = times.accepted_ns[rows], self._reading.retention_ns
        polled = int(np.searchsorted(accepted_ns, polls_ns[-1], "right")) if polls_ns else 0
        seen = max(polled, int(np.searchsorted(accepted_ns, window.until_ns - retention_ns)))
        self._unseen[shard] += seen
        first_poll_ns = np.array([*polls_ns, NEVER])[np.searchsorted(polls_ns, accepted_ns[:seen])]
        return Records(np.arange(seen) + rows.start, np.minimum(first_poll_ns, accepted_ns[:seen] + retention_ns))


class _Coming:
    """Records whose times may lie ahead."""

    def __init__(self) -> None:
        self._some: list[tuple[Integers, Integers, Integers]] = []  # shards, places, and times in order

    def add(self, shards: Integers, places: Integers, times_ns: Integers) -> None:
        order = np.argsort(times_ns, kind="stable")
        self._some.append((shards[order], places[order], times_ns[order]))

    def before(self, until_ns: int, times: Times) -> Records:
        """Those whose times are before a time: they are not kept any longer."""
        cuts = [int(np.searchsorted(times_ns, until_ns)) for _, _, times_ns in self._some]
        come = [[column[:cut] for column in some] for cut, some in zip(cuts, self._some, strict=True)]
        later = [(s[cut:], p[cut:], t[cut:]) for cut, (s, p, t) in zip(cuts, self._some, strict=True)]
        self._some = [some for some in later if len(some[0])]
        shards, places, times_ns = (together([some[column] for some in come]) for column in range(3))
        return Records(times.rows(shards, places), times_ns)
