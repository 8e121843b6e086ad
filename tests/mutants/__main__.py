"""Make every fault in a copy of the project, run the tests that should notice, and write docs/mutants.md.

python -m tests.mutants [TEXT]: all faults, or those whose file contains TEXT (then nothing is written).

Exits with 1 when fewer than 90 % are caught, when one survives without a reason, or one no longer fits the code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final

from tests.mutants.faults import FAULTS, Fault

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "mutants.md"
COPIED: Final = ("simulator", "tests", "scenarios", "schema", "docs", "pyproject.toml", "README.md")
FIRST: Final = {  # the tests most likely to notice
    "model": ("tests/test_cases.py", "tests/model/test_corners.py", "tests/model", "tests/measures"),
    "measures": ("tests/measures", "tests/test_cases.py", "tests/model"),
}
SLOW: Final = ("--ignore=tests/model/test_invariants_of_runs.py",)
LONGEST_S: Final = 600
LEAST_CAUGHT: Final = 0.9


def main(text: str = "") -> int:
    """The exit code."""
    chosen = [fault for fault in FAULTS if text in fault.file]
    check(chosen)
    workers = os.cpu_count() or 1
    with copies(workers) as free, ThreadPoolExecutor(workers) as pool:
        caught = list(pool.map(lambda fault: noticed(fault, free), chosen))
    survivors = [fault for fault, by in zip(chosen, caught, strict=True) if not by]
    if not text:
        PAGE.write_text(page(survivors), encoding="utf-8")
    enough = len(chosen) - len(survivors) >= LEAST_CAUGHT * len(chosen)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} faults caught")
    return 0 if enough and all(fault.survives for fault in survivors) else 1


def check(faults: list[Fault]) -> None:
    """Raise ValueError for a fault that does not fit the code as it is."""
    for fault in faults:
        found = (ROOT / "simulator" / fault.file).read_text(encoding="utf-8").count(fault.right)
        if found != 1:
            raise ValueError(f"{fault.file}: {fault.right!r} stands there {found} times, not once; mend the fault")


@contextmanager
def copies(n: int) -> Iterator[SimpleQueue[Path]]:
    """So many copies of the project to break, free to be taken."""
    free: SimpleQueue[Path] = SimpleQueue()
    with TemporaryDirectory() as folder:
        for i in range(n):
            for name in COPIED:
                source, target = ROOT / name, Path(folder) / str(i) / name
                target.parent.mkdir(exist_ok=True)
                if source.is_dir():
                    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(source, target)
            free.put(Path(folder) / str(i))
        yield free


def noticed(fault: Fault, free: SimpleQueue[Path]) -> str:
    """The first test that fails because of a fault; nothing if none does."""
    copy = free.get()
    path = copy / "simulator" / fault.file
    right = path.read_text(encoding="utf-8")
    try:
        path.write_text(right.replace(fault.right, fault.wrong), encoding="utf-8")
        by = first_failure(copy, FIRST[fault.file.split("/")[0]])
    finally:
        path.write_text(right, encoding="utf-8")
        free.put(copy)
    print(f"{fault.file}: {fault.wrong.strip()!r}: {by or 'SURVIVES'}", flush=True)
    return by


def first_failure(folder: Path, tests: tuple[str, ...]) -> str:
    """Run tests until one fails; its name, or nothing. What does not come to an end has been noticed."""
    options = ("-x", "-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-profile=no-shrink", *SLOW)
    command = [sys.executable, "-B", "-m", "pytest", *options, *tests]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except subprocess.TimeoutExpired:
        return "no end"
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" ")[1] if failed else "no start"


def page(survivors: list[Fault]) -> str:
    """What survives, and why."""
    caught = len(FAULTS) - len(survivors)
    lines = [
        "# Faults that the tests notice",
        "",
        f"Made by `make mutants`: {len(FAULTS)} faults made by hand in the model and its measures "
        "(tests/mutants/faults.py), one at a time, each against the tests of these rooms. "
        f"{caught} are caught, {caught / len(FAULTS):.0%}.",
        "",
        "| survives | in place of | in | why |",
        "|---|---|---|---|",
        *(f"| {_code(f.wrong)} | {_code(f.right)} | {f.file} | {f.survives or 'not known'} |" for f in survivors),
        "",
    ]
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"`{' '.join(text.split())}`" if text.strip() else "nothing"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
