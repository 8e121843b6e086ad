"""Speed and memory of whole runs, beside the floors of the same process; prints docs/performance.md's table.

make bench
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import simpy

REPETITIONS = 3
RUN = """
import resource, sys, time
from simulator import load, simulate
scenario = load(sys.argv[1])
began = time.perf_counter()
mapping = simulate(scenario).mappings[0]
spent = time.perf_counter() - began
peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(spent, mapping.ends.processed, mapping.measures.counts["attempts"], peak_kib / 1024)
"""
SCENARIO = """
duration: {duration}s
streams: {{s: {{shards: {shards}}}}}
producers: [{{stream: s, rate: {rate}/s, partition_keys: {keys}}}]
functions: {{f: {{duration: {{per_batch: 20ms, per_record: 0.1ms}}, timeout: 60s}}}}
account: {{concurrency: 100000}}
event_source_mappings: [{{stream: s, function: f, batch_size: {batch}, starting_position: trim_horizon}}]
"""
ZIPF = "{count: 100000, popularity: {zipf: 0.5}}"
POINTS = (
    (
        "100 shards x 800/s, unique keys",
        {"duration": 200, "shards": 100, "rate": 80000, "keys": "unique", "batch": 1000},
    ),
    ("the same, 10 times as long", {"duration": 2000, "shards": 100, "rate": 80000, "keys": "unique", "batch": 1000}),
    ("100 shards x 800/s, Zipf keys", {"duration": 200, "shards": 100, "rate": 80000, "keys": ZIPF, "batch": 1000}),
    ("1,000 shards x 10/s", {"duration": 200, "shards": 1000, "rate": 10000, "keys": "unique", "batch": 1000}),
)
COMMANDS = (
    ("shardsim --help", ["--help"]),
    ("shardsim validate quickstart", ["validate", "scenarios/quickstart.yaml"]),
    ("shardsim run quickstart, all plots", ["run", "scenarios/quickstart.yaml", "--force", "-q", "-o", "{folder}/out"]),
)


def timeout_floor_s() -> float:
    """Seconds a timeout of a bare SimPy loop of 1,000 processes."""
    env = simpy.Environment()

    def process() -> Iterator[simpy.Event]:
        for _ in range(300):
            yield env.timeout(1.0)

    for _ in range(1000):
        env.process(process())  # type: ignore[arg-type]
    began = time.perf_counter()
    env.run()
    return (time.perf_counter() - began) / 300_000


def arrival_floor_s() -> float:
    """Seconds a record for drawing exponential gaps and adding them up."""
    rng, n = np.random.default_rng(1), 1 << 19
    began = time.perf_counter()
    for _ in range(20):
        np.cumsum(rng.standard_exponential(n))
    return (time.perf_counter() - began) / 20 / n


def run_point(folder: Path, **fields: object) -> tuple[float, float, float, float]:
    """Medians of seconds, records, attempts and peak MiB of fresh processes."""
    path = folder / "bench.yaml"
    path.write_text(SCENARIO.format(**fields))
    command = [sys.executable, "-c", RUN, str(path)]
    figures = [
        [float(x) for x in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]
        for _ in range(REPETITIONS)
    ]
    seconds, records, attempts, peak = (median(column) for column in zip(*figures, strict=True))
    return seconds, records, attempts, peak


def main(folder: Path) -> None:
    """Print the tables."""
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, {REPETITIONS} runs each\n"
    )
    print("| run | million records/s | attempts/s | peak MiB | x arrivals floor | x SimPy floor |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, fields in POINTS:
        arrivals, timeouts = arrival_floor_s(), timeout_floor_s()
        seconds, records, attempts, peak = run_point(folder, **fields)
        print(
            f"| {name} | {records / seconds / 1e6:.1f} | {attempts / seconds:,.0f} | {peak:.0f} "
            f"| {seconds / records / arrivals:.1f} | {seconds / attempts / timeouts:.1f} |"
        )
    print(f"\nfloors: {arrivals * 1e9:.1f} ns a record drawn, {timeouts * 1e6:.2f} us a SimPy timeout\n")
    print("| command | seconds |\n|---|---:|")
    for name, words in COMMANDS:
        command = [sys.executable, "-m", "simulator", *(word.format(folder=folder) for word in words)]
        times = []
        for _ in range(REPETITIONS):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        print(f"| {name} | {median(times):.2f} |")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
