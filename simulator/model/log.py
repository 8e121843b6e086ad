"""The logs of shards and lanes: records as rows of arrays, a stretch of time at a time.

A window is a stretch of simulated time; a table holds the records accepted in one, ordered by lane and acceptance; a
segment is one lane's part of a table. What is processed is forgotten segment by segment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NOWHERE: Final[Floats] = np.empty(0)


@dataclass
class Table:
    """The records that a stream accepted in one window, for one number of lanes a shard.

    Rows `starts[l]` to `starts[l + 1]` are lane l's (of all shards: shard * lanes + lane), in order of acceptance.
    """

    starts: list[int]
    produced_s: Floats
    accepted_s: Floats  # the same object as produced_s when no record had to wait
    bytes: int | Integers  # an int: all have this size
    place: Integers | None  # each record's place in its shard's log; None: places are contiguous from `first_place`
    first_place: list[int]
    poison: dict[str, Floats] = field(default_factory=dict)  # by function: fails_after, infinite for healthy records
    order: Integers | None = None  # each row's row in the stream's table of whole shards; None: the same

    def __post_init__(self) -> None:
        self.accepted_view: memoryview[Any] = self.accepted_s.data  # a scalar of it costs half of one of the array
        self.places: memoryview[Any] = NOWHERE.data if self.place is None else self.place.data
        self.common_bytes = self.bytes if isinstance(self.bytes, int) else 0
        self.bytes_upto: memoryview[Any] | None = None
        if not isinstance(self.bytes, int):
            self.bytes_upto = np.concatenate(([0], np.cumsum(self.bytes))).data

    def __len__(self) -> int:
        return len(self.produced_s)

    def segments(self) -> Iterator[tuple[int, Segment]]:
        """Each lane that has records, with its segment; its indices still begin at 0."""
        starts = self.starts
        for lane in range(len(starts) - 1):
            low, high = starts[lane], starts[lane + 1]
            if low < high:
                yield lane, Segment(self, low, high - low, self.first_place[lane])

    def rows(self, low: int, high: int) -> Table:
        """A copy of some rows of one lane, which keeps no other row alive."""
        produced = self.produced_s[low:high].copy()
        accepted = produced if self.accepted_s is self.produced_s else self.accepted_s[low:high].copy()
        sizes = self.bytes if isinstance(self.bytes, int) else self.bytes[low:high].copy()
        place = None if self.place is None else self.place[low:high].copy()
        return Table([0, high - low], produced, accepted, sizes, place, [0])


class Segment:
    """A part of a lane's log: the records with indices `first` to `end`, which are rows of a table.

    The index of a record counts the records of its lane that the mapping may read; its row is index + `shift`.
    """

    __slots__ = ("available_s", "available_view", "busy_s", "end", "first", "first_place", "shift", "table")

    def __init__(self, table: Table, row: int, n: int, first_place: int) -> None:
        self.table = table
        self.first, self.end, self.shift = 0, n, row
        self.first_place = first_place
        self.available_s = NOWHERE  # by row, pushed mappings only: when each record is available
        self.available_view: memoryview[Any] = NOWHERE.data
        self.busy_s: Floats | None = None  # by row: the lane's busy time so far when each record was accepted

    def begin_at(self, index: int) -> Segment:
        """The same records, with indices from `index` on."""
        n = self.end - self.first
        self.shift += self.first - index
        self.first, self.end = index, index + n
        return self

    def part(self, low: int, high: int) -> Segment:
        """A segment of the records with indices `low` to `high`, which keep them."""
        part = Segment(self.table, low + self.shift, high - low, self.first_place + low - self.first)
        part.available_s, part.available_view, part.busy_s = self.available_s, self.available_view, self.busy_s
        return part.begin_at(low)

    def arrays(self) -> list[NDArray[Any] | memoryview[Any]]:
        """All arrays that it keeps in memory."""
        table = self.table
        of_table = (table.produced_s, table.accepted_s, table.bytes, table.bytes_upto, table.place, table.order)
        all_ = (*of_table, *table.poison.values(), self.available_s, self.busy_s)
        return [array for array in all_ if isinstance(array, np.ndarray | memoryview)]

    def detach(self) -> bool:
        """Keep only this segment's rows of its table in memory; whether there were others."""
        low, high = self.first + self.shift, self.end + self.shift
        if len(self.table) == high - low:
            return False
        self.table = self.table.rows(low, high)
        self.shift = -self.first
        if self.available_s is not NOWHERE:
            self.available_s = self.available_s[low:high].copy()
            self.available_view = self.available_s.data
        if self.busy_s is not None:
            self.busy_s = self.busy_s[low:high].copy()
        return True

    def accepted_before(self, time: float, low: int) -> int:
        """The index of the first record, from `low` on, that was accepted at or after a time."""
        return bisect_left(self.table.accepted_view, time, low + self.shift, self.end + self.shift) - self.shift

    def place(self, index: int) -> int:
        """The place in its shard's log of the record with this index."""
        if self.table.place is None:
            return self.first_place + index - self.first
        return int(self.table.places[index + self.shift])

    def places(self, indices: Integers) -> Integers:
        """The same of many records."""
        if self.table.place is None:
            return self.first_place + indices - self.first
        return self.table.place[indices + self.shift]

    def bytes(self, low: int, high: int) -> int:
        """Total size of the records with these indices."""
        upto = self.table.bytes_upto
        if upto is None:
            return (high - low) * self.table.common_bytes
        return int(upto[high + self.shift] - upto[low + self.shift])

    def sizes(self, low: int, high: int) -> Integers:
        """Each record's size."""
        if isinstance(self.table.bytes, int):
            return np.full(high - low, self.table.bytes)
        return self.table.bytes[low + self.shift : high + self.shift]


def detach(segments: list[Segment]) -> None:
    """Detach the segments of a reader that lag: all but the last, of which the earlier ones are detached already."""
    for segment in reversed(segments[:-1]):
        if not segment.detach():
            break
