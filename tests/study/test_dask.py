"""A Dask cluster: a real scheduler and two worker processes, one of which is killed in the middle of a study."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from simulator.study.evaluate import Evaluator
from simulator.study.executors import ExecutorError, NoWorkersError, Outcome, Patience, Run, cluster, runner
from simulator.study.jobs import Job, run
from simulator.study.settings import combinations, varied
from simulator.study.source import Source
from simulator.study.store import Store

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")  # Dask's own
PATIENCE_S = 60
WORKER = (
    "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard",
    "--death-timeout", str(PATIENCE_S),
)  # fmt: skip
SETTINGS = combinations([varied("streams.clicks.shards=1,2,3")])
ROOT = Path(__file__).parents[2]


def started(*words: str) -> subprocess.Popen[bytes]:
    """A program of Dask's, started from the project's folder so that a worker finds the project."""
    return subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stderr=subprocess.DEVNULL)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    file = tmp_path / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    process = started("distributed.cli.dask_scheduler", *words)
    try:
        with distributed.Client(scheduler_file=str(file), timeout=PATIENCE_S) as client:
            yield client.scheduler.address.removeprefix("tcp://")
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def workers(scheduler: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers of the scheduler, which are there."""
    processes = [started(*WORKER, f"tcp://{scheduler}") for _ in range(2)]
    try:
        with distributed.Client(f"tcp://{scheduler}", timeout=PATIENCE_S) as client:
            client.wait_for_workers(2, timeout=PATIENCE_S)
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def study(path: Path, folder: Path, run: Run) -> dict[str, bytes]:
    """Evaluate four replications of three settings; the files of finished runs."""
    evaluator = Evaluator(Source.of(path), run, store=Store(folder))
    evaluator(SETTINGS, 4)
    assert evaluator.failures == {}
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_i5_a_cluster_one_of_whose_workers_is_killed_gives_the_same_bytes_as_one_process(
    small: Path, tmp_path: Path, scheduler: str, workers: list[subprocess.Popen[bytes]]
) -> None:
    with runner(f"dask://{scheduler}", 1) as run:

        def killing(jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
            for number, (job, outcome) in enumerate(run(jobs)):
                if number == 2:
                    workers[0].kill()
                yield job, outcome

        on_dask = study(small, tmp_path / "dask", killing)
    assert workers[0].wait(PATIENCE_S) < 0
    with runner(None, 1) as run:
        assert study(small, tmp_path / "one", run) == on_dask
    assert len(on_dask) == 3 * 4


def test_a_cluster_that_has_lost_all_workers_is_told_and_given_up_and_what_was_finished_is_kept(
    small: Path, tmp_path: Path, scheduler: str, workers: list[subprocess.Popen[bytes]]
) -> None:
    said: list[str] = []
    patience = Patience(most_s=0.6, say_s=0.2, look_s=0.05, say=said.append)
    with runner(f"dask://{scheduler}", 1, patience) as run:

        def killing(jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
            for number, (job, outcome) in enumerate(run(jobs)):
                if number == 1:
                    for worker in workers:
                        worker.kill()
                yield job, outcome

        with pytest.raises(NoWorkersError, match=f"--executor dask://{scheduler}: no worker for 1 s; start one"):
            Evaluator(Source.of(small), killing, store=Store(tmp_path / "kept"))(SETTINGS, 100)
    assert said[0] == f"--executor dask://{scheduler}: no worker for 0 s; waiting for one until 1 s are over (--wait)"
    assert len(list((tmp_path / "kept").iterdir())) >= 2


def test_a_worker_that_comes_late_goes_on_with_the_study(
    small: Path, tmp_path: Path, scheduler: str, workers: list[subprocess.Popen[bytes]]
) -> None:
    late: list[subprocess.Popen[bytes]] = []

    def start(_: str) -> None:
        if not late:
            late.append(started(*WORKER, f"tcp://{scheduler}"))

    try:
        with runner(f"dask://{scheduler}", 1, Patience(PATIENCE_S, 0.1, 0.05, say=start)) as run:
            for worker in workers:
                worker.kill()
            on_dask = study(small, tmp_path / "dask", run)
        assert late
        assert len(on_dask) == 3 * 4
    finally:
        for worker in late:
            worker.kill()
            worker.wait()


def test_a_cluster_without_workers_is_told(scheduler: str) -> None:
    with (
        pytest.raises(ExecutorError, match="has no workers; start one with `dask worker"),
        cluster(f"dask://{scheduler}", run),
    ):
        pass


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.study.executors.CONNECT_S", 0.2)
    with pytest.raises(ExecutorError, match="no Dask scheduler answers there"), cluster("dask://127.0.0.1:1", run):
        pass
