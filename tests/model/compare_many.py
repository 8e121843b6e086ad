"""Compare the simulator with the reference on many random scenarios: python -m tests.model.compare_many 400 [FIRST]."""

from __future__ import annotations

import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

from simulator.measures import csv_text
from simulator.measures.result import Result
from simulator.model import windows
from tests.model.rows import run_rows, totals
from tests.reference import Result as Expected
from tests.reference import run, undecided
from tests.reference.compare import EXACT, differences
from tests.reference.scenarios import random_scenario


def compare(scenario: dict[str, Any], window_records: int = windows.WINDOW_RECORDS) -> list[str]:
    """What differs: rows to the nanosecond, totals, waiting by cause, reads, the end of the run."""
    expected = run(scenario, Path())
    with (
        mock.patch.object(windows, "WINDOW_RECORDS", window_records),
        mock.patch.object(csv_text, "DECIMALS", 9),
    ):
        result, rows = run_rows(scenario)
    found = differences(rows, expected.invocations, totals(result), expected.totals, EXACT)
    throttles = {name: stream.throttled_total for name, stream in result.measures.streams.items()}
    if throttles != expected.write_throttles:
        found.append(f"throttled at write: {throttles} in a, {expected.write_throttles} in b")
    if result.end_s != expected.ended_at:
        found.append(f"ended at {result.end_s} in a, {expected.ended_at} in b")
    return found + read_differences(result, expected)


def read_differences(result: Result, expected: Expected) -> list[str]:
    """What differs in the counts of reading."""
    pairs = [(m.name, m.reads, expected.reads[m.name]) for m in result.mappings if not m.pushed]
    return [f"{name}: {a} in a, {b} in b" for name, a, b in pairs if a != b]


def compare_seed(seed: int) -> list[str]:
    """The same for the random scenario of a seed, in windows of 1 to 1,000 records or in one.

    An exception is a difference.
    """
    try:
        content = random_scenario(seed)
        found = compare(content, (1, 10, 100, 1000, windows.WINDOW_RECORDS)[seed % 5])
        return [] if found and undecided(content, Path()) else found
    except Exception:
        return traceback.format_exc().splitlines()[-6:]


def main(seeds: range) -> int:
    """Print what differs, by seed; the number of seeds with differences."""
    wrong = 0
    with ProcessPoolExecutor(2) as pool:
        for seed, found in zip(seeds, pool.map(compare_seed, seeds), strict=True):
            if found:
                wrong += 1
                print(f"seed {seed}:", *found, sep="\n  ", flush=True)
    print(f"{len(seeds)} scenarios: {wrong} with differences")
    return wrong


if __name__ == "__main__":
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    sys.exit(main(range(first, first + int(sys.argv[1]))) > 0)
