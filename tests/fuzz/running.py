"""Trying the cases of a target, each from its seed alone."""

from __future__ import annotations

import importlib
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final

LONGEST_S: Final = 300  # a case that takes longer hangs


@dataclass(frozen=True)
class Target:
    """A module's name without `fuzz_`, what tries a case of it, and how many cases a test tries."""

    name: str
    try_one: Callable[[Random, Path], None]
    cases: int


@dataclass(frozen=True)
class Finding:
    """A case that failed, and how."""

    target: str
    case: int
    told: str

    def __str__(self) -> str:
        return f"{self.told.rstrip()}\n{self.target}: again with --target {self.target} --case {self.case}"


class HangsError(AssertionError):
    """A case that does not end."""


def targets() -> dict[str, Target]:
    """All targets by name."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("fuzz_*.py")):
        module = importlib.import_module(f"tests.fuzz.{path.stem}")
        name = path.stem.removeprefix("fuzz_")
        found[name] = Target(name, module.try_one, module.CASES)
    return found


def tried(target: Target, case: int) -> Finding | None:
    """What the case shows: nothing, or whatever exception it ends in."""
    with TemporaryDirectory(prefix="fuzz-") as folder, _no_longer_than(LONGEST_S):
        try:
            target.try_one(Random(case), Path(folder))
        except Exception as error:
            short = f"{type(error).__name__}: {error}" if isinstance(error, AssertionError) else traceback.format_exc()
            return Finding(target.name, case, short)
    return None


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    def hangs(_signal: int, frame: FrameType | None) -> None:
        where = "".join(traceback.format_stack(frame)[-3:])
        raise HangsError(f"takes longer than {seconds:g} s, at last in\n{where}")

    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
