"""Where jobs run: in this process, in processes of this machine, or on a Dask cluster, with the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from simulator.study.figures import Figures
from simulator.study.jobs import Job, run


@dataclass(frozen=True)
class Failure:
    """A job that could not be done, and why: one line."""

    job: Job
    why: str


Outcome = Figures | Failure
Run = Callable[[Iterable[Job]], Iterator[tuple[Job, Outcome]]]  # gives each job's outcome as soon as it is there


def inline(jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
    """One job after the other, in this process."""
    for job in jobs:
        try:
            yield job, run(job)
        except Exception as error:
            yield job, Failure(job, reason(error))


def reason(error: BaseException) -> str:
    """Why a job failed, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
