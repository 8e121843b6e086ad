"""Running studies: all replications of all of them share a pool of processes, the longest first."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING
from zlib import crc32

from simulator.measures.attempts import Attempts
from simulator.measures.run import simulate
from tests.model.rows import scenario

if TYPE_CHECKING:
    from simulator.measures.result import Result
    from simulator.model.simulation import Simulation
    from simulator.scenario.spec import Scenario
    from tests.validation.studies import Figures, Study

Runs = list[tuple["Study", list["Figures"]]]


def run(study: Study, replication: int) -> Figures:
    """The figures of one replication. Every study has a seed of its own, so that they fail independently."""
    return study.measure(scenario({**study.content, "seed": crc32(study.setup.encode())}), replication)


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


def all_attempts(content: Scenario, replication: int) -> tuple[Result, Attempts]:
    """A run, and all attempts of its only mapping in order of finish."""
    rows = bytearray()

    def keep(_: Simulation, finished: list[Attempts]) -> None:
        rows.extend(finished[0].rows())

    result = simulate(content, None, replication, sinks=(keep,))
    return result, Attempts.of(rows)
