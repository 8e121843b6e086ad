"""How far a mapping is behind, worked out by hand."""

from simulator.measures.lag import Lag
from simulator.measures.times import Reading, Times
from tests.measures.by_hand import POLLED, attempt, poll, record, run
from tests.measures.made_up_runs import MadeUp, windows


def measured(run: MadeUp, limit: int = 5, at: tuple[int, ...] = ()) -> Lag:
    times, lag = Times(run.reading), Lag(10, limit, at)
    for window in windows(run, set(), 0):
        times.observe(window)
        lag.observe(window, times)
    return lag


def test_the_next_record_is_the_oldest_when_the_one_before_it_ends() -> None:
    one = run(
        POLLED, 40, [record(0), record(3), record(25)], poll(25, "called", 0, 3),
        attempt([0], 1, 5, 0, 8), attempt([1], 1, 8, 0, 22), attempt([2], 1, 25, 0, 26),
    )  # fmt: skip
    lag = measured(one, at=(7, 8, 21, 22, 25, 26, 99))
    assert lag.peaks_ns(5).tolist() == [8, 17, 19, 0, 0]
    assert lag.peak_ns == 19
    assert lag.values_ns.tolist() == [7, 5, 18, 0, 0, 0, 0]
    assert lag.behind_ns == [(5, 22)]  # from 8 on by the second record alone, whose age is 5 just then


def test_it_is_not_behind_while_its_lag_only_reaches_the_limit() -> None:
    one = run(POLLED, 40, [record(0), record(4)], poll(5, "called", 0, 2), attempt([0, 1], 2, 5, 0, 10))
    assert measured(one, limit=10).behind_ns == []
    assert measured(one, limit=9).behind_ns == [(9, 10)]


def test_a_record_that_waits_at_its_producer_counts_and_a_skipped_one_does_not() -> None:
    waiting = run(POLLED, 20, [record(2, 30), record(4, 30)])
    assert measured(waiting, at=(20,)).peaks_ns(2).tolist() == [8, 18]
    assert measured(waiting, at=(20,)).values_ns.tolist() == [18]
    latest = run(Reading(False, 1, 1000, 3, False, 0, []), 20, [record(0, 3), record(6)])
    assert measured(latest).peaks_ns(2).tolist() == [4, 14]


def test_it_is_known_from_zero_on_but_counts_what_was_produced_before() -> None:
    one = run(POLLED, 20, [record(-9)], poll(1, "called", 0, 1), attempt([0], 1, 1, 0, 3), begin=-10)
    lag = measured(one, at=(0,))
    assert (lag.peaks_ns(2).tolist(), lag.behind_ns, lag.values_ns.tolist()) == ([12, 0], [(0, 3)], [9])


def test_it_ends_when_nobody_reads_a_record_before_the_retention_takes_it() -> None:
    reading = Reading(False, 1, 12, POLLED.position_ns, True, 0, [])
    assert measured(run(reading, 30, [record(1)])).peaks_ns(3).tolist() == [9, 12, 0]
