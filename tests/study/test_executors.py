"""Processes: the same results as one, and what is left when one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from simulator.report.comparison import write_comparison
from simulator.study.compare import Comparison, compare
from simulator.study.executors import ExecutorError, Failure, Pool, cluster, inline, processes, runner
from simulator.study.figures import Figures
from simulator.study.jobs import Job, run, scenario_digest
from simulator.study.source import Source

MARK = "SHARDSIM_TEST_MARK"  # names a file: when it is there, a worker has died before


def jobs(path: Path, n: int) -> list[Job]:
    scenario = Source.of(path).scenario()
    return [Job.of(scenario, scenario_digest(scenario), 3, replication) for replication in range(n)]


def dies_once(job: Job) -> Figures:
    """The second replication ends its process, the first time."""
    mark = Path(os.environ[MARK])
    if job.replication == 1 and not mark.exists():
        mark.touch()
        os._exit(1)
    return run(job)


def always_dies(job: Job) -> Figures:
    """The second replication ends its process, every time; the fourth has a bug."""
    if job.replication == 1:
        os._exit(1)
    if job.replication == 3:
        raise ZeroDivisionError("told\nin a line")
    return run(job)


def outcomes(path: Path, work: Callable[[Job], Figures], n: int) -> tuple[dict[int, Figures], dict[int, str]]:
    """What two processes make of n replications: figures, and why there are none."""
    pool = processes(2, work)
    try:
        found = {job.replication: outcome for job, outcome in pool.run(jobs(path, n))}
    finally:
        pool.close()
    failures = {number: each.why for number, each in found.items() if isinstance(each, Failure)}
    return {number: each for number, each in found.items() if isinstance(each, Figures)}, failures


def test_a_job_whose_worker_dies_is_done_by_another_and_no_other_job_is_done_twice(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path / "mark"))
    figures, failures = outcomes(small, dies_once, 5)
    assert failures == {}
    expected = {job.replication: outcome for job, outcome in inline(jobs(small, 5))}
    assert {n: repr(each) for n, each in figures.items()} == {n: repr(each) for n, each in expected.items()}
    assert (tmp_path / "mark").exists()


def test_a_job_that_ends_its_worker_twice_has_failed_alone_and_a_bug_is_told(small: Path) -> None:
    figures, failures = outcomes(small, always_dies, 6)
    assert sorted(figures) == [0, 2, 4, 5]
    assert failures == {
        1: "its worker died, 2 times; is there enough memory?",
        3: "ZeroDivisionError: told in a line",
    }


def files(path: Path, folder: Path, workers: int) -> dict[str, bytes]:
    """Compare with so many processes; all that is written, run.json aside."""
    folder.mkdir()
    found: Comparison = compare(path, shards="1-3", replications=3, jobs=workers, folder=folder / "runs")
    write_comparison(found, folder, "", 0.0, plots=False)
    everything = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: content for name, content in everything.items() if name != "run.json"}


def test_i5_two_processes_give_the_same_bytes_as_one(small: Path, tmp_path: Path) -> None:
    one, two = (files(small, tmp_path / str(n), n) for n in (1, 2))
    assert len(one) == 9 + 4  # runs, and comparison, differences, replications and study.json
    assert one == two


def test_a_worker_of_another_version_is_refused(small: Path) -> None:
    [job] = jobs(small, 1)
    [(_, outcome)] = inline([replace(job, program="0.0.0+other")])
    assert isinstance(outcome, Failure)
    assert "not 0.0.0+other; install the same on both" in outcome.why


def test_workers_that_cannot_start_are_an_error_and_no_endless_loop(small: Path) -> None:
    pool = Pool(lambda: ProcessPoolExecutor(1, get_context("spawn"), os._exit, (1,)), 2, run)
    try:
        with pytest.raises(ExecutorError, match="ended while it was starting"):
            list(pool.run(jobs(small, 2)))
    finally:
        pool.close()


def test_no_more_processes_are_started_than_there_are_jobs(small: Path) -> None:
    started = []

    def start() -> ProcessPoolExecutor:
        started.append(1)
        return ProcessPoolExecutor(1, get_context("spawn"))

    pool = Pool(start, 2, run)
    try:
        assert len(list(pool.run(jobs(small, 1)))) == 1
    finally:
        pool.close()
    assert started == [1]


class Interrupted(Executor):
    """Ctrl-C comes when it is half way through taking its first job."""

    def __init__(self) -> None:
        self.taken = 0

    def submit(self, *_: object) -> Future[int]:  # type: ignore[override]
        if not self.taken:
            signal.raise_signal(signal.SIGINT)
        self.taken += 1
        future: Future[int] = Future()
        future.set_result(os.getpid())
        return future


def test_ctrl_c_waits_until_an_executor_has_taken_its_job_whose_lock_it_would_leave_locked(small: Path) -> None:
    executor = Interrupted()
    pool = Pool(lambda: executor, 1, run)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # the background ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            list(pool.run(jobs(small, 2)))
    finally:
        signal.signal(signal.SIGINT, before)
    pool.close()
    assert executor.taken == 1


def test_one_worker_needs_no_process() -> None:
    with runner(None, 1) as run_jobs:
        assert run_jobs is inline


@pytest.mark.parametrize("address", ["localhost:8786", "tcp://localhost:8786"])
def test_an_executor_that_is_none_is_told(address: str) -> None:
    with pytest.raises(ExecutorError, match="write dask://HOST:PORT"), cluster(address, run):
        pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ExecutorError, match=r"needs Dask: pip install 'shardsim\[cluster\]'"),
        cluster("dask://h:1", run),
    ):
        pass


def test_a_worker_imports_simpy_and_numpy_and_nothing_that_is_slower() -> None:
    slow = ["pandas", "matplotlib", "rich", "click", "scipy", "jinja2", "distributed"]
    code = f"import sys, simulator.study.executors; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
