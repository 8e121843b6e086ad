"""Lanes that had records waiting and of which no attempt ended in a minute: how old their records are."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.measures.times import Times, Window
from simulator.traffic.log import Integers


@dataclass(frozen=True)
class SilentLanes:
    """One row a lane and minute: at `minute_ns`, the minute's end, the lane's oldest record was `age_ns` old."""

    minute_ns: Integers
    shard: Integers
    lane: Integers
    age_ns: Integers  # since acceptance


class Silence:
    """Finds them window by window."""

    def observe(self, window: Window, times: Times) -> SilentLanes:
        """Those of the minutes that end in this window, from t = 0 on."""
        raise NotImplementedError
