"""The records that are available to a lane and that no batch has taken, in order."""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator.model.batching import PAYLOAD_LIMIT
from simulator.model.queue import Queue
from simulator.traffic.log import Integers

PLACE: Final = 0
PAYLOAD_BYTES: Final = 1
SINCE_NS: Final = 2


class Available:
    """A queue of records: their places, what they take in a payload, and when they became available."""

    def __init__(self) -> None:
        self._records = Queue(3)
        self.payload_bytes = 0  # of all of them

    def __len__(self) -> int:
        return len(self._records)

    @property
    def since_ns(self) -> int:
        """When the oldest became available."""
        return self._records.first(SINCE_NS)

    @property
    def first(self) -> int:
        """The place of the oldest."""
        return self._records.first(PLACE)

    def add(self, places: Integers, payload_bytes: Integers, now_ns: int) -> None:
        """Records have become available."""
        self._records.add(places, payload_bytes, np.full(len(places), now_ns))
        self.payload_bytes += int(payload_bytes.sum())

    def cut(self, most: int) -> tuple[Integers, bool]:
        """A batch goes: the places of the oldest, at most so many, within one payload; and whether it was full.

        It was, if it has so many records, or if 6 MiB were there: the next did not fit, or it has them.
        """
        upto = self._records.column(PAYLOAD_BYTES, most).cumsum()
        n = max(1, int(upto.searchsorted(PAYLOAD_LIMIT, "right")))  # a single record always fits
        full = n == most or self.payload_bytes >= PAYLOAD_LIMIT
        places = self._records.column(PLACE, n)
        self._records.take(n)
        self.payload_bytes -= int(upto[n - 1])
        return places, full
