"""When records ended, and how; and where they stand in columns."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.measures.layout import Layout
from simulator.measures.times import CODE, Reading, Times
from simulator.model.facts import Loss
from simulator.traffic.nanoseconds import NEVER
from tests.measures.by_hand import POLLED, attempt, poll, record, run
from tests.measures.made_up_runs import MadeUp, Stated, windows

SHORT = Reading(False, 1, 10, -NEVER, True, 0, [])


def measured(run: MadeUp) -> Times:
    times = Times(run.reading)
    for window in windows(run, set(), 0):
        times.observe(window)
    return times


def test_records_end_as_attempts_and_losses_say_and_all_others_are_unprocessed() -> None:
    lost = Loss(0, 0, np.array([2]), "sent_to_destination", 9, False, "poison")
    one = run(
        POLLED, 20, [*(record(0) for _ in range(5)), record(3, 30)], poll(1, "called", 0, 4),
        attempt([0, 1, 2], 2, 2, 0, 5), attempt([3], 1, 9, 0, 21), Stated(9, lost),
    )  # fmt: skip
    times = measured(one)
    assert +times.ends == Counter(processed=2, sent_to_destination=1, unprocessed=3)
    assert times.ended_ns[times.over].tolist() == [5, 5, 9]


def test_what_ends_with_the_run_has_ended() -> None:
    one = run(SHORT, 20, [record(10), record(11)], poll(15, "called", 0, 0))
    assert +measured(one).ends == Counter(expired=1, unprocessed=1)
    one = run(POLLED, 20, [record(10), record(11)], poll(15, "called", 0, 2), attempt([0, 1], 2, 15, 0, 20))
    assert +measured(one).ends == Counter(processed=2)


def test_what_a_call_has_returned_in_time_does_not_expire_unread() -> None:
    one = run(SHORT, 40, [record(3), record(4)], poll(13, "called", 0, 1))
    times = measured(one)
    assert +times.ends == Counter(expired=1, unprocessed=1)
    assert times.accepted_ns[times.expired].tolist() == [4]


def test_a_skipped_record_is_skipped_wherever_it_waits_and_whenever_it_is_accepted() -> None:
    late = Reading(False, 1, 1000, 25, False, 25, [])
    assert +measured(run(late, 20, [record(3), record(5, 22), record(6, 26)])).ends == Counter(skipped=2, unprocessed=1)


def test_the_oldest_record_that_is_left_may_wait_at_its_producer() -> None:
    one = run(POLLED, 20, [record(2), record(5), record(7, 30)], poll(6, "called", 0, 2), attempt([0], 1, 6, 0, 9))
    assert measured(one).oldest_ns == 5
    assert measured(run(POLLED, 20, [record(7, 30)])).oldest_ns == 7
    assert measured(run(POLLED, 20, [])).oldest_ns == NEVER


growth = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=4), min_size=1, max_size=12
)


@settings(derandomize=True, deadline=None)
@given(growth)
def test_every_record_keeps_what_its_row_holds_until_it_is_not_needed(steps: list[list[tuple[int, int]]]) -> None:
    layout, column = Layout(), np.empty(0, np.int64)
    ends, needed = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for step in sorted(steps, key=len):  # shards come, none goes
        ends, needed = (np.pad(each, (0, len(step) - len(each))) for each in (ends, needed))
        before, (more, done) = ends.copy(), np.array(step).T
        ends = ends + more
        fresh = layout.take(ends.copy(), needed.copy())
        column = layout.moved(column, -1)
        assert (column[fresh] == -1).all()
        column[fresh] = [1000 * s + p for s in range(len(step)) for p in range(before[s], ends[s])]
        for shard in range(len(step)):
            places = np.arange(needed[shard], ends[shard])
            assert (column[layout.of(shard, places)] == 1000 * shard + places).all()
        needed = np.minimum(needed + done, ends)
    assert layout.rows <= 2 * ends.sum() + 1


def test_rows_without_a_record_look_skipped() -> None:
    times = measured(run(POLLED, 20, [record(n) for n in range(8)]))
    assert len(times.how) > 8
    assert (times.how == CODE["unprocessed"]).sum() == 8
    assert (times.how == CODE["skipped"]).sum() == len(times.how) - 8
