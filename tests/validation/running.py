"""Running studies: all replications of all of them share a pool of processes, the longest first."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simulator.measures.attempts import attempts_of
from simulator.measures.run import simulate
from simulator.model.facts import Attempt, Facts, Loss
from simulator.model.observer import Streams
from simulator.traffic.log import Floats
from simulator.traffic.nanoseconds import NS
from simulator.traffic.written import Written
from tests.model.rows import scenario

if TYPE_CHECKING:
    from simulator.kernel.engines import Engine
    from simulator.measures.result import Result
    from simulator.scenario.spec import Scenario
    from simulator.traffic.written import Written
    from tests.validation.studies import Figures, Study

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Runs = list[tuple["Study", list["Figures"]]]


def run(study: Study, replication: int) -> Figures:
    """The figures of one replication. Every study has a seed of its own, so that they fail independently."""
    content = without_jitter(study.content)
    return study.measure(scenario({**content, "seed": crc32(study.setup.encode())}), replication)


def without_jitter(content: Section) -> Section:
    """The same with polls and backoffs at even distances, which theory knows, where the content says nothing else."""
    even = {"polling": {"jitter": 0}, "retry_backoff": {"jitter": 0}, "throttle_backoff": {"jitter": 0}}

    def evenly(mapping: Section) -> Section:
        return {**mapping, **{name: {**jitter, **mapping.get(name, {})} for name, jitter in even.items()}}

    return {**content, "event_source_mappings": [evenly(mapping) for mapping in content["event_source_mappings"]]}


def run_all(studies: Sequence[Study], pool: Executor) -> Runs:
    """Every replication of every study, in order."""
    futures = [[pool.submit(run, study, r) for r in range(study.replications)] for study in studies]
    return [(study, [future.result() for future in of]) for study, of in zip(studies, futures, strict=True)]


def latency(content: Scenario, replication: int) -> Figures:
    """The mean and the percentiles of the only mapping's latency, and its counts."""
    mapping = simulate(content, None, replication).mappings[0]
    measured = mapping.measures.latency
    percentiles = {f"p{p}": measured.percentile_s(p) for p in (10, 50, 90, 99)}
    return {"mean": measured.mean_s, **percentiles}


@dataclass(frozen=True)
class Ran:
    """Attempts that have finished, one row each."""

    started_s: Floats
    finished_s: Floats
    cold_s: Floats  # their cold starts; 0 without one
    last_accepted_s: Floats  # of the batch's last record
    first: NDArray[np.int64]  # the first record's place in its shard's log
    done: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.started_s)

    def where(self, rows: NDArray[np.generic]) -> Ran:
        """Some of them: by mask or by numbers."""
        return Ran(*(getattr(self, column.name)[rows] for column in fields(self)))


class Keeper:
    """An observer that keeps the attempts and the losses of a run with one mapping."""

    def __init__(self, stream: str) -> None:
        self.attempts: list[Attempt] = []
        self.losses: list[Loss] = []
        self._stream, self._last_accepted_ns = stream, [np.empty(0, np.int64)]

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        """Take a window."""
        self.attempts += facts.attempts
        self.losses += facts.losses
        self._last_accepted_ns.append(attempts_of(facts.attempts, streams[self._stream]).last_accepted_ns)

    def ran(self, end_ns: int) -> Ran:
        """The attempts in order of finish."""
        finished_ns = np.array([each.finished_ns for each in self.attempts], np.int64)
        found = Ran(
            np.array([each.started_ns for each in self.attempts]) / NS,
            finished_ns / NS,
            np.array([each.cold_ns for each in self.attempts]) / NS,
            np.concatenate(self._last_accepted_ns) / NS,
            np.array([each.places[0] for each in self.attempts], np.int64),
            np.array([each.done for each in self.attempts], np.int64),
        )
        over = np.flatnonzero(finished_ns <= end_ns)
        return found.where(over[np.argsort(finished_ns[over], kind="stable")])


def all_attempts(content: Scenario, replication: int) -> tuple[Result, Ran]:
    """A run, and all attempts of its only mapping in order of finish."""
    kept = Keeper(content.event_source_mappings[0].stream)
    result = simulate(content, None, replication, sinks=(kept,))
    return result, kept.ran(result.end_ns)
