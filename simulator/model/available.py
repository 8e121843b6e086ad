"""The records that are available to a lane and that no batch has taken, in order."""

from __future__ import annotations

from collections import deque

import numpy as np

from simulator.traffic.log import Integers


class Available:
    """A queue of records, as pieces that came together: their places, and when they became available."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[Integers, int]] = deque()
        self._records = 0

    def __len__(self) -> int:
        return self._records

    @property
    def since_ns(self) -> int:
        """When the oldest became available."""
        return self._pieces[0][1]

    @property
    def first(self) -> int:
        """The place of the oldest."""
        return int(self._pieces[0][0][0])

    def add(self, places: Integers, now_ns: int) -> None:
        """Records have become available, at least one."""
        self._pieces.append((places, now_ns))
        self._records += len(places)

    def oldest(self, most: int) -> Integers:
        """The places of the oldest ones, at most so many."""
        found, missing = [], most
        for places, _ in self._pieces:
            found.append(places[:missing])
            missing -= len(places)
            if missing <= 0:
                break
        return found[0] if len(found) == 1 else np.concatenate(found)

    def take(self, n: int) -> None:
        """The n oldest ones go."""
        self._records -= n
        while n:
            places, since_ns = self._pieces.popleft()
            if len(places) > n:
                self._pieces.appendleft((places[n:], since_ns))
            n = max(0, n - len(places))
