"""Speed of studies from the shell: one process and two, the start of a worker, what a job costs beside its simulation.

make bench
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from simulator.study.executors import inline, processes
from simulator.study.jobs import Job, run, scenario_digest
from simulator.study.settings import AS_IT_IS
from simulator.study.source import Source
from simulator.study.store import Store

SCENARIO = """
duration: {duration}s
streams: {{s: {{shards: 6}}}}
producers: [{{stream: s, rate: {rate}/s}}]
functions: {{f: {{duration: {{per_batch: 20ms, per_record: 0.1ms}}, timeout: 60s}}}}
event_source_mappings: [{{stream: s, function: f, batch_size: 500, starting_position: trim_horizon}}]
"""
STUDY = {"duration": 600, "rate": 4000}
TINY = {"duration": 1, "rate": 10}
STARTS = 3
JOBS = 200


def study_s(folder: Path, workers: int) -> float:
    """Wall time of 8 shard counts x 20 replications from the shell, with plots, with nothing kept from before."""
    path = folder / "study.yaml"
    path.write_text(SCENARIO.format(**STUDY), encoding="utf-8")
    out = folder / f"{workers}" / "out"
    words = ["compare", str(path), "--shards", "5-12", "-n", "20", "-j", str(workers), "-q", "-o", str(out)]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "simulator", *words], check=True)
    return time.perf_counter() - began


def start_s(jobs: Sequence[Job]) -> float:
    """From asking for a worker process until it has done its first job, which simulates next to nothing."""
    times = []
    for _ in range(STARTS):
        pool = processes(1)
        began = time.perf_counter()
        list(pool.run(jobs[:1]))
        times.append(time.perf_counter() - began)
        pool.close()
    return median(times)


def tiny_jobs(folder: Path) -> list[Job]:
    """Jobs that simulate next to nothing."""
    path = folder / "tiny.yaml"
    path.write_text(SCENARIO.format(**TINY), encoding="utf-8")
    scenario = Source.of(path).scenario(AS_IT_IS)
    digest = scenario_digest(scenario)
    return [Job.of(scenario, digest, 1, replication) for replication in range(JOBS)]


def overhead_s(folder: Path) -> tuple[float, float]:
    """What a job costs beside its simulation: in this process, and in a worker that has started; both are kept."""
    jobs = tiny_jobs(folder)
    bare = _timed_s(jobs)
    store = Store(folder / "runs")
    began = time.perf_counter()
    for job, outcome in inline(jobs):
        store.put(job, outcome)  # type: ignore[arg-type]
    here = (time.perf_counter() - began) / len(jobs)
    pool = processes(1)
    list(pool.run(jobs[:1]))
    began = time.perf_counter()
    for job, outcome in pool.run(jobs):
        store.put(job, outcome)  # type: ignore[arg-type]
    there = (time.perf_counter() - began) / len(jobs)
    pool.close()
    return here - bare, there - bare


def _timed_s(jobs: Sequence[Job]) -> float:
    """Seconds a simulation with its figures."""
    began = time.perf_counter()
    for job in jobs:
        run(job)
    return (time.perf_counter() - began) / len(jobs)


def main(folder: Path) -> None:
    """Print the tables."""
    one, two = study_s(folder, 1), study_s(folder, 2)
    here, there = overhead_s(folder)
    print("| study | figure |\n|---|---:|")
    print(f"| 8 shard counts x 20 replications of 10 min at 4,000 records/s, -j 1 | {one:.1f} s |")
    print(f"| the same, -j 2 | {two:.1f} s |")
    print(f"| times faster | {one / two:.2f} |")
    print(f"| start of a worker process | {start_s(tiny_jobs(folder)):.2f} s |")
    print(f"| a job beside its simulation, in the same process | {here * 1000:.1f} ms |")
    print(f"| a job beside its simulation, in a worker | {there * 1000:.1f} ms |")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
