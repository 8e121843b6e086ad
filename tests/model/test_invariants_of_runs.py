"""What holds between runs, and between a run's parts: the invariants I5 to I8, on random scenarios with randomness."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator.measures.attempts import Attempts
from simulator.model.simulation import Simulation
from simulator.study.executors import runner
from simulator.study.jobs import Job, scenario_digest
from tests.model.observed import Run, observed, random_content
from tests.model.rows import Section, invocations, scenario

SEEDS = range(100, 112)


@cache
def content(seed: int) -> str:
    return json.dumps(random_content(seed))


def changed(seed: int, change: Any) -> Run:
    other: Section = json.loads(content(seed))
    change(other)
    return observed(scenario(other))


# I5: one seed, the same bytes


@pytest.mark.parametrize("seed", SEEDS)
def test_i5_a_scenario_gives_the_same_rows_and_summary_again_in_windows_of_any_size(seed: int) -> None:
    loaded = scenario(json.loads(content(seed)))
    once, again = observed(loaded, window_records=40), observed(loaded)
    assert once.text == again.text
    assert plain(once.result.summary()) == plain(again.result.summary())


def plain(summary: Any) -> Any:
    """Numbers to 12 digits: sums over windows are taken in another order."""
    if isinstance(summary, dict):
        return {key: plain(value) for key, value in summary.items()}
    if isinstance(summary, list):
        return [plain(value) for value in summary]
    return float(f"{summary:.12g}") if isinstance(summary, float) else summary


def test_i5_and_i8_two_processes_give_the_same_bytes_as_one_whatever_the_order() -> None:
    jobs = []
    for seed in list(SEEDS)[:5]:
        loaded = scenario(json.loads(content(seed)))
        jobs += [Job.of(loaded, scenario_digest(loaded), seed, replication) for replication in range(2)]

    def figures(workers: int, jobs: list[Job]) -> dict[str, str]:
        with runner(None, workers) as run:
            return {job.key: repr(found) for job, found in run(jobs)}

    one = figures(1, jobs)
    assert len(set(one.values())) == len(jobs)
    assert not any("Failure" in found for found in one.values())
    assert figures(2, jobs[::-1]) == one


# I6: the traffic is the traffic

CHANGES = {
    "shards": lambda c: [s.update(shards=s["shards"] + 3) for s in c["streams"].values()],
    "batch size": lambda c: [m.update(batch_size=7) for m in c["event_source_mappings"]],
    "lanes": lambda c: [m.update(parallelization_factor=5) for m in c["event_source_mappings"]],
    "a function": lambda c: [f.update(duration={"per_batch": "77ms"}, failures=[]) for f in c["functions"].values()],
    "mappings": lambda c: c["event_source_mappings"].reverse(),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_i6_what_is_produced_does_not_depend_on_who_reads_it_or_where_it_goes(what: str, seed: int) -> None:
    before, after = observed(scenario(json.loads(content(seed)))), changed(seed, CHANGES[what])
    for stream, times in before.produced_s.items():
        assert sorted(after.produced_s[stream]) == sorted(times)
        if not drops(before, stream):
            assert records(after, stream) == records(before, stream)


def drops(of: Run, stream: str) -> bool:
    """Whether records of a stream can be lost before their size is known, or are not accepted when the run ends."""
    written = sum(len(w.accepted_s) for (name, _), w in of.shards.items() if name == stream)
    return written < of.produced[stream] or any(p.on_throttle == "drop" for p in of.scenario.producers)


def records(of: Run, stream: str) -> list[tuple[float, int]]:
    """When each record was produced, and its size."""
    written = [w for (name, _), w in of.shards.items() if name == stream]
    return sorted((p, b) for w in written for p, b in zip(w.produced_s, w.bytes, strict=True))


# I7: Little's law


def without_losses(content: Section) -> Section:
    """The scenario so that every record is processed in the end: the law holds of those that leave, too."""
    content["drain"] = "30h"
    for producer in content["producers"]:
        producer["on_throttle"] = "retry"
    for function in content["functions"].values():
        function |= {"timeout": "900s", "failures": [f for f in function.get("failures", ()) if f["kind"] != "poison"]}
        if function.get("reserved_concurrency") == 0:
            del function["reserved_concurrency"]
    for mapping in content["event_source_mappings"]:
        mapping["starting_position"] = "trim_horizon"
        for limit in ("maximum_retry_attempts", "maximum_record_age"):
            mapping.pop(limit, None)
    for stream in content["streams"].values():
        stream["retention"] = "8760h"
    return content


@pytest.mark.parametrize("seed", range(200, 230))
def test_i7_the_mean_backlog_is_the_rate_times_the_time_in_the_system(seed: int) -> None:
    """The backlog is counted up at each production and down at each finish; latencies have no part in it."""
    loaded = scenario(without_losses(random_content(seed)))
    finished: list[list[tuple[float, int]]] = [[] for _ in loaded.event_source_mappings]

    def note(_: Simulation, windows: list[Attempts]) -> None:
        for of_mapping, attempts in zip(finished, windows, strict=True):
            of_mapping += zip(attempts.finished_s.tolist(), (attempts.done - attempts.low).tolist(), strict=True)

    run = observed(loaded, sinks=(note,))
    for mapping, downs in zip(run.result.mappings, finished, strict=True):
        assert mapping.ends.processed == mapping.ends.produced > 0
        mean_backlog, span_s = backlog(run.produced_s[mapping.stream], downs)
        rate = mapping.ends.produced / span_s
        assert mean_backlog == pytest.approx(rate * mapping.measures.latency.mean_s, rel=1e-9)


def backlog(produced_s: list[float], finished: list[tuple[float, int]]) -> tuple[float, float]:
    """The mean number of records in the system, from the first production to the last finish, and that time."""
    steps = sorted([(time, 1) for time in produced_s] + [(time, -n) for time, n in finished])
    times, step = np.array(steps).T
    span_s = float(times[-1] - times[0])
    return float(np.cumsum(step)[:-1] @ np.diff(times)) / span_s, span_s


# I8: replications


@pytest.mark.parametrize("seed", SEEDS)
def test_i8_replications_differ_and_do_not_depend_on_each_other(seed: int) -> None:
    loaded = scenario(json.loads(content(seed)))
    texts = [invocations(loaded, None, replication)[1] for replication in range(3)]
    assert len({*texts}) == 3 or not any(len(text.splitlines()) > 1 for text in texts)
    assert invocations(loaded, None, 2)[1] == texts[2]
