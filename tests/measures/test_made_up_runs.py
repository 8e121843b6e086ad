"""Measures of single records' time against a walk through each record's life, on made-up facts."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures import axis, portions, records
from simulator.measures.lag import Lag
from simulator.measures.lanes import Lanes
from simulator.measures.parts import PARTS, Parts
from simulator.measures.times import HOWS, Times
from simulator.measures.waiting import CAUSES, Waiting
from tests.measures import lives
from tests.measures.made_up_runs import MadeUp, made_up, scaled, windows

INTERVAL = 7
LIMIT = 11


class Measured:
    """A made-up run, measured."""

    def __init__(self, run: MadeUp, cuts: set[int], unit_ns: int, interval: int = INTERVAL, warmup: int = 5) -> None:
        reading = scaled(run.reading, unit_ns)
        self.times, follow = Times(reading), Lanes(reading)
        self.waiting = Waiting(reading, interval * unit_ns)
        self.parts = Parts(interval * unit_ns, warmup * unit_ns)
        self.lag = Lag(interval * unit_ns, LIMIT * unit_ns, [t * unit_ns for t in range(run.end + 1)])
        self.latencies_ns: Counter[int] = Counter()
        for window in windows(run, cuts, seed=len(cuts), unit_ns=unit_ns):
            self.times.observe(window)
            stretches = follow.observe(window, self.times)
            self.waiting.observe(window, self.times, stretches)
            done = self.parts.observe(window, self.times, stretches)
            self.latencies_ns.update(done.latency_ns.tolist())
            self.lag.observe(window, self.times)

    def numbers(self, rows: int) -> tuple[object, ...]:
        """All that it says."""
        return (
            self.times.ends, self.waiting.total_ns(), self.waiting.before_ns(), self.waiting.by_row_ns(rows),
            self.parts.records, self.parts.sums_ns, self.parts.by_row_ns(rows), self.latencies_ns,
            self.lag.peaks_ns(rows).tolist(), self.lag.values_ns.tolist(), self.lag.behind_ns,
        )  # fmt: skip


seeds = st.integers(0, 1 << 32)
units = st.sampled_from([1, 7 * 10**9, 10**13])
cuts = st.sets(st.integers(-20, 90), max_size=12)
examples = settings(derandomize=True, deadline=None, max_examples=50)


@examples
@given(seeds, cuts, units)
def test_every_instant_is_waited_for_the_cause_that_the_table_gives(seed: int, cuts: set[int], unit_ns: int) -> None:
    run = made_up(seed)
    measured, expected = Measured(run, cuts, unit_ns).waiting, lives.waiting(run)
    rows = run.end // INTERVAL + 1
    by_row: Counter[tuple[str, int]] = Counter()
    for (cause, tick), waited in expected.items():
        by_row[cause, max(tick // INTERVAL, -1)] += waited * unit_ns
    assert measured.by_row_ns(rows) == {cause: [by_row[cause, row] for row in range(rows)] for cause in CAUSES}
    assert measured.before_ns() == {cause: by_row[cause, -1] for cause in CAUSES}
    assert measured.total_ns() == {cause: sum(by_row[cause, row] for row in range(-1, rows)) for cause in CAUSES}


@examples
@given(seeds, cuts, units)
def test_parts_are_what_each_processed_record_went_through(seed: int, cuts: set[int], unit_ns: int) -> None:
    run = made_up(seed)
    measured = Measured(run, cuts, unit_ns)
    rows = run.end // INTERVAL + 1
    by_row: Counter[tuple[str, int]] = Counter()
    warm: Counter[str] = Counter()
    processed = [(item, item.done_by) for item in run.everything() if item.done_by]
    for item, by in processed:
        parts = lives.parts(run, item, by)
        row = max(min(item.ended, run.end - 1) // INTERVAL, -1)
        by_row.update({(part, row): ticks * unit_ns for part, ticks in parts.items()})
        warm.update({part: ticks * unit_ns for part, ticks in parts.items() if item.accepted >= 5})
    assert measured.parts.by_row_ns(rows) == {part: [by_row[part, row] for row in range(rows)] for part in PARTS}
    assert measured.parts.sums_ns == {part: warm[part] for part in PARTS}
    assert measured.parts.records == sum(item.accepted >= 5 for item, _ in processed)
    assert measured.latencies_ns == Counter((item.ended - item.produced) * unit_ns for item, _ in processed)


@examples
@given(seeds, cuts, units)
def test_lag_is_the_age_of_the_oldest_record_at_every_instant(seed: int, cuts: set[int], unit_ns: int) -> None:
    run = made_up(seed)
    lag, expected = Measured(run, cuts, unit_ns).lag, lives.lags(run)
    rows = (run.end - 1) // INTERVAL + 1
    peaks = [max(expected[t] for t in range(1, run.end + 1) if (t - 1) // INTERVAL == row) for row in range(rows)]
    assert lag.peaks_ns(rows).tolist() == [peak * unit_ns for peak in peaks]
    assert lag.peak_ns == max(peaks) * unit_ns
    assert lag.values_ns.tolist() == [lives.lag_at(run, tick) * unit_ns for tick in range(run.end + 1)]
    behind = {tick - 1 for tick, age in expected.items() if age > LIMIT}  # the ticks that begin then
    measured = {tick for begin, end in lag.behind_ns for tick in range(begin // unit_ns, end // unit_ns)}
    assert measured == behind
    assert all(end < begin for (_, end), (begin, _) in zip(lag.behind_ns[:-1], lag.behind_ns[1:], strict=True))


@examples
@given(seeds, cuts)
def test_every_record_ends_in_one_way(seed: int, cuts: set[int]) -> None:
    run = made_up(seed)
    ends = Measured(run, cuts, 1).times.ends
    assert +ends == Counter(item.how for item in run.everything())


@examples
@given(seeds, cuts, units)
def test_windows_change_no_number(seed: int, cuts: set[int], unit_ns: int) -> None:
    run = made_up(seed)
    assert Measured(run, cuts, unit_ns).numbers(20) == Measured(run, set(), unit_ns).numbers(20)


@examples
@given(seeds, cuts, st.integers(1, 200))
def test_the_interval_changes_rows_and_nothing_else(seed: int, cuts: set[int], interval: int) -> None:
    run = made_up(seed)
    one, other = Measured(run, cuts, 1, interval=interval), Measured(run, cuts, 1)
    assert one.waiting.total_ns() == other.waiting.total_ns()
    assert one.waiting.before_ns() == other.waiting.before_ns()
    assert one.parts.sums_ns == other.parts.sums_ns
    assert (one.lag.peak_ns, one.lag.behind_ns) == (other.lag.peak_ns, other.lag.behind_ns)


@pytest.mark.parametrize("seed", range(20))
def test_an_axis_too_long_for_an_int64_is_taken_in_stretches(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made_up(seed)
    whole = Measured(run, {30}, 10**13).numbers(20)
    monkeypatch.setattr(axis, "LONGEST", 10**14)
    assert Measured(run, {30}, 10**13).numbers(20) == whole


@pytest.mark.parametrize("seed", range(20))
def test_records_taken_a_few_at_a_time_give_the_same_numbers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made_up(seed)
    whole = Measured(run, {30}, 1).numbers(20)
    for module in (portions, records):
        monkeypatch.setattr(module, "AT_ONCE", 3)
    assert Measured(run, {30}, 1).numbers(20) == whole


def test_made_up_runs_show_every_cause_and_every_end() -> None:
    runs = [made_up(seed) for seed in range(60)]
    assert {cause for run in runs for cause, _ in lives.waiting(run)} == {*CAUSES}
    assert {item.how for run in runs for item in run.everything()} == {*HOWS}
    assert any(
        not item.passes and item.how == how
        for how in ("expired", "unprocessed")
        for run in runs
        for item in run.everything()
    )
