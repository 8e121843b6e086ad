"""How far a mapping is behind: the age of its oldest record that has not ended, exact at every instant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.measures.exact import by_row
from simulator.measures.grid import Stretch
from simulator.measures.oldest import reigns
from simulator.measures.times import Times, Window
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER


class Lag:
    """lag(t): the age at t, since production, of the oldest record not skipped that has not ended; 0 without any.

    From t = 0 on. A record that waits at its producer counts; one that ends at t has ended at t. Where shards change,
    it is known when it has been accepted whether it is skipped: up to the starting position the lag is known
    afterwards, and as no other record has ended by then, it is that of the first of them all. `values_ns`: the lag
    at each of the times asked for (0 for those after the run); `behind_ns`: the stretches of time, begin and end, in
    which it exceeds the limit, in order; those that touch are one; `behind_peaks_ns`: the greatest lag in each.
    """

    def __init__(self, interval_ns: int, limit_ns: int, at_ns: Sequence[int] = ()) -> None:
        """`interval_ns`: of the rows of the time series; `at_ns`: when to know the lag, in any order."""
        self._interval_ns, self._limit_ns = interval_ns, limit_ns
        self._at_ns = np.array(at_ns, np.int64)
        self.values_ns = np.zeros(len(at_ns), np.int64)
        self.behind_ns: list[tuple[int, int]] = []
        self.behind_peaks_ns: list[int] = []
        self._peaks_ns = np.zeros(0, np.int64)
        self._followed_ns = 0  # it is known up to then

    @classmethod
    def of(
        cls, interval_ns: int, peaks_ns: Integers, values_ns: Integers, behind: Sequence[tuple[int, int, int]]
    ) -> Lag:
        """A lag that was followed elsewhere; `behind`: begin, end and greatest lag of each stretch of being behind."""
        lag = cls(interval_ns, 0)
        lag._peaks_ns, lag.values_ns = peaks_ns, values_ns
        lag.behind_ns = [(begin_ns, end_ns) for begin_ns, end_ns, _ in behind]
        lag.behind_peaks_ns = [peak_ns for _, _, peak_ns in behind]
        return lag

    def observe(self, window: Window, times: Times) -> None:
        """Take a window that `times` has observed."""
        if window.end_ns > max(0, times.reading.position_ns) or window.last:
            stretch = Stretch(self._followed_ns, window.end_ns, window.last, self._interval_ns)
            self.follow(stretch, *self._records(times))
            self._followed_ns = window.end_ns

    def follow(self, window: Stretch, born_ns: Integers, ended_ns: Integers) -> None:
        """Take a window from t = 0 on: when records came to be, in this order, and when each ends.

        All that are ever the oldest in the window.
        """
        begins, ends = (np.clip(column, window.begin_ns, window.until_ns) for column in (born_ns, ended_ns))
        which, begin_ns, end_ns = reigns(begins, ends)
        since_ns = born_ns[which]
        self._ask(window, since_ns, begin_ns, end_ns)
        end_ns = np.minimum(end_ns, window.end_ns)
        self._peak(since_ns, begin_ns, end_ns)
        self._behind(since_ns, np.maximum(begin_ns, since_ns + self._limit_ns), end_ns)

    def peaks_ns(self, rows: int) -> Integers:
        """The greatest lag in each of the first rows of the time series (row = t // interval)."""
        peaks = self._peaks_ns[:rows]
        return np.pad(peaks, (0, rows - len(peaks)))

    @property
    def peak_ns(self) -> int:
        """The greatest lag of all."""
        return int(self._peaks_ns.max(initial=0))

    def _records(self, times: Times) -> tuple[Integers, Integers]:
        """When records were produced, in this order, and when each ends: all that are ever the oldest in a window."""
        ended = times.over  # and of all that outlast the window, the oldest: those after it are never the oldest
        produced_ns = np.append(times.produced_ns[ended], times.oldest_ns)
        order = np.argsort(produced_ns, kind="stable")
        return produced_ns[order], np.append(times.ended_ns[ended], NEVER)[order]

    def _ask(self, window: Stretch, since_ns: Integers, begin_ns: Integers, end_ns: Integers) -> None:
        asked = (self._at_ns >= window.begin_ns) & (self._at_ns < window.until_ns)
        at_ns = self._at_ns[asked]
        number = np.searchsorted(begin_ns, at_ns, "right") - 1
        some = (number >= 0) & (at_ns < np.append(end_ns, 0)[number])
        self.values_ns[asked] = np.where(some, at_ns - np.append(since_ns, 0)[number], 0)

    def _peak(self, since_ns: Integers, begin_ns: Integers, end_ns: Integers) -> None:
        which, high_ns = by_row(begin_ns, end_ns, self._interval_ns)
        rows = (high_ns - 1) // self._interval_ns
        missing = int(rows.max(initial=-1)) + 1 - len(self._peaks_ns)
        self._peaks_ns = np.pad(self._peaks_ns, (0, max(0, missing)))
        np.maximum.at(self._peaks_ns, rows, high_ns - since_ns[which])

    def _behind(self, since_ns: Integers, begin_ns: Integers, end_ns: Integers) -> None:
        some = end_ns > begin_ns
        begin_ns, end_ns, peaks_ns = begin_ns[some], end_ns[some], (end_ns - since_ns)[some]
        if not len(begin_ns):
            return
        firsts = np.concatenate(([0], np.flatnonzero(begin_ns[1:] > end_ns[:-1]) + 1))
        lasts = np.append(firsts[1:], len(begin_ns)) - 1
        stretches = list(zip(begin_ns[firsts].tolist(), end_ns[lasts].tolist(), strict=True))
        peaks = np.maximum.reduceat(peaks_ns, firsts).tolist()
        if self.behind_ns and self.behind_ns[-1][1] >= stretches[0][0]:
            stretches[0] = self.behind_ns.pop()[0], stretches[0][1]
            peaks[0] = max(self.behind_peaks_ns.pop(), peaks[0])
        self.behind_ns += stretches
        self.behind_peaks_ns += peaks
