"""Break a copy of the project, and see which test notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final

from tests.mutants.faults import Fault

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("simulator", "tests", "scenarios", "schema", "docs", "pyproject.toml", "README.md")
ROOMS: Final = ("model", "measures")
LIKELY: Final = ("tests/test_cases.py", "tests/model/test_corners.py", "tests/model/test_small_parts.py")
LAST: Final = ("tests/model/test_invariants_of_runs.py", "tests/model/test_against_reference.py")  # slow
OPTIONS: Final = ("-x", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "--hypothesis-profile=no-shrink")
NO_END, NO_START = "no end", "no start"
CRASHES: Final = ("NameError", "AttributeError", "ImportError", "SyntaxError", "TypeError", "UnboundLocalError")


class UnfitError(Exception):
    """What was to be shown cannot be: a fault that is none, or tests that fail without one."""


@dataclass(frozen=True)
class Noticed:
    """The first test that failed; `by` is empty if none did, and NO_END if the tests came to no end."""

    fault: Fault
    by: str
    crash: str = ""  # the failure shows code that cannot run, which is no mistake of meaning


def check(fault: Fault) -> None:
    """Raise UnfitError if a fault does not fit the code as it is."""
    text = (ROOT / "simulator" / fault.file).read_text(encoding="utf-8")
    if (found := text.count(fault.right)) != 1:
        raise UnfitError(f"{fault.file}: {fault.right!r} stands there {found} times, not once; mend the fault")
    try:
        compile(text.replace(fault.right, fault.wrong), fault.file, "exec")
    except SyntaxError as error:
        raise UnfitError(f"{fault.file}: {fault.wrong!r} is no Python: {error}") from error


@contextmanager
def copies(n: int) -> Iterator[SimpleQueue[Path]]:
    """So many copies of the project to break, free to be taken."""
    free: SimpleQueue[Path] = SimpleQueue()
    with TemporaryDirectory() as folder:
        for i in range(n):
            copy = Path(folder) / str(i)
            copy.mkdir()
            for name in COPIED:
                source = ROOT / name
                if source.is_dir():
                    shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(source, copy / name)
            free.put(copy)
        yield free


def seconds_without_a_fault(free: SimpleQueue[Path]) -> float:
    """How long all the tests take. Raises UnfitError if one fails in a copy that is as it should be."""
    copy, begun = free.get(), time.monotonic()
    try:
        line = first_failure(copy, every_test(copy), limit_s=None)
    finally:
        free.put(copy)
    if line:
        raise UnfitError(f"a test fails without a fault: {line}")
    return time.monotonic() - begun


def notice(fault: Fault, free: SimpleQueue[Path], limit_s: float) -> Noticed:
    """Make a fault in a free copy, and run the tests, those that should notice first."""
    copy = free.get()
    path = copy / "simulator" / fault.file
    right = path.read_text(encoding="utf-8")
    try:
        path.write_text(right.replace(fault.right, fault.wrong), encoding="utf-8")
        line = first_failure(copy, in_order(every_test(copy), fault.file), limit_s)
    finally:
        path.write_text(right, encoding="utf-8")
        free.put(copy)
    by, _, why = line.partition(" - ")
    return Noticed(fault, by, why if by == NO_START or why.startswith(CRASHES) else "")


def every_test(copy: Path) -> list[str]:
    """The files of tests of the rooms that are broken, and the worked cases."""
    files = [path for room in ROOMS for path in sorted((copy / "tests" / room).glob("test_*.py"))]
    return ["tests/test_cases.py", *(path.relative_to(copy).as_posix() for path in files)]


def in_order(tests: Sequence[str], file: str) -> list[str]:
    """First the tests that bear the name of the file, then those that see most, last those that take long."""
    room, name = file.split("/")

    def rank(test: str) -> tuple[bool, bool, bool, bool]:
        own = test == f"tests/{room}/test_{name}"
        return (not own, test in LAST, test not in LIKELY, not test.startswith(f"tests/{room}"))

    return sorted(tests, key=rank)


def first_failure(copy: Path, tests: Sequence[str], limit_s: float | None) -> str:
    """Run tests until one fails: its name and why; nothing if none does."""
    command = [sys.executable, "-B", "-m", "pytest", *OPTIONS, *tests]
    paths = {"PYTHONPATH": str(copy), "COLUMNS": "1000"}  # whoever is started there runs the copy; no line is cut
    try:
        done = subprocess.run(
            command, cwd=copy, env=os.environ | paths, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return NO_END
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    line = failed[0].split(" ", 1)[1] if failed else done.stdout[-200:] + done.stderr[-200:]
    return line if done.returncode == 1 else f"{NO_START} - {line}"
