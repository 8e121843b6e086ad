"""Random runs for the invariants, with all that was written and read to be looked at."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from random import Random
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from simulator.measures.invocations import InvocationsWriter
from simulator.measures.observer import Measures, Sink
from simulator.measures.result import Result
from simulator.measures.run import simulate
from simulator.model import simulation as simulations
from simulator.model.read_limits import ReadLimits
from simulator.model.simulation import Simulation, Window
from simulator.scenario.faults import ScenarioError
from simulator.scenario.spec import Scenario
from tests.model.rows import Row, Section, scenario
from tests.reference.compare import typed
from tests.reference.scenarios import random_scenario

Floats = NDArray[np.float64]


@dataclass
class Written:
    """What one shard accepted, in the order of its log."""

    produced_s: list[float] = field(default_factory=list)
    accepted_s: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)


@dataclass
class Run:
    """A finished run."""

    scenario: Scenario
    result: Result
    rows: list[Row]
    text: str
    shards: dict[tuple[str, int], Written]
    produced: dict[str, int]
    produced_s: dict[str, list[float]]  # by stream, in no particular order; those dropped at write, too
    calls: list[list[tuple[float, bool]]]  # by shard's read limits: when a call asked, and whether it was admitted
    reads: list[list[tuple[float, int]]]  # by shard's read limits: when bytes were read, and how many

    def by_lane(self) -> Iterator[list[Row]]:
        """The rows of each lane in order of start."""
        lanes: dict[tuple[str, int, int], list[Row]] = {}
        for row in self.rows:
            lanes.setdefault((row["mapping"], row["shard"], row["lane"]), []).append(row)
        yield from lanes.values()


def observed(
    content: Scenario,
    replication: int = 0,
    window_records: int = simulations.WINDOW_RECORDS,
    seed: int | None = None,
    sinks: tuple[Sink, ...] = (),
) -> Run:
    """Run a scenario and keep everything."""
    file = StringIO()
    writer = InvocationsWriter(file)
    shards: dict[tuple[str, int], Written] = {}
    produced_s: dict[str, list[float]] = {name: [] for name in content.streams}
    calls: dict[int, list[tuple[float, bool]]] = {}
    reads: dict[int, list[tuple[float, int]]] = {}
    keep: list[ReadLimits] = []  # so that no two have the same id
    observe, admit, owe = Measures.observe, ReadLimits.admit, ReadLimits.owe

    def note_window(self: Measures, of: Simulation, window: Window, until_s: float) -> None:
        for name, arrivals in window.arrivals.items():
            produced_s[name] += arrivals.produced_s.tolist()
            table = arrivals.tables[1]
            sizes = np.broadcast_to(np.asarray(table.bytes), len(table))
            for shard, (low, high) in enumerate(zip(table.starts, table.starts[1:], strict=False)):
                written = shards.setdefault((name, shard), Written())
                written.produced_s += table.produced_s[low:high].tolist()
                written.accepted_s += table.accepted_s[low:high].tolist()
                written.bytes += sizes[low:high].tolist()
        observe(self, of, window, until_s)

    def note_call(self: ReadLimits, now: float) -> bool:
        keep.append(self)
        calls.setdefault(id(self), []).append((now, admit(self, now)))
        return calls[id(self)][-1][1]

    def note_read(self: ReadLimits, now: float, bytes_: int) -> None:
        keep.append(self)
        reads.setdefault(id(self), []).append((now, bytes_))
        owe(self, now, bytes_)

    with (
        mock.patch.object(Measures, "observe", note_window),
        mock.patch.object(ReadLimits, "admit", note_call),
        mock.patch.object(ReadLimits, "owe", note_read),
        mock.patch.object(simulations, "WINDOW_RECORDS", window_records),
    ):
        result = simulate(content, seed, replication, sinks=(writer, *sinks))
    writer.close()
    rows = [typed(row) for row in csv.DictReader(StringIO(file.getvalue()))]
    produced = {name: len(times) for name, times in produced_s.items()}
    return Run(
        content, result, rows, file.getvalue(), shards, produced, produced_s,
        list(calls.values()), list(reads.values()),
    )  # fmt: skip


def random_run(seed: int) -> Run:
    """The run of a random scenario with real randomness, in windows of about 50 to 5,000 records."""
    return observed(scenario(random_content(seed)), window_records=(50, 500, 5000)[seed % 3])


def random_content(seed: int) -> Section:
    """A random scenario with real randomness, as a parsed file."""
    random = Random(seed)
    for attempt in range(seed * 100, seed * 100 + 100):
        content = with_randomness(random_scenario(attempt), random)
        try:
            scenario(content)
        except ScenarioError:  # more concurrency provisioned than there is
            continue
        return content
    raise AssertionError(f"no valid scenario for seed {seed}")


def with_randomness(content: Section, random: Random) -> Section:
    """Poisson arrivals, random keys, sizes, durations, phases, jitter, missed polls and failures."""
    for producer in content["producers"]:
        _randomize_producer(producer, random)
    for function in content["functions"].values():
        _randomize_function(function, random)
    for mapping in content["event_source_mappings"]:
        for backoff in ("retry_backoff", "throttle_backoff"):
            mapping[backoff]["jitter"] = random.choice([0, 0.3, 1])
        if "polling" in mapping:
            mapping["polling"] |= {"phase": "random", "missed": random.choice([0, 0, 0.2])}
    return content


def _randomize_producer(producer: Section, random: Random) -> None:
    producer["arrivals"] = random.choice(["poisson", "poisson", "constant"])
    count = random.randint(1, 60)
    producer["partition_keys"] = random.choice(
        ["unique", {"count": count}, {"count": count, "popularity": {"zipf": random.uniform(0.5, 2)}}]
    )
    if random.random() < 0.4:
        producer["record_size"] = random.choice(
            [
                {"lognormal": {"median": "900B", "p99": "30KiB"}},
                {"uniform": {"low": "1B", "high": "300KiB"}},
                {"exponential": {"mean": "2KiB"}},
            ]
        )


def _randomize_function(function: Section, random: Random) -> None:
    if random.random() < 0.6:
        function["duration"]["per_batch"] = {"gamma": {"mean": "90ms", "cv": random.uniform(0.2, 2)}}
        function["cold_start"] = {"lognormal": {"median": "150ms", "p99": "1s"}}
    failures: list[dict[str, Any]] = function.setdefault("failures", [])
    if random.random() < 0.5:
        failures.append({"kind": "random", "probability": random.choice([0.05, 0.5]), "fails_after": random.random()})
    if random.random() < 0.3:
        failures.append({"kind": "poison", "probability": 0.02})
