"""Speed of studies: one process and two, the start of a worker, what a job costs beside its simulation.

python -m benchmarks.studies FOLDER SCALE      prints the numbers as JSON; FOLDER must be new
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

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
SETTINGS, REPLICATIONS = "5-12", 8
DURATION_S, RATE = 600, 4000
JOBS = 100


def study_s(folder: Path, workers: int, scale: float) -> float:
    """Wall time of all settings and replications from the shell, with plots; what was asked before is kept."""
    path = folder / "study.yaml"
    path.write_text(SCENARIO.format(duration=DURATION_S * scale, rate=RATE), encoding="utf-8")
    replications = str(REPLICATIONS if scale == 1 else 2)
    out = folder / f"{workers}" / "out"
    words = [
        "compare",
        str(path),
        "--shards",
        SETTINGS,
        "-n",
        replications,
        "-j",
        str(workers),
        "-q",
        "--force",
        "-o",
        str(out),
    ]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "simulator", *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def job_numbers(folder: Path) -> dict[str, float]:
    """From asking for a worker until its first job is done; what a job costs beside its simulation, here and there."""
    jobs = _tiny_jobs(folder)
    store = Store(folder / "runs")
    run(jobs[0])  # imports what it needs
    simulation_s = _seconds_each(run(job) for job in jobs)
    here_s = _seconds_each(store.put(job, outcome) for job, outcome in inline(jobs))  # type: ignore[arg-type,func-returns-value]
    pool = processes(1, run)
    start_s = _seconds_each(pool.run(jobs[:1]))
    there_s = _seconds_each(store.put(job, outcome) for job, outcome in pool.run(jobs))  # type: ignore[arg-type,func-returns-value]
    pool.close()
    return {"start_s": start_s, "here_s": here_s - simulation_s, "there_s": there_s - simulation_s}


def _tiny_jobs(folder: Path) -> Sequence[Job]:
    """Jobs that simulate next to nothing."""
    path = folder / "tiny.yaml"
    path.write_text(SCENARIO.format(duration=1, rate=10), encoding="utf-8")
    scenario = Source.of(path).scenario(AS_IT_IS)
    digest = scenario_digest(scenario)
    return [Job.of(scenario, digest, 1, replication) for replication in range(JOBS)]


def _seconds_each(work: Iterable[object]) -> float:
    began = time.perf_counter()
    done = sum(1 for _ in work)
    return (time.perf_counter() - began) / done


def measure(folder: Path, scale: float) -> dict[str, float]:
    """All numbers of a repetition."""
    folder.mkdir(parents=True)
    one_s, two_s = study_s(folder, 1, scale), study_s(folder, 2, scale)
    again_s = study_s(folder, 1, scale)
    return {"one_s": one_s, "two_s": two_s, "faster": one_s / two_s, "again_s": again_s, **job_numbers(folder)}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), float(sys.argv[2]))))
