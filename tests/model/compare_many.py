"""Compare the simulator with the reference on many random scenarios: python -m tests.model.compare_many 400 [FIRST]."""

from __future__ import annotations

import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

from simulator.measures.result import Result
from simulator.model import simulation
from simulator.scenario.faults import ScenarioError
from tests.model.rows import run_rows, totals
from tests.reference import Result as Expected
from tests.reference import run_without_ties
from tests.reference.compare import TIME_TOLERANCE, differences
from tests.reference.scenarios import random_scenario


def compare(scenario: dict[str, Any], window_records: int = simulation.WINDOW_RECORDS) -> list[str] | None:
    """What differs; None where the reference has no answer: the outcome depends on an order that is left open."""
    expected = run_without_ties(scenario, Path())
    if expected is None:
        return None
    with mock.patch.object(simulation, "WINDOW_RECORDS", window_records):
        result, rows = run_rows(scenario)
    found = differences(rows, expected.invocations, totals(result), expected.totals)
    throttles = {name: stream.throttled_total for name, stream in result.measures.streams.items()}
    if throttles != expected.write_throttles:
        found.append(f"throttled at write: {throttles} in a, {expected.write_throttles} in b")
    if abs(result.end_s - expected.ended_at) > TIME_TOLERANCE:
        found.append(f"ended at {result.end_s} in a, {expected.ended_at} in b")
    return found + read_differences(result, expected)


def read_differences(result: Result, expected: Expected) -> list[str]:
    """What differs in the counts of reading; of the retries' reads the reference does not count those with a token."""
    found = []
    for mapping in result.mappings:
        reads, wanted = mapping.reads, expected.reads[mapping.name]
        if reads:
            same = reads["refused"] == wanted["refused_calls"] and reads["skipped"] == wanted["skipped_polls"]
            by_retries = reads["calls"] - wanted["get_records_calls"]
            if not same or not 0 <= by_retries <= wanted["retry_reads"]:
                found.append(f"{mapping.name}: {reads} in a, {wanted} in b")
    return found


def compare_seed(seed: int) -> list[str] | None:
    """The same for the random scenario of a seed, in windows of 1 to 1,000 records or in one.

    An exception is a difference. None also where the loader finds fault with the scenario.
    """
    try:
        return compare(random_scenario(seed), (1, 10, 100, 1000, simulation.WINDOW_RECORDS)[seed % 5])
    except ScenarioError:
        return None
    except Exception:
        return traceback.format_exc().splitlines()[-6:]


def main(seeds: range) -> int:
    """Print what differs, by seed; the number of seeds with differences."""
    ties = wrong = 0
    with ProcessPoolExecutor(2) as pool:
        for seed, found in zip(seeds, pool.map(compare_seed, seeds), strict=True):
            ties += found is None
            if found:
                wrong += 1
                print(f"seed {seed}:", *found, sep="\n  ", flush=True)
    print(f"{len(seeds)} scenarios: {wrong} with differences, {ties} left out: ties, or invalid")
    return wrong


if __name__ == "__main__":
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    sys.exit(main(range(first, first + int(sys.argv[1]))) > 0)
