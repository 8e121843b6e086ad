"""How long the windows of a run are: memory depends on it, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.model import windows
from simulator.model.facts import Attempt, Facts, ReadAgain
from simulator.model.windows import FIRST_NS, GROWTH, WINDOW_FACTS, WINDOW_TRIED, Windows
from simulator.traffic.nanoseconds import NS
from simulator.traffic.stream import streams
from tests.model.rows import scenario, small

HOUR_NS = 3600 * NS


def made(rate: str = "1/s", start: str = "-10h") -> Windows:
    of = scenario(small(run={"duration": "10h"}, producer={"rate": rate, "start": start}))
    return Windows(of, streams(of, 1, 0))


def attempt(records: int) -> Attempt:
    times = (0,) * 6
    return Attempt(0, 0, 0, np.arange(records), records, 1, 1, *times, "on_demand", "ok", "")


def lasts_ns(of: Windows, begin_ns: int) -> int:
    return of.end_ns(begin_ns) - begin_ns


def test_windows_grow_from_a_minute_on_as_long_as_little_is_stated() -> None:
    of = made()
    assert lasts_ns(of, HOUR_NS) == FIRST_NS
    of.learn(FIRST_NS, Facts())
    assert lasts_ns(of, HOUR_NS) == GROWTH * FIRST_NS


def test_one_ends_at_0_one_when_the_producers_stop_and_one_with_the_run() -> None:
    of = made()
    assert [of.end_ns(at - NS) for at in (0, 10 * HOUR_NS, 11 * HOUR_NS)] == [0, 10 * HOUR_NS, 11 * HOUR_NS]


def test_the_first_window_in_which_anything_is_read_is_short_again() -> None:
    of = made()
    of.learn(HOUR_NS, Facts())
    assert lasts_ns(of, -9 * HOUR_NS) == GROWTH * HOUR_NS
    assert lasts_ns(of, 0) == FIRST_NS
    of.learn(FIRST_NS, Facts())
    assert lasts_ns(of, FIRST_NS) == GROWTH * FIRST_NS


@pytest.mark.parametrize("times", [2, 10])
def test_a_window_holds_no_more_facts_than_the_one_before_lets_expect(times: int) -> None:
    of = made()
    of.learn(HOUR_NS, Facts(read_again=[ReadAgain(0, 0, 0, 1, True)] * times * WINDOW_FACTS))
    assert lasts_ns(of, HOUR_NS) == HOUR_NS // times


def test_nor_more_records_that_attempts_try() -> None:
    """A backlog is read in few attempts, and each has many records."""
    of = made()
    of.learn(HOUR_NS, Facts(attempts=[attempt(WINDOW_TRIED // 100)] * 200))
    assert lasts_ns(of, HOUR_NS) == pytest.approx(HOUR_NS / 2, rel=1e-3)


def test_nor_more_new_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW_RECORDS", 30)
    assert lasts_ns(made(rate="10/s"), HOUR_NS) == pytest.approx(3 * NS, rel=1e-6)
