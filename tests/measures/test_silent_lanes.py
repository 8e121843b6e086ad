"""Lanes without an attempt that ends in a minute. A tick is ten seconds here."""

from simulator.measures.lanes import Lanes
from simulator.measures.silent_lanes import Silence
from simulator.measures.times import Reading, Times
from simulator.traffic.nanoseconds import NEVER
from tests.measures.by_hand import attempt, poll, record, run
from tests.measures.made_up_runs import MadeUp, scaled, windows

TICK_NS = 10 * 10**9
TWO_LANES = Reading(False, 2, 1000, -NEVER, True, 0, [])


def silent(run: MadeUp, *cuts: int) -> list[tuple[int, int, int]]:
    """Minute's end, lane and age in ticks."""
    reading = scaled(run.reading, TICK_NS)
    times, lanes, silence = Times(reading), Lanes(reading), Silence(reading)
    found = []
    for window in windows(run, set(cuts), 0, TICK_NS):
        times.observe(window)
        seen = silence.observe(window, times, lanes.observe(window, times))
        ages = zip(seen.minute_ns // TICK_NS, seen.lane, seen.age_ns // TICK_NS, strict=True)
        found += [tuple(int(number) for number in each) for each in ages]
    return found  # type: ignore[return-value]


ONE = run(
    TWO_LANES, 31, [record(1), record(2, lane=1), record(3), record(9, lane=1)], poll(3, "called", 0, 4),
    attempt([0], 1, 3, 0, 8), attempt([1], 1, 4, 0, 6, lane=1),  # lane 1's ends with the first minute: not in it
    attempt([2], 1, 8, 0, 24), attempt([3], 0, 9, 0, 20, lane=1),
)  # fmt: skip


def test_a_lane_counts_in_each_minute_in_which_records_wait_and_no_attempt_ends() -> None:
    assert silent(ONE) == [(6, 0, 5), (18, 0, 15), (24, 0, 21), (6, 1, 4), (18, 1, 9), (30, 1, 21)]


def test_windows_do_not_matter() -> None:
    for cut in range(1, 31):
        assert sorted(silent(ONE, cut)) == sorted(silent(ONE))


def test_minutes_before_zero_do_not_count() -> None:
    early = run(TWO_LANES, 8, [record(-20)], begin=-20)
    assert silent(early) == [(6, 0, 26)]
