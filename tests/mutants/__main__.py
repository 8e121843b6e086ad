"""Make every fault in a copy of the project, run the tests that should notice, and write docs/mutants.md.

python -m tests.mutants [TEXT]: all faults, or those whose file contains TEXT (then nothing is written).

Exits with 1 when fewer than 95 % are caught, when one survives without a reason, and when one does not fit the code
or makes it crash: code that cannot run is no mistake that a test has to find.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.mutants.breaking import ROOT, Noticed, check, copies, notice
from tests.mutants.faults import FAULTS, Fault
from tests.mutants.faults_of_c import FAULTS_OF_C
from tests.mutants.page import page

PAGE: Final = ROOT / "docs" / "mutants.md"
LEAST_CAUGHT: Final = 0.95
PATIENCE: Final = 2.0  # what takes so many times as long as all the tests is taken for endless


def main(text: str = "") -> int:
    """The exit code."""
    chosen = [fault for fault in (*FAULTS, *FAULTS_OF_C) if text in fault.file]
    for fault in chosen:
        check(fault)
    begun = time.monotonic()
    results = all_noticed(chosen, os.cpu_count() or 1)
    if not text:
        write(PAGE, page(results, LEAST_CAUGHT, took(time.monotonic() - begun)))
    wrong = complaints(results)
    print(*wrong, sep="\n", file=sys.stderr)
    print(f"{sum(bool(result.by) for result in results)} of {len(results)} faults caught, {len(wrong)} complaints")
    return 1 if wrong else 0


def all_noticed(faults: Sequence[Fault], workers: int) -> list[Noticed]:
    """The results in order of the faults; each is printed when it is known."""
    with copies(workers, faults) as (free, took_s), ThreadPoolExecutor(workers) as pool:

        def one(fault: Fault) -> Noticed:
            result = notice(fault, free, PATIENCE * took_s)
            print(f"{fault.file}: {fault.wrong.strip()!r}: {result.by or 'SURVIVES'}", flush=True)
            return result

        return list(pool.map(one, faults))


def complaints(results: Sequence[Noticed]) -> list[str]:
    """Why the command fails, in words; nothing if all is well."""
    lines = [f"{r.fault.file}: {r.fault.wrong!r}: crashes: {r.crash}" for r in results if r.crash]
    survivors = [r.fault for r in results if not r.by]
    lines += [f"{fault.file}: {fault.wrong!r}: survives, nobody says why" for fault in survivors if not fault.survives]
    lines += [f"{r.fault.file}: {r.fault.wrong!r}: is caught now" for r in results if r.by and r.fault.survives]
    if len(results) - len(survivors) < LEAST_CAUGHT * len(results):
        lines.append(f"fewer than {LEAST_CAUGHT:.0%} are caught")
    return lines


def took(elapsed_s: float) -> str:
    """What the run has cost."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    machine_min = (used.ru_utime + used.ru_stime) / 60
    return (
        f"It took {elapsed_s / 60:.0f} minutes on {os.cpu_count()} cores ({machine_min:.0f} minutes of machine time)."
    )


def write(path: Path, text: str) -> None:
    """A page, whole or not at all."""
    beside = path.with_suffix(".md.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
