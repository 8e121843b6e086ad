"""Waiting for workers: a line a minute, and an end."""

from __future__ import annotations

import pytest

from simulator.study.patience import NoWorkersError, Patience, Watch


class Times:
    """A clock that is set, and what was said, when."""

    def __init__(self) -> None:
        self.now_s, self.workers = 1000.0, 0
        self.said: list[tuple[float, str]] = []

    def watch(self, most_s: float = 600.0) -> Watch:
        def say(line: str) -> None:
            self.said.append((self.now_s - 1000, line))

        patience = Patience(most_s, clock=lambda: self.now_s, say=say)
        return Watch(lambda: self.workers, "dask://here", patience)

    def looks(self, watch: Watch, until_s: float) -> None:
        """Look every five seconds."""
        while self.now_s < 1000 + until_s:
            self.now_s += 5
            watch.look()


def test_a_minute_without_a_worker_is_told_and_told_again_every_minute() -> None:
    times = Times()
    times.looks(times.watch(), 185)
    assert [when for when, _ in times.said] == [60, 120, 180]
    assert times.said[1][1] == "dask://here: no worker for 120 s; waiting for one until 600 s are over (--wait)"


def test_after_the_time_that_one_is_ready_to_wait_it_ends() -> None:
    times = Times()
    with pytest.raises(NoWorkersError, match="dask://here: no worker for 600 s; start one with `dask worker`"):
        times.looks(times.watch(), 1000)
    assert times.now_s == 1600
    assert len(times.said) == 9


def test_a_worker_or_a_job_that_ends_begins_the_time_anew() -> None:
    times = Times()
    watch = times.watch(most_s=100)
    times.looks(watch, 90)
    times.workers = 1
    times.looks(watch, 500)
    times.workers = 0
    times.looks(watch, 590)
    watch.seen()
    times.looks(watch, 685)
    with pytest.raises(NoWorkersError, match="for 100 s"):
        times.looks(watch, 1000)
    assert [when for when, _ in times.said] == [60, 560, 650]
