"""One repetition of a point: a whole run with all measures, without invocations.csv, and the floors beside it.

python -m benchmarks.sample SCENARIO      prints the numbers as JSON; a fresh process tells its own peak of memory
"""

from __future__ import annotations

import json
import resource
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.floors import drawing_s, timeout_s
from simulator import load, simulate
from simulator.measures.invocations import InvocationsWriter
from simulator.measures.result import Result
from simulator.model.observer import Observer
from simulator.scenario.spec import Scenario


def sample(path: Path) -> dict[str, float]:
    """Load and simulate a scenario; seconds, records, attempts, the peak of memory, means to check and the floors.

    `ratio` is to both floors together: every record drawn and a timeout for every attempt.
    """
    lanes = lanes_of(load(path))
    before = drawing_s(), timeout_s(lanes)
    seconds, result = timed(path)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    drawing, timeout = ((a + b) / 2 for a, b in zip(before, (drawing_s(), timeout_s(lanes)), strict=True))
    mapping = result.mappings[0]
    records, attempts = mapping.ends.processed, mapping.measures.counts["attempts"]
    busy_s = sum(each.total_s for each in result.measures.functions.values())
    return {
        "seconds": seconds,
        "records": records,
        "attempts": attempts,
        "peak_mib": peak_mib,
        "latency_s": mapping.measures.latency.mean_s,
        "concurrency": busy_s / result.end_s,
        "drawing_s": drawing,
        "timeout_s": timeout,
        **ratios(seconds, records, attempts, drawing, timeout),
    }


def lanes_of(scenario: Scenario) -> int:
    """How many lanes may wait at a time: as many processes has the SimPy floor."""
    return sum(scenario.streams[m.stream].shards * m.parallelization_factor for m in scenario.event_source_mappings)


def ratios(seconds: float, records: float, attempts: float, drawing_s: float, timeout_s: float) -> dict[str, float]:
    """Rates, and how many times as long as the floors it took; a run has at least one record and one attempt."""
    return {
        "records_s": records / seconds,
        "attempts_s": attempts / seconds,
        "to_drawing": seconds / (records * drawing_s),
        "to_timeouts": seconds / (attempts * timeout_s),
        "ratio": seconds / (records * drawing_s + attempts * timeout_s),
    }


def timed(path: Path, invocations: Path | None = None) -> tuple[float, Result]:
    """Seconds from the loaded scenario to the result, and the result."""
    scenario = load(path)
    with ExitStack() as files:
        began = time.perf_counter()
        sinks: tuple[Observer, ...] = ()
        if invocations is not None:
            file = files.enter_context(invocations.open("w", encoding="utf-8", newline=""))
            sinks = (InvocationsWriter(file, scenario),)
        result = simulate(scenario, sinks=sinks)
        files.close()
        return time.perf_counter() - began, result


if __name__ == "__main__":
    print(json.dumps(sample(Path(sys.argv[1]))))
