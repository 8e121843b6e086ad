"""Waiting by cause, worked out by hand (docs/model.md, section 8). A tick is a nanosecond here."""

import numpy as np
import pytest

from simulator.measures.lanes import Lanes
from simulator.measures.times import Reading, Times
from simulator.measures.waiting import Waiting, WaitingDoesNotAddUpError
from simulator.model.facts import Loss, Sent
from simulator.traffic.nanoseconds import NEVER
from tests.measures.by_hand import POLLED, PUSHED, attempt, doing, poll, record, run
from tests.measures.made_up_runs import MadeUp, Stated, windows


def measured(run: MadeUp, interval: int = 1000) -> Waiting:
    times, lanes = Times(run.reading), Lanes(run.reading)
    waiting = Waiting(run.reading, interval)
    for window in windows(run, set(), 0):
        times.observe(window)
        waiting.observe(window, times, lanes.observe(window, times))
    return waiting


def waited(run: MadeUp) -> dict[str, int]:
    """What was waited by cause, without zeros."""
    return {cause: ns for cause, ns in measured(run).total_ns().items() if ns}


def test_a_record_waits_in_turn_for_limits_poll_answer_window_and_function() -> None:
    one = run(
        POLLED, 40, [record(0, 2, 5)],
        poll(10, "called", 0, 1, latency=2), doing("invoke_overhead", 15, 16), doing("cold_start", 16, 20),
        doing("function", 20, 30), attempt([0], 1, 16, 4, 30),
    )  # fmt: skip
    assert waited(one) == {
        "write_records": 2, "write_bytes": 3, "poll_interval": 5, "read_latency": 2, "batching_window": 3,
        "invoke_overhead": 1, "cold_start": 4, "processing": 10,
    }  # fmt: skip


def test_what_the_last_poll_since_its_acceptance_came_to_is_why_a_record_is_not_read() -> None:
    polls = [
        poll(2, "no_call"),  # before its acceptance: it says nothing of it
        poll(10, "no_call"), poll(13, "no_bytes"), poll(17, "held"), poll(22, "missed"), poll(28, "called"),
        poll(35, "disabled"), poll(43, "called", 0, 1),
    ]  # fmt: skip
    assert waited(run(POLLED, 43, [record(5)], *polls)) == {
        "poll_interval": 5 + 6 + 8, "read_calls": 3, "read_bytes": 4, "held": 5, "answer_limit": 7,
    }  # fmt: skip


def test_a_record_on_its_way_waits_for_its_answer_whatever_later_polls_come_to() -> None:
    polls = [poll(1, "called", 0, 1, latency=9), poll(4, "no_call"), poll(6, "held")]
    assert waited(run(POLLED, 10, [record(0), record(2)], *polls)) == {
        "poll_interval": 1 + 2, "read_latency": 9, "read_calls": 2, "held": 4,
    }  # fmt: skip


def test_a_busy_lane_is_the_cause_even_for_records_that_nobody_has_read() -> None:
    one = run(
        POLLED, 20, [record(0), record(3)],
        poll(0, "called", 0, 1), doing("concurrency", 0, 7), doing("function", 7, 12), attempt([0], 1, 7, 0, 12),
        poll(4, "no_call"),
    )  # fmt: skip
    assert waited(one) == {"concurrency": 7 + 4, "processing": 5, "function": 5, "read_calls": 8}


def test_the_run_counts_as_processing_only_for_the_records_that_it_processes() -> None:
    one = run(
        POLLED, 20, [record(0), record(0), record(0)],
        poll(0, "called", 0, 3), doing("function", 0, 8), attempt([0, 1], 1, 0, 0, 8),
        doing("outage", 8, 13), attempt([1], 0, 8, 0, 10), doing("function", 13, 20), attempt([1], 1, 13, 0, 99),
    )  # fmt: skip
    assert waited(one) == {"processing": 8, "function": 2 * 8 + 2 * 7, "outage": 2 * 5}


def test_disabled_comes_before_reading_and_starting_before_disabled() -> None:
    reading = Reading(False, 1, 1000, -NEVER, True, 6, [(2, 9), (12, 20)])
    one = run(reading, 25, [record(0)], poll(10, "called", 0, 1, latency=5), doing("answer", 18, 24))
    assert waited(one) == {
        "starting": 6, "disabled": 3 + 8, "poll_interval": 1, "read_latency": 2 + 4, "batching_window": 1,
    }  # fmt: skip


def test_by_push_a_record_waits_until_it_leaves_and_then_travels() -> None:
    sent = Sent(0, 0, np.array([0, 1]), np.array([4, 9]), np.array([7, 12]), 2)
    one = run(PUSHED, 8, [record(0), record(1)], Stated(0, sent))
    assert waited(one) == {"push_bytes": 4 + 7, "propagation": 3, "batching_window": 1}


def test_what_nobody_reads_waits_until_its_age_reaches_the_retention_whenever_that_is_noticed() -> None:
    reading = Reading(False, 1, 10, -NEVER, True, 0, [])
    noticed = Stated(30, Loss(0, 0, np.array([0]), "expired", 30, True, ""))
    assert waited(run(reading, 40, [record(3), record(35)], noticed)) == {"poll_interval": 10 + 5}
    assert waited(run(reading, 40, [record(3)])) == {"poll_interval": 10}
    assert waited(run(reading, 40, [record(3)], poll(13, "called", 0, 1, latency=2))) == {
        "poll_interval": 10, "read_latency": 2, "batching_window": 25,
    }  # fmt: skip


def test_what_waits_at_its_producer_at_the_end_has_waited_until_then() -> None:
    assert waited(run(POLLED, 20, [record(0, 5, 30), record(4, 25, 40)])) == {
        "write_records": 5 + 16, "write_bytes": 15,
    }  # fmt: skip


def test_skipped_records_wait_for_nothing() -> None:
    latest = Reading(False, 1, 1000, 5, False, 0, [])
    assert waited(run(latest, 20, [record(0, 2, 5), record(0, 2, 6)])) == {
        "write_records": 2, "write_bytes": 4, "poll_interval": 14,
    }  # fmt: skip
    inclusive = Reading(False, 1, 1000, 5, True, 0, [])
    assert waited(run(inclusive, 20, [record(4), record(5)])) == {"poll_interval": 15}


def test_waiting_before_zero_is_told_apart_and_rows_begin_at_zero() -> None:
    waiting = measured(run(POLLED, 25, [record(-7, -7, 13)], begin=-10), interval=10)
    assert waiting.total_ns()["write_bytes"] == 20
    assert waiting.before_ns()["write_bytes"] == 7
    assert waiting.by_row_ns(4)["write_bytes"] == [10, 3, 0, 0]
    assert waiting.by_row_ns(4)["poll_interval"] == [0, 7, 5, 0]
    assert waiting.by_row_ns(1)["poll_interval"] == [0]


def test_a_record_that_ends_before_it_was_accepted_is_an_error_of_the_program() -> None:
    wrong = run(POLLED, 20, [record(9)], attempt([0], 1, 3, 0, 5))
    with pytest.raises(WaitingDoesNotAddUpError, match="ended before they were read"):
        measured(wrong)


def test_causes_that_do_not_add_up_are_an_error_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Waiting, "_write", lambda *_: None)
    with pytest.raises(WaitingDoesNotAddUpError, match="waited for 13 ns, and by cause for 8 ns"):
        measured(run(POLLED, 13, [record(0, 2, 5)]))
