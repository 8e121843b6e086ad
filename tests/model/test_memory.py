"""The bound on what waiting records take."""

from __future__ import annotations

import pytest

from simulator.model.memory import BYTES_A_RECORD, BacklogTooLargeError, check_backlog, kept
from simulator.traffic.stream import streams
from tests.model.rows import scenario, small


def test_a_run_stops_when_what_waits_takes_more_than_it_may() -> None:
    of = streams(scenario(small(producer={"rate": "100/s"})), 1, 0)
    of["s"].advance(10**10)
    check_backlog(kept(of), 10.0, 1000 * BYTES_A_RECORD)
    with pytest.raises(BacklogTooLargeError, match=r"after 10 s 1,000 records of stream 's' wait for a mapping"):
        check_backlog(kept(of), 10.0, 1000 * BYTES_A_RECORD - 1)


def test_what_waits_at_its_producers_counts_too() -> None:
    of = streams(scenario(small(producer={"rate": "1500/s"})), 1, 0)
    of["s"].advance(10**10)
    assert of["s"].held > 3000
    with pytest.raises(BacklogTooLargeError, match=r"15,000 records of stream 's' wait"):
        check_backlog(kept(of), 10.0, 14_999 * BYTES_A_RECORD)
