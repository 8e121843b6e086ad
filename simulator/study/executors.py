"""Where jobs run: in this process, in processes of this machine, or on a Dask cluster, with the same results.

All of it is the interface of concurrent.futures: an Executor takes a job and gives a Future.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from concurrent.futures.process import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing import current_process, get_context, parent_process, resource_tracker
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

from simulator.files.interrupts import undisturbed
from simulator.study.figures import Figures
from simulator.study.jobs import Job, run
from simulator.study.patience import ExecutorError, NoWorkersError, Patience, Watch

__all__ = ["ExecutorError", "Failure", "NoWorkersError", "Outcome", "Patience", "Pool", "Run", "runner", "runner_of"]

MOST_DEATHS: Final = 2  # a job that has ended its worker so often is not tried again
THREADS: Final = "OPENBLAS_NUM_THREADS"
DASK: Final = "dask://"
CONNECT_S: Final = 10
AHEAD: Final = 4  # jobs that the cluster has for each of its threads
NOT_STARTED: Final = (
    "a worker process ended while it was starting: each worker imports the script that started it, so in a script call "
    "from under `if __name__ == '__main__':`, or use one process (jobs=1, -j 1)"
)


@dataclass(frozen=True)
class Failure:
    """A job that could not be done, and why: one line."""

    job: Job
    why: str


R = TypeVar("R")  # what comes of a job
Outcome = Figures | Failure
Work = Callable[[Job], R]  # a worker gets it, too: a function of a module, or a partial one
RunOf = Callable[[Iterable[Job]], Iterator[tuple[Job, R | Failure]]]  # each job's outcome as soon as it is there
Run = RunOf[Figures]


def in_this_process(work: Work[R]) -> RunOf[R]:
    """One job after the other, in this process."""

    def run_all(jobs: Iterable[Job]) -> Iterator[tuple[Job, R | Failure]]:
        for job in jobs:
            try:
                yield job, work(job)
            except Exception as error:
                yield job, Failure(job, _reason(error))

    return run_all


inline: Run = in_this_process(run)


@contextmanager
def runner(executor: str | None, workers: int, patience: Patience | None = None) -> Iterator[Run]:
    """What simulates jobs for their figures (see runner_of)."""
    with runner_of(run, executor, workers, patience) as run_jobs:
        yield inline if executor is None and workers == 1 else run_jobs


@contextmanager
def runner_of(
    work: Work[R], executor: str | None, workers: int, patience: Patience | None = None
) -> Iterator[RunOf[R]]:
    """What does some work with jobs: the Dask cluster at `dask://HOST:PORT`, so many processes, or for one worker this
    process itself.

    `patience`: with a cluster that loses its workers. When the block is left, jobs that run end without a result.
    Raises ExecutorError.
    """
    if getattr(current_process(), "_inheriting", False):
        raise SystemExit(1)  # a worker, while it imports the script of its parent, which will say why it has ended
    if executor is None and workers == 1:
        yield in_this_process(work)
        return
    with cluster(executor, work, patience or Patience()) if executor else nullcontext(processes(workers, work)) as pool:
        try:
            yield pool.run
        finally:
            pool.close()


class Worker:
    """An executor, and the process in which its jobs run; 0 until that has started."""

    def __init__(self, executor: Executor) -> None:
        self.executor, self.pid = executor, 0


class Pool(Generic[R]):
    """Runs jobs on executors: each of `workers` has one of its own, and is given so many jobs at a time.

    A process is alone in its executor, so that its death is felt by its own job alone, and is that job's doing: the
    job gets another process, and after a second death it has failed. `watch` looks after a cluster.

    Whoever asks the program to end is heard while it waits and while an outcome is looked at, never between: executors
    and futures have locks, and one that an interrupt leaves locked would keep the program from ending.
    """

    def __init__(
        self,
        start: Callable[[], Executor],
        workers: int,
        work: Work[R],
        at_a_time: int = 1,
        watch: Watch | None = None,
    ) -> None:
        self._start, self._work, self._at_a_time, self._watch = start, work, at_a_time, watch
        self._unstarted = workers
        self._idle: deque[Worker] = deque()
        self._busy: dict[Future[Any], tuple[Worker, Job | None]] = {}  # None: it is starting
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, R | Failure]]:
        """Run jobs in their order, and give each outcome as it comes. Raises ExecutorError."""
        queue, deaths = deque(jobs), Counter[Job]()
        with undisturbed():
            self._occupy(queue)
        while queue or any(job for _, job in self._busy.values()):
            ended = self._ended()
            with undisturbed():
                outcomes = [outcome for future in ended if (outcome := self._outcome(future, queue, deaths))]
                self._occupy(queue)  # first, so that nobody waits while outcomes are looked at
            yield from outcomes

    def _ended(self) -> list[Future[Any]]:
        """A future that is done, once there is one, and all others that are; none when it is time to look."""
        try:
            ended = [self._done.get(timeout=self._watch.look_s if self._watch else None)]
        except Empty:
            ended = []
        ended += [self._done.get() for _ in range(self._done.qsize())]
        if self._watch:
            (self._watch.seen if ended else self._watch.look)()
        return ended

    def _occupy(self, queue: deque[Job]) -> None:
        """Give jobs to the idle; start workers for what is left."""
        while queue and self._idle:
            self._submit(self._idle.popleft(), queue)
        starting = sum(job is None for _, job in self._busy.values())
        for _ in range(min(self._unstarted, len(queue) - starting)):
            self._unstarted -= 1
            with _for_a_start():
                worker = Worker(self._start())
                self._await(worker.executor.submit(os.getpid), worker, None)

    def _submit(self, worker: Worker, queue: deque[Job]) -> None:
        try:
            future = worker.executor.submit(self._work, queue[0])
        except BrokenExecutor:  # it died while it had nothing to do
            self._unstarted += 1
        else:
            self._await(future, worker, queue.popleft())

    def _await(self, future: Future[Any], worker: Worker, job: Job | None) -> None:
        self._busy[future] = worker, job
        future.add_done_callback(self._done.put)

    def _outcome(self, future: Future[Any], queue: deque[Job], deaths: Counter[Job]) -> tuple[Job, R | Failure] | None:
        """What a future that is done has brought; None when it was a start, or a job that is tried again."""
        worker, job = self._busy.pop(future)
        try:
            outcome = future.result()
        except BrokenExecutor:
            return self._death(job, queue, deaths)
        except CancelledError:
            raise NoWorkersError("the cluster has cancelled a job; is its scheduler still there?") from None
        except Exception as error:
            if job is None:
                raise ExecutorError(f"no worker could be started: {_reason(error)}") from None
            outcome = Failure(job, _reason(error))
        if job is None:
            worker.pid = outcome
            self._idle.extend([worker] * self._at_a_time)
            return None
        self._idle.append(worker)
        return job, outcome

    def _death(self, job: Job | None, queue: deque[Job], deaths: Counter[Job]) -> tuple[Job, Failure] | None:
        if job is None:
            raise ExecutorError(NOT_STARTED) from None
        self._unstarted += 1
        deaths[job] += 1
        if deaths[job] == MOST_DEATHS:
            return job, Failure(job, f"its worker died, {MOST_DEATHS} times; is there enough memory?")
        queue.appendleft(job)
        return None

    def close(self) -> None:
        """End all workers; what they are doing has no result."""
        with undisturbed():
            self._end()

    def _end(self) -> None:
        for worker in set(self._idle):
            worker.executor.shutdown(wait=False)
        for future, (worker, job) in self._busy.items():
            future.cancel()
            worker.executor.shutdown(wait=False)
            if job and isinstance(worker.executor, ProcessPoolExecutor):
                with suppress(OSError):  # it has ended by itself
                    os.kill(worker.pid, signal.SIGTERM)
        self._idle.clear()
        self._busy.clear()


def processes(workers: int, work: Work[R]) -> Pool[R]:
    """Processes of this machine. They are spawned: a fork of a program with threads may hang."""
    context = get_context("spawn")
    return Pool(lambda: ProcessPoolExecutor(1, context, _begin), workers, work)


def _begin() -> None:
    """What a process does first: leave Ctrl-C to its parent, and end when that has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _for_a_start() -> Iterator[None]:
    """What a process inherits that is started in the block: no Ctrl-C, no SIGHUP, and no threads for NumPy.

    Ctrl-C would end it with a traceback before it can say that it leaves that to its parent, and a terminal that is
    closed would end the process that keeps account of semaphores; threads take longer to start than all that a run
    would gain by them.
    """
    before = os.environ.get(THREADS)
    os.environ.setdefault(THREADS, "1")
    blocked = None
    if hasattr(signal, "pthread_sigmask"):
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        resource_tracker.ensure_running()  # it keeps account of semaphores; as it starts, it lets Ctrl-C through again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if before is None:
            del os.environ[THREADS]


@contextmanager
def cluster(address: str, work: Work[R], patience: Patience | None = None) -> Iterator[Pool[R]]:
    """The workers of a Dask cluster at `dask://HOST:PORT`. Raises ExecutorError."""
    if not address.startswith(DASK):
        raise ExecutorError(f"--executor {address}: write {DASK}HOST:PORT, the address of a Dask scheduler")
    try:
        from distributed import Client
    except ImportError:
        raise ExecutorError(f"--executor {address} needs Dask: pip install 'shardsim[cluster]'") from None
    with _without_a_log(), ExitStack() as closing:
        try:
            client = closing.enter_context(Client(f"tcp://{address.removeprefix(DASK)}", timeout=CONNECT_S))
        except (OSError, ValueError) as error:
            raise ExecutorError(f"--executor {address}: no Dask scheduler answers there: {_reason(error)}") from None
        threads = sum(client.nthreads().values())
        if not threads:
            raise ExecutorError(f"--executor {address}: the cluster has no workers; start one with `dask worker`")

        def workers() -> int:
            """None, too, when the scheduler does not answer."""
            with suppress(OSError, TimeoutError):
                return len(client.sync(client.scheduler.ncores, callback_timeout=CONNECT_S))
            return 0

        watch = Watch(workers, f"--executor {address}", patience or Patience())
        yield Pool(lambda: client.get_executor(pure=False), 1, work, AHEAD * threads, watch)


@contextmanager
def _without_a_log() -> Iterator[None]:
    """Dask logs a traceback for what is told in a line."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _reason(error: BaseException) -> str:
    """Why a job failed, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
