"""Lanes: a shard's records for one mapping, one batch at a time (docs/model.md, section 6)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import simpy
from simpy.events import Event

from simulator.model.batching import filling, fitting
from simulator.model.clock import FINISH, LANE, At, Signal
from simulator.model.lane_log import INFINITY, LaneLog
from simulator.model.log import Segment
from simulator.model.retries import Part, attempts

if TYPE_CHECKING:
    from simulator.model.mapping import Mapping


class Lane(LaneLog):
    """One lane of a mapping. Subclasses say when records are available to it."""

    __slots__ = (
        "_alarm_s",
        "_asleep",
        "_awaits_answer",  # of the extra poll that it has asked for
        "_signal",
        "_started",
        "_until_s",
        "busy_s",
        "cut_s",
        "ends_s",
        "env",
        "full",
        "idle_since",
        "mapping",
        "number",
        "priority",
    )

    def __init__(self, env: simpy.Environment, mapping: Mapping, number: int, priority: int) -> None:
        super().__init__()
        self.env, self.mapping, self.number = env, mapping, number  # number: shard * parallelization factor + lane
        self.priority = LANE + priority
        self.busy_s = 0.0  # spent on batches that are over
        self.cut_s = -1.0  # of the batch in flight; negative when there is none
        self.full = False  # whether the last batch was full when it was cut
        self.ends_s = INFINITY  # of an attempt that will end well and whose end nobody need be told
        self.idle_since = 0.0
        self._signal = Signal()
        self._asleep = self._awaits_answer = False
        self._until_s = INFINITY
        self._alarm_s = INFINITY
        self._started = False

    def extend(self, segment: Segment) -> None:
        """Add records that the stream has accepted; the first ones begin the lane's process."""
        if not self._started:
            self._started = True
            self.env.process(self._run())
        self.append(segment)

    def lag_s(self, now: float) -> float:
        """The age of the oldest record that has not ended; 0 without one, negative if it is still to be accepted."""
        low = self.cursor if self.ends_s <= now else self.low
        return now - self.accepted_s(low) if low < self.end else 0.0

    # when records are available: for subclasses

    def available(self, now: float) -> int:
        """How many records are available that no batch has taken."""
        raise NotImplementedError

    def available_at(self, n: int) -> float:
        """When n records will be, as far as is known; infinite if that depends on what is to come."""
        raise NotImplementedError

    def oldest_available_s(self) -> float:
        """When the oldest of them became available."""
        raise NotImplementedError

    def batching_s(self, low: int, high: int) -> float:
        """The batching times of some records of the batch in flight, added up (docs/model.md, section 8)."""
        raise NotImplementedError

    def read_again(self, bytes_: int, now: float) -> None:
        """A retry after an error reads its records from the stream once more."""

    def _taken(self, n: int) -> None:
        """The next n records are in a batch now."""

    def _over(self, now: float) -> None:
        """All of the batch is over."""

    def _something_to_do_s(self) -> float:
        """When there is something to do if the batch in flight is over by then; infinite if nothing is known of."""
        raise NotImplementedError

    # the process

    def _run(self) -> Generator[Event, float]:
        later: list[Part] = []  # parts of the batch in flight, the next one last
        now = self.env.now
        while True:
            while not (ready := self._ready(now)):
                now = yield self._sleep()
            self._cut(ready, now)
            now = yield from attempts(self, (self.low, self.cursor, now, 0.0), later, now)
            while later:
                now = yield from attempts(self, later.pop(), later, now)
            self._close(now)
            self._over(now)
            now = self.env.now

    def _ready(self, now: float) -> int:
        """The number of records available if a batch may be cut now, else 0; `_until_s` says when to look again."""
        ready = self.available(now)
        if not ready:
            self._until_s = self.available_at(1)
        elif self._awaits_answer or not self.mapping.enabled:
            ready, self._until_s = 0, INFINITY
        elif self.mapping.window_s:
            self._until_s = self._window_ends(ready)
            if self._until_s > now:
                return 0
        return ready

    def _window_ends(self, ready: int) -> float:
        """When the batching window will end: by its time, batch_size records or 6 MiB, as far as is known."""
        mapping = self.mapping
        wanted = mapping.batch_size
        if not mapping.window_s or ready >= wanted:
            return -INFINITY
        if not mapping.payload_never_binds:
            wanted = min(wanted, filling(self.sizes(self.cursor, min(self.end, self.cursor + wanted))))
            if ready >= wanted:
                return -INFINITY
        by_time = max(self.idle_since, self.oldest_available_s()) + mapping.window_s
        return min(by_time, self.available_at(wanted))

    def _sleep(self) -> Signal:
        """The event that `wake` fires, at the latest at `_until_s`."""
        self._asleep = True
        self._alarm(self._until_s, self.priority)
        return self._signal

    def _alarm(self, time: float, priority: int) -> None:
        if time < self._alarm_s:
            self._alarm_s = time
            At(self.env, time, priority).callbacks.append(self._ring)

    def _ring(self, alarm: At) -> None:
        if alarm.time == self._alarm_s:
            self._alarm_s = INFINITY
            self.wake(alarm.time)

    def rest(self, ends_s: float) -> Signal:
        """Sleep while the batch's last attempt runs, which ends well: its end is an event only if that matters."""
        self.ends_s = ends_s
        self._asleep = True
        then = self._something_to_do_s() if self.mapping.due < 0 else ends_s
        if then <= ends_s:
            self._alarm(ends_s, FINISH)
        elif then < INFINITY:
            self._alarm(then, self.priority)
        return self._signal

    def wake(self, now: float) -> None:
        """Look again whether there is something to do; no effect on a lane that is busy before its attempt ends."""
        if not self._asleep:
            return
        if now < self.ends_s < INFINITY:
            self._alarm(self.ends_s, FINISH)
            return
        self._asleep = False
        self.ends_s = INFINITY
        self._signal.fire(now)

    def _cut(self, ready: int, now: float) -> None:
        """Take the next batch; it may be full (docs/model.md, section 4)."""
        mapping = self.mapping
        full = ready >= mapping.batch_size
        n = mapping.batch_size if full else ready
        if not mapping.payload_never_binds:
            sizes = self.sizes(self.cursor, self.cursor + n)
            fit = fitting(sizes)
            full = full or filling(sizes) <= n
            n = fit
        self.full = full
        self.cut_s = now
        self._taken(n)
        self.cursor += n

    def _close(self, now: float) -> None:
        self.idle_since = now
        self.mapping.batches += (self.number, self.cut_s, now, self.busy_s)
        self.busy_s += now - self.cut_s
        self.low = self.cursor
        if self.poison:
            self.mapping.poisonings += [(self.number, self.cut_s, now) for i, _ in self.poison if i < self.low]
            self.poison = [p for p in self.poison if p[0] >= self.low]
        self.cut_s = -1.0
