"""Break a copy of the project, and see which test notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final

from tests.mutants.faults import Fault

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = (
    "simulator", "shardsim", "tests", "scenarios", "schema", "docs", "pyproject.toml", "README.md", "Makefile",
)  # fmt: skip
ROOMS: Final = ("traffic", "model", "measures", "kernel", "handlers")
EVERYWHERE: Final = (  # these see whatever changes in a run: by hand, and against the kernel
    "tests/test_cases.py",
    "tests/kernel/test_corners.py",
    "tests/kernel/test_changing_corners.py",
    "tests/kernel/test_both_engines.py",
    "tests/kernel/test_random_scenarios.py",
)
HANDLERS: Final = ("tests/handlers/test_answers.py", "tests/handlers/test_results.py")
INVARIANTS: Final = ("tests/model/test_determinism.py", "tests/model/test_invariants.py")
LIKELY: Final = ("tests/test_cases.py", "tests/kernel/test_random_scenarios.py")
OF_KERNEL: Final = (  # those that see most in little time first
    "tests/test_cases.py",
    "tests/kernel/test_random_scenarios.py",
    "tests/kernel/test_corners.py",
    "tests/kernel/test_changing_corners.py",
    "tests/kernel/test_both_engines.py",
    "tests/kernel/test_hostile_plans.py",
    "tests/kernel/test_memory.py",
    "tests/kernel/test_sanitized.py",
)
AT_FIRST: Final = 4  # files: most faults show in these, and the others need not be read then
FIRST_S, LATER_S = 100, 300  # a test of those, or of the others, that takes longer has no end; some times the slowest
LAST: Final = (  # slow, the slowest last
    "tests/measures/test_made_up_runs.py",
    "tests/kernel/test_both_engines.py",
    "tests/model/test_corners.py",
    "tests/model/test_polling.py",
    "tests/model/test_theory.py",
    "tests/measures/test_windows_and_intervals.py",
)
PLAIN: Final = "tests.mutants.plain"
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
        if not is_c(fault):
            compile(text.replace(fault.right, fault.wrong), fault.file, "exec")
    except SyntaxError as error:
        raise UnfitError(f"{fault.file}: {fault.wrong!r} is no Python: {error}") from error


def is_c(fault: Fault) -> bool:
    """Whether a fault is one of the kernel's C, which has to be compiled."""
    return fault.file.startswith("kernel/c/")


@contextmanager
def copies(n: int, faults: Sequence[Fault]) -> Iterator[SimpleQueue[Path]]:
    """So many copies of the project to break, free to be taken.

    Raises UnfitError if a test fails in a copy that is as it should be.
    """
    with TemporaryDirectory() as folder:
        first = Path(folder) / "0"
        copy(first)
        if any(map(is_c, faults)) and (said := build(first)):
            raise UnfitError(f"the kernel cannot be compiled: {said}")
        for by_kernel in sorted({is_c(fault) for fault in faults}):
            tests = {test: None for fault in faults if is_c(fault) == by_kernel for test in noticing(first, fault)}
            if line := first_failure(first, [*tests], LATER_S, by_kernel, keep_compiled=True):
                raise UnfitError(f"a test fails without a fault: {line}")
        free: SimpleQueue[Path] = SimpleQueue()
        free.put(first)
        for i in range(1, n):
            free.put(shutil.copytree(first, Path(folder) / str(i)))  # with what is compiled now
        yield free


def build(folder: Path) -> str:
    """Compile the kernel of a copy, quickly; what the compiler says if it cannot."""
    command = ["make", "kernel", "OPTIMIZED=-O1 -Wno-error", f"COMPILER={ROOT / '.venv-kernel'}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def copy(target: Path) -> None:
    """Copy what the tests need; times of files stay, so that what is compiled of one fits no other."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target / name)


def notice(fault: Fault, free: SimpleQueue[Path]) -> Noticed:
    """Make a fault in a free copy, and run the tests, those that should notice first."""
    folder = free.get()
    path, kernel = folder / "simulator" / fault.file, folder / "simulator" / "kernel" / "kernel.wasm"
    right, compiled = path.read_text(encoding="utf-8"), kernel.read_bytes()
    try:
        path.write_text(right.replace(fault.right, fault.wrong), encoding="utf-8")
        if is_c(fault) and (said := build(folder)):
            return Noticed(fault, NO_START, said[-200:])
        tests = noticing(folder, fault)
        line = first_failure(folder, tests[:AT_FIRST], FIRST_S, is_c(fault))
        line = line or first_failure(folder, tests[AT_FIRST:], LATER_S, is_c(fault))
    finally:
        path.write_text(right, encoding="utf-8")
        kernel.write_bytes(compiled)
        free.put(folder)
    return noticed(fault, line)


def noticed(fault: Fault, line: str) -> Noticed:
    """What a line of pytest says: the test that failed, and whether by a mistake of meaning."""
    by, _, why = line.partition(" - ")
    if by not in ("", NO_END) and "::" not in by:  # no test, but a file of tests that could not be read
        return Noticed(fault, by, why or "the tests do not start")
    return Noticed(fault, by, why if why.startswith(CRASHES) else "")


def noticing(folder: Path, fault: Fault) -> list[str]:
    """The files of tests that should notice a fault, those that are likely to first."""
    return of_kernel(folder) if is_c(fault) else in_order(tests_for(folder, fault.file), fault.file)


def every_test(folder: Path) -> list[str]:
    """The files of tests of the rooms that are broken, of the kernel that keeps their rules, and the worked cases."""
    files = [path for room in ROOMS for path in sorted((folder / "tests" / room).glob("test_*.py"))]
    return ["tests/test_cases.py", *(path.relative_to(folder).as_posix() for path in files)]


def of_kernel(folder: Path) -> list[str]:
    """The tests that see what the kernel does, and the worked cases."""
    kernel = [test for test in every_test(folder) if test.startswith("tests/kernel/")]
    return [*OF_KERNEL, *(test for test in kernel if test not in OF_KERNEL)]


def tests_for(folder: Path, file: str) -> list[str]:
    """The tests of a file's room, and those of other rooms that can tell."""
    room = file.split("/")[0]
    others = {"traffic": INVARIANTS, "model": HANDLERS}.get(room, ())
    chosen = {*EVERYWHERE, *others}
    return [test for test in every_test(folder) if test in chosen or test.startswith(f"tests/{room}/")]


def in_order(tests: Sequence[str], file: str) -> list[str]:
    """First the tests that bear the name of the file, then those that see most, last those that take long."""
    room, name = file.split("/")

    def rank(test: str) -> tuple[bool, int, bool, bool]:
        own = test in (f"tests/{room}/test_{name}", f"tests/model/test_{name}")
        last = LAST.index(test) + 1 if test in LAST else 0
        return (not own, last, test not in LIKELY, not test.startswith(f"tests/{room}"))

    return sorted(tests, key=rank)


def first_failure(
    folder: Path, tests: Sequence[str], a_test_s: int, by_kernel: bool, keep_compiled: bool = False
) -> str:
    """Run tests until one fails, by the kernel or the plain rules: its name and why; nothing if none does.

    One that takes longer than `a_test_s` is taken for endless.
    """
    plugin = () if by_kernel else ("-p", PLAIN)
    limits = ("-o", f"faulthandler_timeout={a_test_s}", "-o", "faulthandler_exit_on_timeout=true")
    command = [sys.executable, "-m", "pytest", *plugin, *OPTIONS, *limits, *tests]
    settings = {
        "PYTHONPATH": str(folder),  # for those who start another process
        "COLUMNS": "1000",  # so that no line is cut
        "PYTHONDONTWRITEBYTECODE": "" if keep_compiled else "1",  # two faults of one size within a second look alike
    }
    done = subprocess.run(command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False)
    if "Timeout (" in done.stderr:
        return NO_END
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return failed[0].split(" ", 1)[1] if failed else f"{NO_START} - {(done.stdout + done.stderr)[-200:]}"
