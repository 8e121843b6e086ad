"""Make every fault in a copy of the project, run the tests that should notice, and write docs/mutants.md.

python -m tests.mutants [TEXT]: all faults, or those whose file contains TEXT (then no page is written). It may be
stopped: results are kept in build/mutants.jsonl as long as the broken file is what it was, and
`python -m tests.mutants.so_far` writes the page from them.

Exits with 1 when fewer than 95 % are caught, when one survives without a reason, and when one does not fit the code
or makes it crash: code that cannot run is no mistake that a test has to find.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.mutants.breaking import ROOT, Noticed, check, copies, notice
from tests.mutants.faults import FAULTS, Fault
from tests.mutants.faults_of_c import FAULTS_OF_C
from tests.mutants.kept import keep, known
from tests.mutants.page import page

PAGE: Final = ROOT / "docs" / "mutants.md"
LEAST_CAUGHT: Final = 0.95


def main(text: str = "") -> int:
    """The exit code."""
    chosen = [fault for fault in (*FAULTS, *FAULTS_OF_C) if text in fault.file]
    for fault in chosen:
        check(fault)
    of = known(chosen)
    of |= all_noticed([fault for fault in chosen if fault not in of], int(os.environ.get("JOBS", os.cpu_count() or 1)))
    results = [of[fault] for fault in chosen]
    if not text:
        write(PAGE, page(chosen, of, LEAST_CAUGHT))
    wrong = complaints(results)
    print(*wrong, sep="\n", file=sys.stderr)
    print(f"{sum(bool(result.by) for result in results)} of {len(results)} faults caught, {len(wrong)} complaints")
    return 1 if wrong else 0


def all_noticed(faults: Sequence[Fault], workers: int) -> dict[Fault, Noticed]:
    """The result of each fault; it is printed, and kept, when it is known."""
    if not faults:
        return {}
    with copies(workers, faults) as free, ThreadPoolExecutor(workers) as pool:

        def one(fault: Fault) -> Noticed:
            result = notice(fault, free)
            keep(result)
            print(f"{fault.file}: {fault.wrong.strip()!r}: {result.by or 'SURVIVES'}", flush=True)
            return result

        return dict(zip(faults, pool.map(one, faults), strict=True))


def complaints(results: Sequence[Noticed]) -> list[str]:
    """Why the command fails, in words; nothing if all is well."""
    lines = [f"{r.fault.file}: {r.fault.wrong!r}: crashes: {r.crash}" for r in results if r.crash]
    survivors = [r.fault for r in results if not r.by]
    lines += [f"{fault.file}: {fault.wrong!r}: survives, nobody says why" for fault in survivors if not fault.survives]
    lines += [f"{r.fault.file}: {r.fault.wrong!r}: is caught now" for r in results if r.by and r.fault.survives]
    if len(results) - len(survivors) < LEAST_CAUGHT * len(results):
        lines.append(f"fewer than {LEAST_CAUGHT:.0%} are caught")
    return lines


def write(path: Path, text: str) -> None:
    """A page, whole or not at all."""
    beside = path.with_suffix(".md.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
