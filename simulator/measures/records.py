"""Records that something happens to, and when: one by one, or in runs of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.measures.portions import AT_ONCE, portions, ranges
from simulator.traffic.log import Integers


class Records(NamedTuple):
    """Records by row (see Times), each with a time."""

    rows: Integers
    times_ns: Integers

    def within(self, begin_ns: int, until_ns: int) -> Records:
        """Those whose times are from one time to before another."""
        some = (self.times_ns >= begin_ns) & (self.times_ns < until_ns)
        return self if some.all() else Records(self.rows[some], self.times_ns[some])

    def only(self, which: Callable[[Integers], NDArray[np.bool_]]) -> Records:
        """Those of some rows."""
        some = which(self.rows)
        return Records(self.rows[some], self.times_ns[some])

    def portions(self) -> Iterator[Records]:
        """The same, some at a time."""
        for low in range(0, len(self.rows), AT_ONCE):
            yield Records(self.rows[low : low + AT_ONCE], self.times_ns[low : low + AT_ONCE])


class Runs(NamedTuple):
    """Runs of records in neighbouring rows, each with one time."""

    first_rows: Integers
    records: Integers
    times_ns: Integers

    def within(self, begin_ns: int, until_ns: int) -> Runs:
        """Those whose times are from one time to before another."""
        some = (self.times_ns >= begin_ns) & (self.times_ns < until_ns)
        return Runs(self.first_rows[some], self.records[some], self.times_ns[some])

    def portions(self) -> Iterator[Records]:
        """Their records, some at a time."""
        first_rows, records, times_ns = self._short()
        for some in portions(records):
            yield Records(ranges(first_rows[some], records[some]), np.repeat(times_ns[some], records[some]))

    def _short(self) -> Runs:
        """The same records in runs of at most AT_ONCE."""
        pieces = -(-self.records // AT_ONCE)
        of, begins = np.repeat(np.arange(len(pieces)), pieces), AT_ONCE * ranges(np.zeros_like(pieces), pieces)
        rest = self.records[of] - begins
        return Runs(self.first_rows[of] + begins, np.minimum(rest, AT_ONCE), self.times_ns[of])


Some = tuple[Records | Runs, ...]


def every(some: Some) -> Iterator[Records]:
    """All of them, a portion at a time."""
    for records in some:
        yield from records.portions()
