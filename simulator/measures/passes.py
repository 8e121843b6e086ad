"""How the records of a mapping pass from state to state in a window: accepted, seen, called, available, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.measures.portions import together
from simulator.measures.records import Records, Runs, Some, every
from simulator.measures.times import Reading, Times, Window
from simulator.model.facts import Poll
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER


class Passes(NamedTuple):
    """The records, not skipped, that pass into each state, and when."""

    accepted: Some
    seen: Some  # by a poll of its shard, the first since its acceptance; by push at once
    called: Some  # by the call that returns it; by push it leaves
    available: Some
    ended: Some  # one that expires unread passes then into all states that it has not passed into before

    def within(self, begin_ns: int, until_ns: int) -> Passes:
        """Those from one time to before another."""
        return Passes(*(tuple(some.within(begin_ns, until_ns) for some in state) for state in self))

    def only(self, which: Callable[[Integers], NDArray[np.bool_]] | None) -> Passes:
        """Those of some rows; None: all of them."""
        return (
            self
            if which is None
            else Passes(*(tuple(records.only(which) for records in every(state)) for state in self))
        )


class Passing:
    """Follows the records of one mapping."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._unseen = np.zeros(0, np.int64)  # by shard: the place of the first record that no poll has come to
        self._answers = np.zeros((0, 4), np.int64)  # on their way: shard, first place, records, when it comes
        self._leaving, self._arriving = _Coming(), _Coming()

    def observe(self, window: Window, times: Times) -> Passes:
        """The passes of a window that `times` has observed."""
        for sent in window.facts.sent:
            self._leaving.add(sent.shard, sent.places, sent.leaves_ns)
            self._arriving.add(sent.shard, sent.places, sent.available_ns)
        accepted = Records(times.fresh, times.accepted_ns[times.fresh])
        expired = Records(times.expired, times.ended_ns[times.expired])
        called, answered = self._call([poll for poll in window.facts.polls if poll.end > poll.first], window, times)
        return Passes(
            accepted=(accepted,),
            seen=(accepted,) if self._reading.pushed else self._see(window, times),
            called=(called, self._leaving.before(window.until_ns, times), expired),
            available=(answered, self._arriving.before(window.until_ns, times), expired),
            ended=(Records(times.over, times.ended_ns[times.over]),),
        )

    def _call(self, polls: list[Poll], window: Window, times: Times) -> tuple[Runs, Runs]:
        """What calls return, when they are made and when their answers come."""
        calls = [(poll.shard, poll.first, poll.end - poll.first, poll.at_ns, poll.answer_ns) for poll in polls]
        shard, first, records, at_ns, answer_ns = np.array(calls, np.int64).reshape(-1, 5).T
        answers = np.concatenate((self._answers, np.stack((shard, first, records, answer_ns), axis=1)))
        come = answers[:, 3] < window.until_ns
        self._answers = answers[~come]
        of, from_, many, come_ns = answers[come].T
        return Runs(times.rows(shard, first), records, at_ns), Runs(times.rows(of, from_), many, come_ns)

    def _see(self, window: Window, times: Times) -> Some:
        """The records that a poll has come to, or that have expired before one did."""
        self._unseen = np.pad(self._unseen, (0, len(window.shards) - len(self._unseen)))
        polls: dict[int, list[int]] = {}
        for poll in window.facts.polls:
            polls.setdefault(poll.shard, []).append(poll.at_ns)
        expired = np.unique(times.lane[times.expired] // self._reading.lanes).tolist()
        seen = [self._see_shard(shard, polls.get(shard, []), window, times) for shard in {*polls, *expired}]
        self._unseen = np.maximum(self._unseen, times.left)
        runs = Runs(*(together([run[column] for run, _ in seen]) for column in range(3)))
        unseen = together([rows for _, rows in seen])
        return runs, Records(unseen, times.ended_ns[unseen])

    def _see_shard(self, shard: int, at_ns: list[int], window: Window, times: Times) -> tuple[Runs, Integers]:
        """What each poll of a shard is the first to come to; and the rows of what has expired unseen."""
        reading, rows = self._reading, times.rows_from(shard, int(self._unseen[shard]))
        accepted_ns, polls_ns = times.accepted_ns[rows], np.array(at_ns, np.int64)
        first = reading.skipped(accepted_ns)
        ends = np.maximum(np.searchsorted(accepted_ns, polls_ns, "right"), first)
        gone = np.searchsorted(accepted_ns, polls_ns - reading.retention_ns)
        begins = np.minimum(np.maximum(np.concatenate(([first], ends[:-1])), gone), ends) if at_ns else ends
        aged = int(np.searchsorted(accepted_ns, window.until_ns - reading.retention_ns))
        self._unseen[shard] += max(aged, *ends[-1:].tolist(), 0)
        some = ends > begins
        low, high = np.searchsorted(times.expired, (rows.start + first, rows.stop))
        expired = times.expired[low:high]
        first_poll_ns = np.append(polls_ns, NEVER)[np.searchsorted(polls_ns, times.accepted_ns[expired])]
        unseen = expired[first_poll_ns > times.ended_ns[expired]]
        return Runs(rows.start + begins[some], (ends - begins)[some], polls_ns[some]), unseen


class _Coming:
    """Records that are sent, until their times have come."""

    def __init__(self) -> None:
        self._some: list[tuple[int, Integers, Integers]] = []  # shard, places, times in order

    def add(self, shard: int, places: Integers, times_ns: Integers) -> None:
        self._some.append((shard, places, times_ns))

    def before(self, until_ns: int, times: Times) -> Records:
        """Those whose times are before a time: they are not kept any longer."""
        cuts = [int(np.searchsorted(times_ns, until_ns)) for _, _, times_ns in self._some]
        come = [(times.rows(s, p[:cut]), t[:cut]) for cut, (s, p, t) in zip(cuts, self._some, strict=True)]
        later = [(s, p[cut:], t[cut:]) for cut, (s, p, t) in zip(cuts, self._some, strict=True)]
        self._some = [some for some in later if len(some[1])]
        return Records(together([rows for rows, _ in come]), together([times_ns for _, times_ns in come]))
