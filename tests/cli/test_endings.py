"""How the program ends when it is interrupted or the disk is full: in processes of their own."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from .conftest import NO_PLOTS, Program, everything

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such signals")
CTRL_C = (  # which a job in the background ignores unless it is told not to
    "import signal, {module}; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "{module}.{name} = lambda *_: signal.raise_signal(signal.SIGINT); "
)
SIGNALLED = "import signal, simulator.report.runs as r; r.simulate = lambda *_: signal.raise_signal(signal.{name}); "
NOHUP = (
    "import signal, simulator.report.runs as r; signal.signal(signal.SIGHUP, signal.SIG_IGN); real = r.simulate; "
    "r.simulate = lambda *args: (signal.raise_signal(signal.SIGHUP), real(*args))[1]; "
)
AGAIN = (  # while it clears up
    "import shutil; rmtree = shutil.rmtree; "
    "shutil.rmtree = lambda *args, **more: (signal.raise_signal(signal.{name}), rmtree(*args, **more)); "
)
SMALL_FILES = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)); "


def test_ctrl_c_in_a_run_leaves_nothing(program: Program) -> None:
    ended = program(["run", "small.yaml"], CTRL_C.format(module="simulator.report.runs", name="simulate"))
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted; nothing was written to reports/small\n"
    assert everything(Path()) == ["small.yaml"]


def test_ctrl_c_while_files_are_read_is_as_quiet(program: Program) -> None:
    ended = program(["validate", "small.yaml"], CTRL_C.format(module="simulator.scenario.loading", name="check"))
    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (130, "", "interrupted")


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_leave_as_little_as_ctrl_c(program: Program, name: str) -> None:
    ended = program(["run", "small.yaml"], SIGNALLED.format(name=name))
    assert (ended.returncode, ended.stdout) == (128 + getattr(signal, name), "")
    assert ended.stderr == f"interrupted by {name}; nothing was written to reports/small\n"
    assert everything(Path()) == ["small.yaml"]


@POSIX
@pytest.mark.parametrize(
    ("again", "code", "words"),
    [
        ("SIGHUP", 128 + signal.SIGTERM, "interrupted by SIGTERM"),  # a terminal that is closed sends several
        ("SIGINT", 128 + signal.SIGINT, "interrupted"),  # the impatient
    ],
)
def test_a_second_signal_does_not_disturb_the_clearing_up(program: Program, again: str, code: int, words: str) -> None:
    ended = program(["run", "small.yaml"], SIGNALLED.format(name="SIGTERM") + AGAIN.format(name=again))
    assert ended.returncode == code
    assert ended.stderr == f"{words}; nothing was written to reports/small\n"
    assert everything(Path()) == ["small.yaml"]


@POSIX
def test_a_signal_that_is_ignored_as_by_nohup_stays_so(program: Program) -> None:
    ended = program(["run", "small.yaml", "-o", "out"], NO_PLOTS + NOHUP)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert Path("out/summary.json").exists()


def test_a_file_that_cannot_grow_is_one_line_and_leaves_nothing(program: Program) -> None:
    pytest.importorskip("resource", reason="this system has no limits for a process")
    ended = program(["run", "small.yaml", "-o", "new/out"], SMALL_FILES)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "error: new/out: cannot be written: File too large; name another place with --out\n"
    assert everything(Path()) == ["small.yaml"]


def test_faults_of_a_file_and_of_the_use_have_their_exit_codes(program: Program) -> None:
    assert program(["validate", "missing.yaml"]).returncode == 3
    assert program(["run"]).returncode == 2
    assert program(["validate", "small.yaml"]).returncode == 0
