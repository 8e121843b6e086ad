"""What no simulator of this design can go below: drawing the arrivals with NumPy, and a bare loop of SimPy timeouts.

It needs numpy and simpy alone, so that peers measure the same floors in their own environment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import simpy

DRAWN = 1 << 19
TIMEOUTS = 100_000


def drawing_s(rounds: int = 4) -> float:
    """Seconds a record for drawing exponential gaps and adding them up."""
    rng = np.random.default_rng(1)
    began = time.perf_counter()
    for _ in range(rounds):
        np.cumsum(rng.standard_exponential(DRAWN))
    return (time.perf_counter() - began) / rounds / DRAWN


def timeout_s(processes: int, timeouts: int = TIMEOUTS) -> float:
    """Seconds a timeout of a bare SimPy loop in which so many processes wait at a time."""
    env = simpy.Environment()
    processes = max(1, min(processes, timeouts // 10))
    each = max(1, timeouts // processes)

    def process(first_s: float) -> Iterator[Any]:
        yield env.timeout(first_s)
        for _ in range(each):
            yield env.timeout(1.0)

    for i in range(processes):
        env.process(process(i / processes))  # type: ignore[arg-type]
    env.run(until=1.0)
    began = time.perf_counter()
    env.run()
    return (time.perf_counter() - began) / (processes * each)
