"""A signal at any line of what writes: nothing is left but the old or the new, and the signal is heard."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import simulator
from simulator.files.interrupts import undisturbed
from simulator.files.whole import write_whole
from simulator.report.folder import fresh_folder

OURS = (str(Path(simulator.__file__).parent), contextlib.__file__)


class Heard(KeyboardInterrupt):
    """The signal."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Any:
    """SIGTERM raises Heard."""

    def hear(number: int, _: FrameType | None) -> None:
        raise Heard

    before = signal.signal(signal.SIGTERM, hear)
    yield hear
    signal.signal(signal.SIGTERM, before)


def signalled_at(line: int, act: Callable[[], None]) -> bool:
    """Do something, and raise SIGTERM before a line of ours, counted as they are run; whether there was such a line."""
    lines = count()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line" and next(lines) == line:
            sys.settrace(None)
            signal.raise_signal(signal.SIGTERM)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return next(lines) > line


def write_result(target: Path) -> None:
    with fresh_folder(target, force=True) as folder:
        (folder / "run.json").write_text('{"program": "shardsim"}')


WRITERS = {"a file": lambda place: write_whole(place, "new"), "a result": write_result}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of a file that Python closes
@pytest.mark.parametrize("what", WRITERS)
def test_a_signal_at_any_line_leaves_the_old_or_the_new_and_is_heard(what: str, tmp_path: Path, heard: Any) -> None:
    for line in count():
        there = False
        with contextlib.suppress(Heard):
            there = signalled_at(line, lambda: WRITERS[what](tmp_path / "out"))
            assert not there, f"the signal at line {line} was not heard"
            break
        assert signal.getsignal(signal.SIGTERM) is heard
        assert [path.name for path in tmp_path.iterdir()] in ([], ["out"]), line
    assert line > 50


def test_a_signal_in_a_step_that_must_not_be_cut_is_heard_after_it(heard: Any) -> None:
    steps = []
    with pytest.raises(Heard), undisturbed():  # noqa: PT012
        signal.raise_signal(signal.SIGTERM)
        steps.append("whole")
    assert steps == ["whole"]
    assert signal.getsignal(signal.SIGTERM) is heard


def test_an_error_in_such_a_step_comes_before_the_signal(heard: Any) -> None:
    with pytest.raises(OSError, match="told"), undisturbed():  # noqa: PT012
        signal.raise_signal(signal.SIGTERM)
        raise OSError("told")  # and that ends the command
    assert signal.getsignal(signal.SIGTERM) is heard
