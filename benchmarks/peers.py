"""Other ways to simulate the systems of benchmarks/queues.py: one measurement of one of them.

python -m benchmarks.peers PEER WORK SEED SCALE      prints the numbers as JSON; run in the environment of the peers

Each is written as its own users would for speed, and what it observes by itself is switched off where it allows that.
It draws its own arrivals, of the same distribution. Its import is not timed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

from benchmarks import peers_others, peers_simpy
from benchmarks.floors import drawing_s, timeout_s
from benchmarks.queues import WORKS, Outcome, Work

PEERS: dict[tuple[str, str], Callable[[Work, int], Outcome]] = {
    ("SimPy Store", "queue"): peers_simpy.store_queue,
    ("SimPy Store", "polled"): peers_simpy.store_polled,
    ("SimPy and a deque", "queue"): peers_simpy.deque_queue,
    ("SimPy and a deque", "polled"): peers_simpy.deque_polled,
    ("Ciw", "queue"): peers_others.ciw_queue,
    ("salabim", "queue"): peers_others.salabim_queue,
    ("cimba", "queue"): peers_others.cimba_queue,
    ("SimFaaS", "requests"): peers_others.simfaas_requests,
}
PACKAGES = {
    "SimPy Store": "simpy",
    "SimPy and a deque": "simpy",
    "Ciw": "ciw",
    "salabim": "salabim",
    "cimba": "cimba",
    "SimFaaS": "simfaas",
}


def measure(peer: str, work: str, seed: int, scale: float) -> dict[str, float]:
    """Seconds, records and the mean that is checked, with the floors of that minute."""
    system = WORKS[work]
    outcome = PEERS[peer, work](replace(system, seconds=system.seconds * scale), seed)
    return {
        "seconds": outcome.seconds,
        "records": outcome.records,
        "records_s": outcome.records / outcome.seconds,
        system.checked: outcome.mean,
        "drawing_s": drawing_s(),
        "timeout_s": timeout_s(system.shards),
    }


def release(peer: str) -> str:
    """The version of a peer that is installed; raises PackageNotFoundError."""
    return version(PACKAGES[peer])


if __name__ == "__main__":
    words = sys.argv[1:]
    numbers = measure(words[0], words[1], int(words[2]), float(words[3]))
    print(json.dumps({**numbers, "version": release(words[0])}))
