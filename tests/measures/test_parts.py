"""The parts of latency, worked out by hand (docs/model.md, section 8)."""

import pickle

import pytest

from simulator.measures.lanes import Lanes
from simulator.measures.parts import Parts, PartsDoNotAddUpError, Processed
from simulator.measures.times import Reading, Times
from simulator.traffic.nanoseconds import NEVER
from tests.measures.by_hand import POLLED, attempt, doing, lost, poll, record, run, throttle
from tests.measures.made_up_runs import MadeUp, windows


def measured(run: MadeUp, warmup: int = 0, interval: int = 10) -> tuple[Parts, list[Processed]]:
    times, lanes, parts = Times(run.reading), Lanes(run.reading), Parts(interval, warmup)
    done = []
    for window in windows(run, set(), 0):
        times.observe(window)
        done.append(parts.observe(window, times, lanes.observe(window, times)))
    return parts, done


def some(run: MadeUp) -> dict[str, int]:
    """Parts that are not 0."""
    return {part: ns for part, ns in measured(run)[0].sums_ns.items() if ns}


def test_a_record_is_written_picked_up_batched_and_processed() -> None:
    one = run(
        POLLED, 40, [record(0, 2, 5)],
        poll(10, "called", 0, 1, latency=2), doing("invoke_overhead", 15, 16), doing("cold_start", 16, 20),
        doing("function", 20, 30), attempt([0], 1, 16, 4, 30, begun=15),
    )  # fmt: skip
    assert some(one) == {"write_wait": 5, "pickup": 5 + 2, "batching": 3, "cold_start": 4, "processing": 1 + 10}


def test_queueing_is_the_busy_time_of_the_lane_between_acceptance_and_the_first_cut() -> None:
    one = run(
        POLLED, 40, [record(0), record(3)],
        poll(0, "called", 0, 1), doing("function", 0, 8), attempt([0], 1, 0, 0, 8),
        poll(10, "called", 1, 2), doing("function", 10, 17), attempt([1], 1, 10, 0, 17),
    )  # fmt: skip
    assert some(one) == {"queueing": 5, "pickup": 2, "processing": 8 + 7}


def test_a_disabled_mapping_is_pickup_and_not_batching() -> None:
    reading = Reading(False, 1, 1000, -NEVER, True, 0, [(4, 9)])
    one = run(
        reading, 40, [record(0)],
        poll(0, "called", 0, 1), doing("function", 12, 13), attempt([0], 1, 12, 0, 13),
    )  # fmt: skip
    assert some(one) == {"batching": 4 + 3, "pickup": 5, "processing": 1}


def test_throttles_and_failures_before_the_attempt_that_did_it() -> None:
    one = run(
        POLLED, 40, [record(0)], poll(0, "called", 0, 1),
        doing("invoke_overhead", 0, 1), throttle([0], 0, 1, 4), doing("concurrency", 1, 4),
        doing("invoke_overhead", 4, 5), throttle([0], 4, 5, 9), doing("concurrency", 5, 9),
        doing("invoke_overhead", 9, 10), doing("outage", 10, 12), attempt([0], 0, 10, 0, 12, first_cut=0, begun=9),
        doing("outage", 12, 15), doing("invoke_overhead", 15, 16), throttle([0], 15, 16, 18),
        doing("concurrency", 16, 18), doing("invoke_overhead", 18, 19), doing("function", 19, 24),
        attempt([0], 1, 19, 0, 24, first_cut=0, begun=18),
    )  # fmt: skip
    assert some(one) == {"throttled": 9 + 3, "retrying": (12 - 9) + 3, "processing": 1 + 5}


def test_what_the_first_half_is_throttled_is_retrying_for_the_second() -> None:
    one = run(
        POLLED, 40, [record(0), record(0)], poll(0, "called", 0, 2),
        throttle([0, 1], 0, 0, 2), doing("concurrency", 0, 2),
        doing("poison", 2, 5), attempt([0, 1], 0, 2, 0, 5, first_cut=0),
        throttle([0], 5, 5, 9), doing("concurrency", 5, 9),
        doing("function", 9, 10), attempt([0], 1, 9, 0, 10, first_cut=0),
        doing("function", 10, 14), attempt([1], 1, 10, 0, 14, first_cut=0),
    )  # fmt: skip
    assert some(one) == {"throttled": 2 + 4 + 2, "retrying": 3 + (10 - 2), "processing": 1 + 4}


def test_a_half_that_leaves_whole_after_a_throttle_takes_what_it_was_throttled_with_it() -> None:
    one = run(
        POLLED, 40, [record(0), record(0)], poll(0, "called", 0, 2),
        doing("poison", 0, 5), attempt([0, 1], 0, 0, 0, 5),
        throttle([0], 5, 5, 9), doing("concurrency", 5, 9), lost([0], 9),
        doing("function", 9, 14), attempt([1], 1, 9, 0, 14, first_cut=0, cut=5),
    )  # fmt: skip
    assert some(one) == {"retrying": 9, "processing": 5}


def test_records_of_the_warm_up_are_in_the_rows_alone_and_the_very_end_belongs_to_the_last_row() -> None:
    one = run(
        POLLED, 20, [record(3), record(4)],
        poll(4, "called", 0, 2), doing("function", 15, 20), attempt([0, 1], 2, 15, 0, 20),
    )  # fmt: skip
    parts, (done,) = measured(one, warmup=4)
    assert parts.records == 1
    assert parts.sums_ns["batching"] == 11
    assert parts.by_row_ns(2)["batching"] == [0, 22]
    assert parts.by_row_ns(3)["pickup"] == [0, 1, 0]
    assert done.latency_ns.tolist() == [17, 16]
    assert done.warm.tolist() == [False, True]
    assert (done.finished_ns.tolist(), done.shard.tolist(), done.records.tolist()) == ([20], [0], [2])


def test_sums_are_exact_where_an_int64_is_too_small() -> None:
    year = 365 * 86_400 * 10**9
    reading = Reading(False, 1, 2 * year, -NEVER, True, 0, [])
    one = run(
        reading, year, [record(0) for _ in range(1000)], poll(0, "called", 0, 1000),
        doing("function", year - 1, year), attempt(list(range(1000)), 1000, year - 1, 0, year),
    )  # fmt: skip
    parts, _ = measured(one, interval=year)
    assert parts.sums_ns["batching"] == 1000 * (year - 1) > 2**63
    assert parts.by_row_ns(1)["batching"] == [1000 * (year - 1)]


def test_nothing_but_sums_is_kept_when_the_run_is_over() -> None:
    def size(records: int) -> int:
        return len(pickle.dumps(measured(run(POLLED, 20, [record(0) for _ in range(records)]))[0]))

    assert size(1000) == size(1)


def test_a_batch_cut_before_its_records_were_available_is_an_error_of_the_program() -> None:
    wrong = run(POLLED, 20, [record(9)], poll(12, "called", 0, 1), doing("function", 3, 15), attempt([0], 1, 3, 0, 15))
    with pytest.raises(PartsDoNotAddUpError, match="a latency of 6 ns; its parts: write_wait 0, parent_wait 0, pickup"):
        measured(wrong)
