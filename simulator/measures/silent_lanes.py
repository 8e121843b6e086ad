"""Lanes that have records waiting and of which no attempt ended in a minute: how old their records are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.measures.lanes import Doings
from simulator.measures.oldest import reigns
from simulator.measures.times import CODE, Reading, Times, Window
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NS

MINUTE_NS: Final = 60 * NS
LANE_BITS: Final = 31


@dataclass(frozen=True)
class SilentLanes:
    """One row a minute and lane: when the minute ended, the oldest record that had waited in the lane was so old."""

    minute_ns: Integers  # its end
    lane: Integers  # (see Times.lane)
    age_ns: Integers  # since acceptance


class Silence:
    """Finds the silent lanes of one mapping."""

    def __init__(self, reading: Reading) -> None:
        self._lanes = reading.lanes
        self._heard = np.zeros(0, np.int64)  # a minute and a lane for each attempt that ended, of minutes not over

    def observe(self, window: Window, times: Times, stretches: list[Doings]) -> SilentLanes:
        """Those of the minutes, from t = 0 on, that end in a window (or with it); `stretches`: see Lanes."""
        ended = [(a.finished_ns // MINUTE_NS << LANE_BITS) + a.shard * self._lanes + a.lane for a in times.finished]
        self._heard = np.unique(np.concatenate((self._heard, np.array(ended, np.int64))))
        found = [self._silent(times, doings) for doings in stretches]
        self._heard = self._heard[self._heard >> LANE_BITS >= window.end_ns // MINUTE_NS]
        columns = [np.concatenate([np.empty(0, np.int64), *column]) for column in zip(*found, strict=True)]
        return SilentLanes(*columns) if columns else SilentLanes(*[np.empty(0, np.int64)] * 3)

    def _silent(self, times: Times, doings: Doings) -> tuple[Integers, Integers, Integers]:
        axis, rows = doings.axis, _ever_oldest(times)
        lane = times.lane[rows]
        oldest = reigns(axis.places(lane, times.accepted_ns[rows]), axis.places(lane, times.ended_ns[rows]))
        minutes = np.arange(max(axis.begin_ns // MINUTE_NS + 1, 1), axis.end_ns // MINUTE_NS + 1)
        at = axis.everywhere(minutes * MINUTE_NS)
        number = np.searchsorted(oldest.begins, at) - 1
        waits = (number >= 0) & (at <= np.append(oldest.ends, -1)[number])
        lane, minute = np.repeat(axis.lanes, len(minutes))[waits], np.tile(minutes, len(axis.lanes))[waits]
        silent = ~np.isin((minute - 1 << LANE_BITS) + lane, self._heard)
        lane, minute_ns = lane[silent], minute[silent] * MINUTE_NS
        record = rows[oldest.which[number[waits][silent]]]
        return minute_ns, lane, minute_ns - times.accepted_ns[record]


def _ever_oldest(times: Times) -> Integers:
    """The rows of records that pass and are ever the oldest of their lane in a window, in order of lane and age."""
    left = times.passing(np.flatnonzero(times.how == CODE["unprocessed"]))
    first = np.full(int(times.lane[left].max(initial=-1)) + 1, len(times.how))
    np.minimum.at(first, times.lane[left], left)
    rows = np.concatenate((times.passing(times.over), first[first < len(times.how)]))
    order: Integers = np.lexsort((rows, times.lane[rows]))
    return rows[order]
