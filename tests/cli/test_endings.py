"""How the program ends when it is interrupted, its reader goes away, or the disk is full: in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from .conftest import Write, everything

ROOT = Path(__file__).parents[2]
MAIN = "from simulator.cli import main; main()"
CTRL_C = (  # which a job in the background ignores unless it is told not to
    "import signal, {module}; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "{module}.{name} = lambda *_: signal.raise_signal(signal.SIGINT); "
)
KILLED = "import os, simulator.report.runs as r; r.simulate = lambda *_: os.kill(os.getpid(), 9); "
NO_PLOTS = (  # nor matplotlib, which takes longer to import than all the rest
    "import sys, types; sys.modules['simulator.report.plots.drawing'] = types.SimpleNamespace(draw=lambda *_: None); "
    "sys.modules['simulator.report.page.build'] = types.SimpleNamespace(write_page=lambda *_: None); "
)
SMALL_FILES = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)); "

Ended = subprocess.CompletedProcess[str]
Program = Callable[..., Ended]


@pytest.fixture
def program(write: Write) -> Program:
    """Runs the program in a process, in the folder of a small scenario, after some statements."""
    write()

    def run(args: Sequence[str], before: str = "", stdout: int = subprocess.PIPE) -> Ended:
        environment = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
        return subprocess.run(
            [sys.executable, "-c", before + MAIN, *args],
            stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
            env=environment | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    return run


def test_ctrl_c_in_a_run_leaves_nothing(program: Program) -> None:
    ended = program(["run", "small.yaml"], CTRL_C.format(module="simulator.report.runs", name="simulate"))
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted; nothing was written to reports/small\n"
    assert everything(Path()) == ["small.yaml"]


def test_ctrl_c_while_files_are_read_is_as_quiet(program: Program) -> None:
    ended = program(["validate", "small.yaml"], CTRL_C.format(module="simulator.scenario.loading", name="check"))
    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (130, "", "interrupted")


@pytest.mark.parametrize("args", [["run", "small.yaml", "-o", "out"], ["schema"]])
def test_a_reader_that_has_gone_is_no_fault_to_talk_about(program: Program, args: list[str]) -> None:
    read, write_end = os.pipe()
    os.close(read)
    ended = program(args, NO_PLOTS, write_end)
    os.close(write_end)
    assert ended.stderr == ""
    assert Path("out/summary.json").exists() == ("-o" in args)


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no kill -9")
def test_the_next_run_clears_what_a_killed_one_has_left(program: Program) -> None:
    killed = program(["run", "small.yaml"], KILLED)
    assert killed.returncode == -signal.SIGKILL
    assert any(path.endswith(".part") for path in everything(Path("reports")))
    assert program(["run", "small.yaml"], NO_PLOTS).returncode == 0
    assert not any(path.endswith(".part") for path in everything(Path("reports")))


def test_a_file_that_cannot_grow_is_one_line_and_leaves_nothing(program: Program) -> None:
    pytest.importorskip("resource", reason="this system has no limits for a process")
    ended = program(["run", "small.yaml", "-o", "new/out"], SMALL_FILES)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "error: new/out: cannot be written: File too large; name another place with --out\n"
    assert everything(Path()) == ["small.yaml"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_the_output_is_one_line(program: Program) -> None:
    with Path("/dev/full").open("w") as full:
        ended = program(["schema"], stdout=full.fileno())
    assert (ended.returncode, ended.stderr) == (1, "error: [Errno 28] No space left on device\n")


def test_faults_of_a_file_and_of_the_use_have_their_exit_codes(program: Program) -> None:
    assert program(["validate", "missing.yaml"]).returncode == 3
    assert program(["run"]).returncode == 2
    assert program(["validate", "small.yaml"]).returncode == 0
