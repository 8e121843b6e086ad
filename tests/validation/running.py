"""Running studies: all replications of all of them share a pool of processes, the longest first."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simulator.measures.run import simulate
from simulator.traffic.nanoseconds import NS
from tests.model.rows import Section, scenario

if TYPE_CHECKING:
    from simulator.kernel.engines import Engine
    from simulator.measures.result import Result
    from simulator.model.facts import Facts
    from simulator.model.observer import Streams
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
class Attempts:
    """Attempts that finished, one row each."""

    first: Integers  # the place of its first record
    done: Integers  # how many records it has processed
    started_s: Floats
    finished_s: Floats
    last_accepted_s: Floats  # of its last record
    cold_s: Floats

    def where(self, which: NDArray[Any]) -> Attempts:
        """Some of them, or in another order."""
        return Attempts(*(column[which] for column in vars(self).values()))


class _Keeper:
    """An observer that keeps all attempts of the only mapping."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self.rows: list[tuple[int, ...]] = []

    def observe(
        self, begin_ns: int, end_ns: int, streams: Streams, written: dict[str, Written], facts: Facts, last: bool
    ) -> None:
        for attempt in facts.attempts:
            log, places = streams[self._stream][attempt.shard].log, attempt.places
            accepted_ns = int(log.of(log.kept.accepted_ns, places[-1:])[0])
            times_ns = attempt.started_ns, attempt.finished_ns, accepted_ns, attempt.cold_ns
            self.rows.append((int(places[0]), attempt.done, *times_ns))
        if last:
            self.rows = [row for row in self.rows if row[3] <= end_ns]


def all_attempts(content: Scenario, replication: int, engine: Engine | None = None) -> tuple[Result, Attempts]:
    """A run, and all attempts of its only mapping in order of finish."""
    keeper = _Keeper(content.event_source_mappings[0].stream)
    result = simulate(content, None, replication, sinks=(keeper,), engine=engine)
    first, done, *times_ns = np.array(keeper.rows, np.int64).reshape(-1, 6).T
    attempts = Attempts(first, done, *(column / NS for column in times_ns))
    return result, attempts.where(np.argsort(attempts.finished_s, kind="stable"))
