"""What is measured of one mapping: counts, histograms and series. Data alone, that can be sent to another process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from simulator.measures.ages import AgesByRow
from simulator.measures.attempts import Attempts
from simulator.measures.backlog import Backlog
from simulator.measures.billed import BilledWork
from simulator.measures.eighths import Eighths
from simulator.measures.episodes import Episodes
from simulator.measures.grid import Peaks, Series, Stretch
from simulator.measures.histogram import Histogram
from simulator.measures.lag import Lag
from simulator.measures.lane_work import LaneWork
from simulator.measures.last_quarter import LastQuarter
from simulator.measures.parts import Parts, Processed
from simulator.measures.reads import Reads
from simulator.measures.row_percentiles import RowPercentiles
from simulator.measures.run_times import RunTimes
from simulator.measures.silent_lanes import SilentLanes
from simulator.measures.times import Reading
from simulator.measures.unserved import Unserved
from simulator.measures.verdict import Lags
from simulator.measures.waiting import Waiting
from simulator.model.facts import Loss, Throttle
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER, NS

LOSSES: Final = ("dropped", "sent_to_destination", "expired")
UNDONE: Final = (*LOSSES, "filtered")
SERIES_PERCENTILES: Final = (50.0, 99.0)


class MappingMeasures:
    """Measures of one mapping. Histograms leave out what was accepted before the end of the warm-up; rows do not."""

    def __init__(self, reading: Reading, run: RunTimes, limit_ns: int, batch_size: int) -> None:
        """`limit_ns`: it is behind while its lag exceeds this."""
        self.warmup_ns = run.warmup_ns
        self.latency, self.age, self.age_at_send = Histogram(), Histogram(), Histogram()
        self.latency_rows, self.age_rows = RowPercentiles(SERIES_PERCENTILES), RowPercentiles(SERIES_PERCENTILES)
        self.latency_peaks, self.age_peaks = Peaks(), Peaks()
        self.processed, self.done_again = Series(), Series()
        self.attempts, self.errors, self.throttles = Series(), Series(), Series()
        self.undone = {how: Series() for how in UNDONE}  # when it was noticed
        self.counts = dict.fromkeys(("attempts", "errors", "timeouts", "partial", "throttles", "cold_starts"), 0)
        self.told = dict.fromkeys(("processed", *UNDONE), 0)  # records, as their latencies and losses tell
        self.billed = BilledWork()
        self.processed_by_shard, self.age_by_shard = Series(), Peaks()
        self.busy_ns: Integers = np.zeros(0, np.int64)  # by lane (shard * lanes + lane): with a batch in hand
        self.finished_ns: dict[int, int] = {}  # by closed shard: when each of its records had ended
        self.backlog, self.reads = Backlog(), Reads()
        self.usual_ages = AgesByRow(run.usual_interval_ns)
        self.parts = Parts(run.interval_ns, run.warmup_ns)
        self.waiting = Waiting(reading, run.interval_ns, run.usual_interval_ns)
        self.quarter = LastQuarter(run.duration_ns, limit_ns)
        self.episodes = Episodes(limit_ns)
        self.unserved, self.eighths = Unserved(run.warmup_ns), Eighths(run.warmup_ns, run.duration_ns)
        self.work = LaneWork(batch_size)
        self.lag = Lag(run.interval_ns, limit_ns, (run.duration_ns * 3 // 4, run.duration_ns))

    @property
    def parts_mean_s(self) -> dict[str, float]:
        """The mean of each part of latency over the processed records after the warm-up."""
        n = max(1, self.latency.n) * NS
        return {part: waited / n for part, waited in self.parts.sums_ns.items()}

    @property
    def lags(self) -> Lags:
        """What a verdict needs to know of its lag."""
        earlier_ns, last_ns = self.lag.values_ns.tolist()
        return Lags(self.lag.peak_ns, earlier_ns, last_ns)

    def attempts_finished(self, stretch: Stretch, attempts: Attempts) -> None:
        """Take attempts that finished in a window."""
        self._count(stretch, attempts)
        self.billed.add(attempts)
        rows, age_ns = stretch.rows(attempts.finished_ns), attempts.age_ns
        self.age_rows.add(rows, np.ones(len(rows), np.int64), age_ns)
        self.age_rows.close(stretch.closed_rows)
        self.age_peaks.add(rows, age_ns)
        self.usual_ages.add(attempts.finished_ns, age_ns)
        self.age_by_shard.add(attempts.shard, age_ns)
        warm = attempts.last_accepted_ns >= self.warmup_ns
        self.age.add(age_ns[warm])
        self.age_at_send.add(attempts.age_at_send_ns[warm])

    def lanes_silent(self, stretch: Stretch, silent: SilentLanes) -> None:
        """Take the lanes of which no attempt ended in a minute: each counts with the age of its oldest record then."""
        last_ns = stretch.end_ns - 1 if stretch.last else NEVER  # a minute that ends with a window is of the next row
        rows = np.minimum(silent.minute_ns, last_ns) // stretch.interval_ns
        self.age_rows.add(rows, np.ones(len(rows), np.int64), silent.age_ns)
        self.age_peaks.add(rows, silent.age_ns)
        self.usual_ages.add(silent.minute_ns, silent.age_ns)
        warm = silent.age_ns[silent.minute_ns - silent.age_ns >= self.warmup_ns]
        self.age.add(warm)
        self.age_at_send.add(warm)

    def records_processed(self, stretch: Stretch, processed: Processed) -> None:
        """Take the records that attempts of a window have processed."""
        self.told["processed"] += len(processed.latency_ns)
        rows, starts = stretch.rows(processed.finished_ns), np.cumsum(processed.records) - processed.records
        counts = self.latency_rows.add(rows, processed.records, processed.latency_ns)
        self.latency_rows.close(stretch.closed_rows)
        warm = processed.warm
        if warm.all():
            self.latency.note(processed.latency_ns, counts)
        else:
            self.latency.add(processed.latency_ns[warm])
        self.eighths.add(np.repeat(processed.finished_ns, processed.records)[warm], processed.latency_ns[warm])
        self.processed.add(rows, processed.records)
        self.processed_by_shard.add(processed.shard, processed.records)
        if len(starts):
            highest_ns = np.maximum.reduceat(processed.latency_ns, starts)
            self.latency_peaks.add(rows, highest_ns)

    def throttled(self, stretch: Stretch, throttles: Sequence[Throttle]) -> None:
        """Take the throttles of a window."""
        self.counts["throttles"] += len(throttles)
        self.throttles.add(stretch.rows(np.array([throttle.asked_ns for throttle in throttles], np.int64)))

    def lose(self, stretch: Stretch, losses: Sequence[Loss]) -> None:
        """Take the losses that were noticed in a window."""
        for how, series in self.undone.items():
            mine = [loss for loss in losses if loss.how == how]
            records = np.array([len(loss.places) for loss in mine], np.int64)
            self.told[how] += int(records.sum())
            series.add(stretch.rows(np.array([loss.at_ns for loss in mine], np.int64)), records)

    def _count(self, stretch: Stretch, attempts: Attempts) -> None:
        rows, counts = stretch.rows(attempts.finished_ns), self.counts
        self.attempts.add(rows)
        self.errors.add(rows[attempts.failed])
        self.done_again.add(rows, attempts.records - attempts.done)
        counts["attempts"] += len(attempts)
        counts["errors"] += int(attempts.failed.sum())
        counts["timeouts"] += int((attempts.outcome == "timeout").sum())
        counts["partial"] += int((attempts.outcome == "partial").sum())
        counts["cold_starts"] += int(attempts.cold.sum())
