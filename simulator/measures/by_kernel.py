"""Measures that the kernel has taken of a whole run: its blocks, as what simulator.measures makes of the facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from simulator.kernel.blocks import Block, Blocks, OfMapping, OfOtherReader, OfStream, whole
from simulator.kernel.changed import parents, requests
from simulator.kernel.stated import FAILURES
from simulator.measures.ages import AgesByRow
from simulator.measures.backlog import Backlog
from simulator.measures.billed import BilledWork
from simulator.measures.concurrency import ConcurrencyMeasures
from simulator.measures.conservation import Ends, check_littles_law, ends
from simulator.measures.episodes import Episode, Episodes, events, reshardings
from simulator.measures.exact import Integrals, Sums, narrow, products
from simulator.measures.grid import Peaks, Series
from simulator.measures.histogram import Histogram
from simulator.measures.lag import Lag
from simulator.measures.lane_work import LaneWork
from simulator.measures.last_quarter import LOST, LastQuarter
from simulator.measures.level import Level
from simulator.measures.mapping import SERIES_PERCENTILES, UNDONE, MappingMeasures
from simulator.measures.mapping_observer import reading
from simulator.measures.observer import Measured, Outcome
from simulator.measures.other_readers import OtherReaderMeasures
from simulator.measures.parts import PARTS, Parts
from simulator.measures.reads import Reads
from simulator.measures.row_percentiles import RowPercentiles
from simulator.measures.run_times import RunTimes
from simulator.measures.stream import Span, StreamMeasures
from simulator.measures.unserved import Unserved
from simulator.measures.verdict import behind_ns
from simulator.measures.waiting import CAUSES, Waiting
from simulator.scenario.spec import EventSourceMapping, Scenario, Stream
from simulator.traffic.log import Integers
from simulator.traffic.nanoseconds import NEVER

COUNTS: Final = ("attempts", "errors", "timeouts", "partial", "throttles", "cold_starts")


def outcome(scenario: Scenario, run: RunTimes, blocks: Blocks, end_ns: int) -> Outcome:
    """What a run came to. Raises what the program's own checks raise."""
    rows = _Rows(run, end_ns)
    of_streams = {name: blocks.stream(number) for number, name in enumerate(scenario.streams)}
    streams = {name: _of_stream(run, rows, scenario.streams[name], of) for name, of in of_streams.items()}
    of_functions = {name: blocks.function(number) for number, name in enumerate(scenario.functions)}
    functions = {
        name: ConcurrencyMeasures.of(rows.level(each.concurrency, each.rows)) for name, each in of_functions.items()
    }
    found = [
        _of_mapping(scenario, spec, streams[spec.stream], rows, blocks.mapping(number))
        for number, spec in enumerate(scenario.event_source_mappings)
    ]
    readers = [_of_other_reader(run, rows, blocks.other_reader(number)) for number in range(len(scenario.readers))]
    for spec, (measures, _, _) in zip(scenario.event_source_mappings, found, strict=True):
        measures.eighths.lost += of_streams[spec.stream].totals[0]["dropped_by_eighth"]
    wanted = {name: int(each.wanted[0]["peak"]) for name, each in of_functions.items()}
    measured = Measured(run.interval_ns, streams, functions, wanted, [measures for measures, _, _ in found], readers)
    return Outcome(measured, [how for _, how, _ in found], [episodes for _, _, episodes in found])


def _of_stream(run: RunTimes, rows: _Rows, spec: Stream, found: OfStream) -> StreamMeasures:
    spans = [Span(parents(each), int(each["opens_ns"]), int(each["closes_ns"])) for each in found.spans]
    made = [each for each in requests(spec, found.spans, found.requests) if each.at_ns < rows.end_ns]
    changes = spans, sorted(made, key=lambda each: each.at_ns)
    return StreamMeasures.of(run, found, rows.level(found.unwritten, found.unwritten_rows), changes)


def _of_other_reader(run: RunTimes, rows: _Rows, found: OfOtherReader) -> OtherReaderMeasures:
    mine = rows.some(found.rows)[1:]
    lag = Lag.of(run.interval_ns, mine["lag_peak_ns"].copy(), np.zeros(0, np.int64), [])
    return OtherReaderMeasures.of(run.interval_ns, lag, mine, found.reads)


def _of_mapping(
    scenario: Scenario, spec: EventSourceMapping, stream: StreamMeasures, rows: _Rows, found: OfMapping
) -> tuple[MappingMeasures, Ends, list[Episode]]:
    mine, totals = _Mapping(scenario, spec, rows, found).measures(), found.totals[0]
    return mine, _ends(spec, stream, mine, totals), _episodes(scenario, spec, stream, mine, totals, rows.end_ns)


@dataclass(frozen=True)
class _Rows:
    """The rows of the time series of a run."""

    run: RunTimes
    end_ns: int

    def some(self, block: Any, interval_ns: int | None = None) -> Any:
        """The rows of a block that the run has, after the one of what was before t = 0."""
        return block[: -(-self.end_ns // (interval_ns or self.run.interval_ns)) + 1]

    def level(self, totals: Block, rows: Block) -> Level:
        """A level and its areas."""
        mine = self.some(rows)
        return Level.of(
            int(totals[0]["now"]),
            int(totals[0]["peak"]),
            mine["peak"].copy(),
            mine["cell"]["changes"].copy(),
            self.areas(mine["cell"]),
        )

    def areas(self, cells: Any) -> Integers:
        """The integral over each row of a number, or of the sum of several, by their changes."""
        high, low, changes = (np.atleast_2d(each.T).sum(axis=0) for each in _columns(cells))
        before_high, before_low = products(np.cumsum(changes) - changes, self.run.interval_ns)
        return narrow(high + before_high, low + before_low)


class _Mapping:
    """The measures of one mapping."""

    def __init__(self, scenario: Scenario, spec: EventSourceMapping, rows: _Rows, found: OfMapping) -> None:
        self._spec, self._rows, self._found = spec, rows, found
        self._reading = reading(spec, scenario.streams[spec.stream].retention)
        self._mine = rows.some(found.rows)

    def measures(self) -> MappingMeasures:
        """All of them."""
        run, totals = self._rows.run, self._found.totals[0]
        mine = MappingMeasures(self._reading, run, behind_ns(self._spec), self._spec.batch_size)
        mine.counts = {name: int(totals[name]) for name in COUNTS}
        mine.told |= {name: int(totals[name]) for name in ("processed", *UNDONE)}
        sums_ns = dict(zip(PARTS, whole(totals["parts"]).tolist(), strict=True))
        mine.parts = Parts.of(run.warmup_ns, int(totals["warm_records"]), sums_ns, self._parts())
        mine.waiting = self._waited(int(whole(totals["lived"])))
        behind = self._found.episodes[["begin_ns", "end_ns", "peak_ns"]].tolist()
        mine.lag = Lag.of(run.interval_ns, self._row("lag_peak_ns"), totals["lag_ns"].copy(), behind)
        mine.episodes = self._behind()
        mine.quarter = self._quarter(totals)
        mine.unserved = Unserved(run.warmup_ns)
        mine.unserved.lost, mine.unserved.left = int(totals["unserved"]), _histogram(self._found.left)
        mine.eighths.counts = self._found.eighths[0]["counts"].copy()
        mine.eighths.lost = self._found.eighths[0]["lost"].copy()
        mine.work = self._work(totals)
        mine.billed = self._billed(totals)
        self._times(mine)
        self._series(mine)
        self._by_shard(mine)
        self._backlog(mine, totals)
        return mine

    def _row(self, name: str) -> Integers:
        column: Integers = self._mine[name][1:].copy()
        return column

    def _parts(self) -> Sums:
        cells = np.stack((self._mine["parts"]["high"], self._mine["parts"]["low"]))
        return Sums.of(cells, self._rows.run.interval_ns)

    def _waited(self, lived_ns: int) -> Waiting:
        run = self._rows.run
        waiting = usual = _integrals(self._mine["waiting"], run.interval_ns)
        usual_ns = run.usual_interval_ns
        if usual_ns != run.interval_ns:
            cells = self._found.usual_waiting.reshape(-1, len(CAUSES))
            usual = _integrals(self._rows.some(cells, usual_ns), usual_ns)
        return Waiting.of(self._reading, waiting, (usual, usual_ns), run.interval_ns, lived_ns)

    def _behind(self) -> Episodes:
        episodes, found = Episodes(behind_ns(self._spec)), self._found.episodes
        episodes.delayed, episodes.done_again = found["delayed"].copy(), found["done_again"].copy()
        episodes.lost, episodes.sent = found["lost"].copy(), found["sent_to_destination"].copy()
        episodes.first_loss_ns = found["first_loss_ns"].copy()
        return episodes

    def _quarter(self, totals: Any) -> LastQuarter:
        quarter = LastQuarter(self._rows.run.duration_ns, behind_ns(self._spec))
        quarter.waiting_lanes, quarter.stuck_lanes = int(totals["waiting_lanes"]), int(totals["stuck_lanes"])
        quarter.lost = int(totals["lost"])
        quarter.lost_as = dict(zip(LOST, totals["lost_as"].tolist(), strict=True))
        codes = totals["failures"][: totals["nfailures"]].tolist()  # in order of the first loss
        quarter.by_failure = {FAILURES[code]: int(totals["by_failure"][code]) for code in codes}
        return quarter

    def _work(self, totals: Any) -> LaneWork:
        work, lanes = LaneWork(self._spec.batch_size), self._found.lanes
        some = lanes[: int(np.flatnonzero(lanes["accepted"]).max(initial=-1)) + 1]
        work.busy_ns, work.left = some["worked_ns"].copy(), some["accepted"] - some["processed"]
        work.full_ns, work.all_ns = int(whole(totals["full"])), int(whole(totals["all"]))
        work.full_records, work.all_records = int(totals["full_records"]), int(totals["all_records"])
        return work

    def _billed(self, totals: Any) -> BilledWork:
        wasted = self._found.wasted
        return BilledWork.of(
            int(totals["attempts"]),
            np.array([totals["billed_on_demand_ms"], totals["billed_provisioned_ms"]]),
            wasted["records"].copy(),
            (narrow(*_sums(wasted["on_demand"])), narrow(*_sums(wasted["provisioned"]))),
        )

    def _times(self, mine: MappingMeasures) -> None:
        found = self._found
        mine.latency, mine.age, mine.age_at_send = map(_histogram, (found.latency, found.age, found.age_at_send))
        mine.latency_rows = RowPercentiles.of(SERIES_PERCENTILES, self._mine["latency_ns"][1:].copy())
        mine.age_rows = RowPercentiles.of(SERIES_PERCENTILES, self._mine["age_ns"][1:].copy())
        mine.latency_peaks, mine.age_peaks = Peaks.of(self._row("latency_peak_ns")), Peaks.of(self._row("age_peak_ns"))

    def _series(self, mine: MappingMeasures) -> None:
        mine.processed, mine.done_again = Series.of(self._row("processed")), Series.of(self._row("done_again"))
        mine.attempts, mine.errors = Series.of(self._row("attempts")), Series.of(self._row("errors"))
        mine.throttles = Series.of(self._row("throttles"))
        mine.undone |= {how: Series.of(self._row(how)) for how in UNDONE}

    def _by_shard(self, mine: MappingMeasures) -> None:
        readers, reads = self._found.readers, Reads()
        reads.calls, reads.refused, reads.skipped, reads.bytes = (
            Series.of(readers[name].copy()) for name in ("calls", "refused", "skipped", "bytes")
        )
        mine.reads, mine.busy_ns = reads, self._found.lanes["busy_ns"].copy()
        mine.processed_by_shard = Series.of(readers["processed"].copy())
        mine.age_by_shard = Peaks.of(readers["age_peak_ns"].copy())
        finished = np.flatnonzero(readers["finished_ns"] < NEVER)
        mine.finished_ns = dict(zip(finished.tolist(), readers["finished_ns"][finished].tolist(), strict=True))

    def _backlog(self, mine: MappingMeasures, totals: Any) -> None:
        """Its area is what accepted records have waited, filtered ones too; that it is, Little's law checks."""
        run, rows = self._rows.run, self._mine
        areas = self._rows.areas(np.column_stack((rows["waiting"][:, 2:], rows["filtered_waiting"])))
        level = Level.of(
            int(totals["backlog"]),
            int(totals["backlog_peak"]),
            rows["backlog_peak"].copy(),
            rows["backlog_changes"].copy(),
            areas,
        )
        level.integral = int(whole(totals["stayed"]))
        mine.backlog = Backlog()
        mine.backlog.level = level
        last_end_ns = int(totals["last_end_ns"])
        mine.backlog.last_end_ns = last_end_ns if last_end_ns >= 0 else None
        mine.usual_ages = AgesByRow(run.usual_interval_ns)
        mine.usual_ages.peaks_ns = Peaks.of(self._found.usual_rows["age_peak_ns"][1:].copy())


def _integrals(cells: Any, interval_ns: int) -> Integrals:
    """By row and cause."""
    return Integrals.of(np.stack(_columns(cells)), interval_ns)


def _columns(cells: Any) -> tuple[Integers, Integers, Integers]:
    return *_sums(cells["integral"]), cells["changes"]


def _sums(of: Any) -> tuple[Integers, Integers]:
    return of["high"], of["low"]


def _histogram(found: Block) -> Histogram:
    mine = found[0]
    counts, sum_ns = mine["counts"].copy(), int(whole(mine["sum"]))
    return Histogram.of(counts, sum_ns, int(mine["least_ns"]), int(mine["greatest_ns"]))


def _ends(spec: EventSourceMapping, stream: StreamMeasures, mine: MappingMeasures, totals: Any) -> Ends:
    by_how = {name: int(totals[name]) for name in ("processed", "skipped", *UNDONE, "unprocessed")}
    found = ends(spec.name, stream.produced_total, stream.dropped_total, by_how, {})
    in_system_ns = stream.unwritten.integral - int(whole(totals["skipped_wait"])) + mine.backlog.level.integral
    in_system_ns -= int(whole(totals["filtered_lived"]))
    check_littles_law(spec.name, in_system_ns, sum(mine.waiting.total_ns().values()))
    return found


def _episodes(
    scenario: Scenario,
    spec: EventSourceMapping,
    stream: StreamMeasures,
    mine: MappingMeasures,
    totals: Any,
    end_ns: int,
) -> list[Episode]:
    over = end_ns - int(totals["oldest_ns"]) <= behind_ns(spec)
    declared = [*events(scenario, spec), *reshardings(stream.requests)]
    declared.sort(key=lambda event: event.start_ns)
    return mine.episodes.told(spec.name, declared, mine.lag, mine.waiting, over)
